"""Can every outcome be said, and is every outcome specified? Rules, their sentences and the spec hold each other."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from shouwang.policy.clauses import clause
from shouwang.policy.forms import Outcome, Rule
from shouwang.terms import nodes as n
from tests.readers import both
from tests.readers.populations import any_recipes, population
from tests.spec import manual

RULES = both.book_of(date(2020, 5, 20)).rules


def written_outcomes(node: n.Node) -> set[Outcome]:
    """The outcomes a rule's term names: the values of its cases, without those it merely compares with."""
    match node:
        case n.Named(term=inner):
            return written_outcomes(inner)
        case n.FirstKnown(first=first):
            return written_outcomes(first)
        case n.Choose(cases=cases, otherwise=otherwise):
            return {outcome for _, value in cases for outcome in written_outcomes(value)} | written_outcomes(otherwise)
        case n.Value(value=value):
            return {Outcome(value)}
    raise AssertionError(f"a rule ends in {type(node).__name__}")


@cache
def specified() -> dict[str, set[Outcome]]:
    """The outcomes that some paragraph of the spec expects, by rule."""
    found: dict[str, set[Outcome]] = {}
    for paragraph in manual.every_paragraph():
        if isinstance(paragraph.subject, Rule):
            found.setdefault(paragraph.subject.id, set()).update(paragraph.expect.values())
    return found


@cache
def occurring() -> dict[str, set[Outcome]]:
    """The outcomes that occur among some thousand invented households."""
    key: both.Key = (date(2020, 5, 20), ())
    terms = {rule.id: rule.node for rule in RULES}
    answers = both.plain_answers(
        both.evaluator_of(key), terms, population(both.book_of(*key), any_recipes(1500, seed=7))
    )
    return {rule.id: {Outcome(row[rule.id]) for row in answers.values()} for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_outcome_has_a_sentence(rule: Rule) -> None:
    """规则会给出的每一种结论都有一句话；句子也不多写不会有的结论。"""
    assert written_outcomes(rule.node) <= set(rule.sentences)
    assert occurring()[rule.id] == set(rule.sentences)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_outcome_has_a_spec(rule: Rule) -> None:
    """规则的每一种结论，规格里都有一段写明什么样的户得到它。"""
    assert specified()[rule.id] == set(rule.sentences)


def test_every_parameter_has_a_spec() -> None:
    """筛查用到的每个参数，规格里都有一段把它改成别的值。"""
    changed = {name for paragraph in manual.every_paragraph() for name in paragraph.parameters}
    assert changed == set(both.parameters_in_use())


def test_sections_name_their_clauses() -> None:
    """规格的每一节标题写明条款，条款查得到；每个测试都有中文的一段话，都问了点什么。"""
    for chapter, sections in manual.chapters():
        assert chapter.__doc__
        assert sections
        for section in sections:
            assert [clause("qituan_2020", one).id for one in manual.clauses_of(section)]
            for text, kept in manual.paragraphs(section):
                assert text.endswith("。"), f"{section.__name__}: {text}"
                assert kept, f"{section.__name__}: {text}"
