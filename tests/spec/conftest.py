"""The `spec` fixture: a paragraph's tables in, one value a household out, the same from both readers."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from shouwang.policy.forms import Figure, Measure, Outcome, Rule
from shouwang.screening.terms import FINDING
from shouwang.terms import nodes as n
from shouwang.units.money import yuan
from tests.readers import both
from tests.spec.tables import facts_from

Subject = Rule | Figure | str


def name_of(subject: Subject) -> str:
    """What is asked: a rule's outcome, a figure, or a result column, finding, note or question by its name."""
    match subject:
        case Rule():
            return f"rule.{subject.id}"
        case Figure():
            return f"figure.{subject.id}"
    return subject


def said(rule: Rule) -> str:
    """The sentence of a rule's finding, as a page or a letter prints it."""
    return f"sentence.{rule.id}"


def shown(subject: Subject, value: Any) -> Any:
    """A value as a paragraph states it: an outcome, yuan or per cent with two decimals, else as it is."""
    if isinstance(subject, Rule):
        return Outcome(value)
    if isinstance(subject, str) and subject.startswith("sentence."):
        return json.loads(value)["sentence"] if value is not None else None
    if isinstance(subject, Figure) and subject.measure in (Measure.YUAN, Measure.PERCENT) and value is not None:
        return yuan(int(value))
    return value


class Spec:
    """Evaluates a paragraph with both readers and compares both with what it says."""

    def __call__(
        self,
        subject: Subject,
        *,
        expect: dict[Any, Any],
        as_of: str = "2020-05-20",
        parameters: dict[str, str] | None = None,
        **tables: str,
    ) -> None:
        assert expect, "a paragraph expects something"
        assert set(tables) <= set(both.TABLE_NAMES), "of tables that exist"
        key = (date.fromisoformat(as_of), tuple(sorted((parameters or {}).items())))
        book, name = both.book_of(*key), name_of(subject)
        terms = {name: self._term(key, subject)}
        population = facts_from(book.context, dict.fromkeys(both.TABLE_NAMES, "") | tables, expect)
        plain = both.plain_answers(both.evaluator_of(key), terms, population)
        bulk = both.bulk_answers(key, terms, population)
        wanted = {str(one): value for one, value in expect.items()}
        assert {one: shown(subject, plain[one][name]) for one in wanted} == wanted, "the plain reader"
        assert {one: shown(subject, bulk[one][name]) for one in wanted} == wanted, "the compiler"

    @staticmethod
    def _term(key: both.Key, subject: Subject) -> n.Node:
        if isinstance(subject, Rule):
            return both.book_of(*key).rule(subject.id).node
        return both.terms_of(key)[name_of(subject).replace("sentence.", FINDING)]


@pytest.fixture(scope="session")
def spec() -> Spec:
    return Spec()
