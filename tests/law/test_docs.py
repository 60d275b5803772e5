"""Are the hand-written pages true? Commands, options, links, identifiers, clauses and named tests are held to the code."""

from __future__ import annotations

import importlib
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from shouwang.cli.main import COMMANDS
from shouwang.intake.session import DEFAULT_MEMORY
from shouwang.policy.clauses import instrument

ROOT = Path(__file__).parents[2]
#: Folders that are not ours to write, or not kept.
ELSEWHERE = {"var", "build", "dist", "node_modules", "vendor"}
LONGEST_ADR = 25
_LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_OPTION = re.compile(r"^\| `(--[a-z-]+)`", re.MULTILINE)


def pages() -> list[Path]:
    """Every Markdown page we keep."""
    return sorted(
        path
        for path in ROOT.rglob("*.md")
        if not any(part in ELSEWHERE or part.startswith(".") for part in path.relative_to(ROOT).parts)
    )


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def adrs() -> list[Path]:
    return sorted((ROOT / "docs/adr").glob("*.md"))


# ---- commands and options


def section(command: str) -> str:
    """The part of the page of commands that is about one."""
    found = re.search(rf"^## {re.escape(command)}$(.*?)(?=^## |\Z)", text_of(ROOT / "docs/commands.md"), re.M | re.S)
    return found[1] if found else ""


def options_of(command: str) -> set[str]:
    """The long names of a command's options, as its own help lists them."""
    loaded = getattr(importlib.import_module(COMMANDS[command][0]), command.replace("-", "_"))
    return {name for one in loaded.params if isinstance(one, click.Option) for name in one.opts if name[:2] == "--"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_is_documented(command: str) -> None:
    """每个命令在 README 的表里，在 docs/commands.md 有一节；节里列出的选项不多不少，正是它的选项。"""
    assert f"`shouwang {command} " in text_of(ROOT / "README.md"), f"README 的命令表里没有 {command}"
    assert set(_OPTION.findall(section(command))) == options_of(command)


def test_no_other_command_is_documented() -> None:
    """docs/commands.md 里的每一节都是一个命令。"""
    assert re.findall(r"^## (.+)$", text_of(ROOT / "docs/commands.md"), re.MULTILINE) == list(COMMANDS)


# ---- links


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    """每个相对链接都指向存在的文件，而且在本项目之内。"""
    targets = [unquote(one.partition("#")[0]) for one in _LINK.findall(_FENCE.sub("", text_of(page)))]
    dead = [one for one in targets if one and not _ABSOLUTE.match(one) and not _is_ours(page.parent / one)]
    assert dead == []


def _is_ours(target: Path) -> bool:
    return target.exists() and target.resolve().is_relative_to(ROOT)


def test_the_memory_told_is_the_memory_taken() -> None:
    """写明的默认内存就是程序的默认内存。"""
    for name in ("README.md", "docs/commands.md"):
        assert set(re.findall(r"\b\d000MB\b", text_of(ROOT / name))) == {DEFAULT_MEMORY}


# ---- decisions


@pytest.mark.parametrize("adr", adrs(), ids=lambda path: path.stem)
def test_a_decision_is_short_and_whole(adr: Path) -> None:
    """一条决定不超过 25 行，有背景、决定和后果，编号与文件名一致。"""
    lines = text_of(adr).splitlines()
    assert len(lines) <= LONGEST_ADR
    assert lines[0].startswith(f"# {adr.name[:4]} ")
    assert [part for part in ("**Context.**", "**Decision.**", "**Consequences.**") if part not in text_of(adr)] == []


def test_decisions_are_numbered_without_gap() -> None:
    """编号从 0001 起，没有空缺。"""
    assert [adr.name[:4] for adr in adrs()] == [f"{number:04d}" for number in range(1, len(adrs()) + 1)]


# ---- glossary


def glossary() -> list[tuple[str, str, str]]:
    """Chinese, identifier and clause of every row."""
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| `([^`|]+)` \| ([^|]+) \|$", text_of(ROOT / "GLOSSARY.md"), re.MULTILINE)
    return [(chinese, identifier, clause) for chinese, identifier, clause in rows]


@cache
def words_of_the_code() -> frozenset[str]:
    """Every word that stands in the package's Python and YAML."""
    files = [path for kind in ("*.py", "*.yaml") for path in (ROOT / "shouwang").rglob(kind)]
    return frozenset(word for path in files for word in re.findall(r"[A-Za-z_]\w*", text_of(path), re.ASCII))


def test_the_glossary_is_read() -> None:
    """术语表除表头外每一行都看过；中文不重复。"""
    lines = [line for line in text_of(ROOT / "GLOSSARY.md").splitlines() if line.startswith("|")]
    assert len(glossary()) == len(lines) - 2 > 50
    assert len({chinese for chinese, _, _ in glossary()}) == len(glossary())


@pytest.mark.parametrize(("chinese", "identifier", "clause"), glossary(), ids=[row[1] for row in glossary()])
def test_a_term_is_used_in_the_code(chinese: str, identifier: str, clause: str) -> None:
    """术语的标识在代码里，条款查得到。"""
    assert identifier in words_of_the_code(), f"{chinese}：代码里没有 {identifier}"
    assert clause == "—" or clause in instrument("national_2021")


# ---- tests named as proof


@pytest.mark.parametrize("page", [ROOT / name for name in ("SECURITY.md", "DEVELOPERS.md")], ids=name_of)
def test_tests_named_as_proof_exist(page: Path) -> None:
    """文中点名的测试都在。"""
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text_of(page))
    assert named
    missing = [
        f"{file}::{test}"
        for file, test in named
        if not (ROOT / file).is_file() or (test and f"def {test}(" not in text_of(ROOT / file))
    ]
    assert missing == []
