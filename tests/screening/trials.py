"""Shared by the tests of explanations: asking the evaluator anew, on facts changed without the code under test."""

from __future__ import annotations

from collections.abc import Callable

from shouwang.policy.forms import Outcome
from shouwang.screening.reasons import Explanation, HouseholdFacts, RuleReason, Scale
from shouwang.terms.evaluate import Evaluator, Facts
from tests.screening.conftest import DATES, HOUSEHOLDS, book_of

Explained = Callable[[str, str], Explanation]
Load = Callable[[str], HouseholdFacts]
D = DATES[0]
EVERY = [(household, as_of) for as_of in DATES for household in HOUSEHOLDS]


def rule(explanation: Explanation, rule_id: str) -> RuleReason:
    return next(reason for reason in explanation.rules if reason.id == rule_id)


def outcome_with(facts: Facts, rule_id: str, as_of: str) -> Outcome:
    """The rule asked anew, without any of the code under test."""
    book = book_of(as_of)
    node = book.rule(rule_id).node
    return Outcome(Evaluator(book.context).values([node], facts)[node.name])


def with_addition(facts: Facts, scale: Scale, amount: int) -> Facts:
    """Facts with one more row that holds the amount."""
    row = dict.fromkeys(("one_off", "row", "member_id", "source")) | dict(scale.cells)
    row |= dict.fromkeys(scale.columns, amount)
    if scale.table == "ledger":
        return {**facts, "ledger": [*facts["ledger"], row]}
    members = [dict(member) for member in facts["members"]]
    owner = next(member for member in members if member["shares_budget"])
    owner[scale.table] = [*owner[scale.table], row]
    return {**facts, "members": members}


def index_of(quarter: str) -> int:
    return int(quarter[:4]) * 4 + int(quarter[5]) - 1
