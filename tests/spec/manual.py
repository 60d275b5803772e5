"""The spec tests as a manual: chapters are the headings of the policy. `python -m tests.spec.manual`.

Folder = chapter, file = section, test = paragraph (its docstring), and below it the tables and what they give. The tests
are run with a recorder in place of the readers, so the page shows exactly what is tested.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from types import FunctionType, ModuleType
from typing import Any

from shouwang.policy.clauses import instrument
from shouwang.policy.forms import Figure, Outcome, Rule
from shouwang.policy.manual import COMMAND, FOLDER
from shouwang.policy.qituan_2020.rules import safeguards, scope
from shouwang.terms.tables import BY_NAME
from tests.spec.conftest import Subject

PAGE = "spec.md"
PACKAGE = "qituan_2020"
_CLAUSE = re.compile(r"[一二三四](?:/[一二三四五六七八九p\d]+)+")
#: Answers up to this length stand on one line.
_SHORT = 24
_HERE = Path(__file__).parent


@dataclass
class Paragraph:
    """One call of `spec`: what is asked, of which tables, with what answer."""

    subject: Subject
    tables: dict[str, str]
    expect: dict[Any, Any]
    as_of: str
    parameters: dict[str, str]


@dataclass
class Recorder:
    """Stands in for the `spec` fixture and keeps what it is called with."""

    kept: list[Paragraph] = field(default_factory=list)

    def __call__(
        self,
        subject: Subject,
        *,
        expect: dict[Any, Any],
        as_of: str = "2020-05-20",
        parameters: dict[str, str] | None = None,
        **tables: str,
    ) -> None:
        self.kept.append(Paragraph(subject, tables, expect, as_of, parameters or {}))


def chapters() -> Iterator[tuple[ModuleType, list[ModuleType]]]:
    """Every chapter with its sections, in the order of the policy; a new file is found by itself."""
    order = list(instrument(PACKAGE))
    for folder in sorted(path for path in _HERE.iterdir() if path.is_dir() and (path / "__init__.py").exists()):
        names = [f"tests.spec.{folder.name}.{file.stem}" for file in sorted(folder.glob("test_*.py"))]
        sections = sorted(map(importlib.import_module, names), key=lambda module: order.index(clauses_of(module)[0]))
        yield importlib.import_module(f"tests.spec.{folder.name}"), sections


def clauses_of(section: ModuleType) -> list[str]:
    """The clauses a section's title names."""
    return _CLAUSE.findall(_first_line(section))


def paragraphs(section: ModuleType) -> Iterator[tuple[str, list[Paragraph]]]:
    """The docstring of every test of a section, with the tables it gives to `spec`."""
    for name, test in vars(section).items():
        if name.startswith("test_") and isinstance(test, FunctionType):
            recorder = Recorder()
            test(recorder)
            yield " ".join((test.__doc__ or "").split()), recorder.kept


def every_paragraph() -> Iterator[Paragraph]:
    for _, sections in chapters():
        for section in sections:
            for _, kept in paragraphs(section):
                yield from kept


def page() -> str:
    """The whole manual."""
    lines = ["# 规格", "", f"<!-- 由程序生成，请勿手改。更新：{COMMAND} -->", ""]
    lines += ["以下每一段都是一个测试：给出表格，两种读法（逐户、全体）都得到所列的结果。金额单位元。", ""]
    lines += ["没有列出成员的户有一个成年成员；`人口` 给出成员数。季度写 `W`、`P`、`Y` 的，"]
    lines += ["是在计算期、上年同期、上年度的第一个季度记这笔金额，其余三个季度各记0。", ""]
    for chapter, sections in chapters():
        lines += [f"## {_first_line(chapter)}", ""]
        for section in sections:
            lines += [f"### {_first_line(section)}", ""]
            for text, kept in paragraphs(section):
                lines += [text, "", *_tables(kept)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _tables(kept: list[Paragraph]) -> Iterator[str]:
    shown: dict[str, str] = {}
    for paragraph in kept:
        if paragraph.tables and paragraph.tables != shown:
            yield from _facts(paragraph.tables)
            shown = paragraph.tables
        yield from _results(paragraph)


def _facts(tables: dict[str, str]) -> Iterator[str]:
    yield "```text"
    for name, text in tables.items():
        yield BY_NAME[name].title
        yield from (f"  {line.strip()}" for line in dedent(text).strip().splitlines())
    yield from ("```", "")


def _results(paragraph: Paragraph) -> Iterator[str]:
    settings = "、".join(f"`{name}={value}`" for name, value in paragraph.parameters.items())
    yield f"截至 {paragraph.as_of}{f'，{settings}' if settings else ''}：{_asked(paragraph.subject)}"
    yield ""
    answers = {one: _answer(value) for one, value in paragraph.expect.items()}
    if all(len(answer) <= _SHORT for answer in answers.values()):
        yield "- " + "；".join(f"{one} → {answer}" for one, answer in answers.items())
    else:
        yield from (f"- {one} → {answer}" for one, answer in answers.items())
    yield ""


def _asked(subject: Subject) -> str:
    if isinstance(subject, Rule | Figure):
        return f"{subject.title} `{subject.id}`"
    if subject.startswith("sentence."):
        return f"“{_rule(subject).title}”的理由"
    return f"`{subject}`"


def _rule(subject: str) -> Rule:
    name = subject.removeprefix("sentence.")
    rule = getattr(scope, name, None) or getattr(safeguards, name)
    assert isinstance(rule, Rule)
    return rule


def _answer(value: Any) -> str:
    if value is None or value == "":
        return "（空白）"
    if isinstance(value, bool):
        return "是" if value else "否"
    return value.label if isinstance(value, Outcome) else str(value)


def _first_line(module: ModuleType) -> str:
    return (module.__doc__ or "").strip().splitlines()[0].rstrip("。")


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PAGE).write_text(page(), encoding="utf-8", newline="\n")
