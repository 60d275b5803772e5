"""Is every figure of the policy in a parameter file? No bare number in rules, indicators or sentences."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import shouwang.policy
from shouwang.policy.book import POLICIES, Policy, RuleBook

FOLDER = Path(shouwang.policy.__file__).parent
FILES = sorted([*FOLDER.glob("*/rules/*.py"), *FOLDER.glob("*/indicators/*.py"), *FOLDER.glob("*/columns.py")])
#: Numbers of the language, not of the policy: nothing, and one (the year after the last year of an age).
ALLOWED = (0, 1)
#: Keywords of a declaration that order it or date it; they are not part of any rule.
DECLARING = ("order", "since")


def bare_numbers(source: str) -> Iterator[tuple[int, object]]:
    """Line and value of every number written in a module."""
    tree = ast.parse(source)
    excused = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg in DECLARING
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in excused:
            value = node.value
            if isinstance(value, int | float | complex) and not isinstance(value, bool) and value not in ALLOWED:
                yield node.lineno, value


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_no_bare_number(path: Path) -> None:
    """规则和数字里除了0和1没有数：其余的数都在 parameters/*.yaml，有日期、单位和条款。"""
    assert list(bare_numbers(path.read_text(encoding="utf-8"))) == []


def test_the_files_are_found() -> None:
    """检查的确实是七团办法的规则、数字和结果列。"""
    names = {str(path.relative_to(FOLDER)) for path in FILES}
    assert {"qituan_2020/rules/scope.py", "qituan_2020/indicators/income.py", "qituan_2020/columns.py"} <= names


@pytest.mark.parametrize(
    "source", ["x = 8000", "f(net < 5_000)", "y = -2", "z = 0.3", "@rule(order=1)\ndef f(): return 12"]
)
def test_a_bare_number_would_be_noticed(source: str) -> None:
    """写进规则的数会被发现，负数、小数、带下划线的都一样。"""
    assert len(list(bare_numbers(source))) == 1


@pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda policy: policy.id)
def test_sentences_take_their_numbers_from_slots(policy: Policy) -> None:
    """句子里也没有写死的数：金额、比例、人数都从参数和数字填入。"""
    book = RuleBook.of(policy.id, policy.since)
    sentences = [sentence for rule in book.rules for sentence in rule.sentences.values()]
    sentences += [question.sentence for question in book.questions]
    for sentence in sentences:
        for text, _ in sentence.pieces:
            assert not re.search(r"[0-9０-９]", text), text
