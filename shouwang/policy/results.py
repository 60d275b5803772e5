"""What does the screening say of a household as a whole? The columns of `households.csv` as terms (contract 4 and 5).

The columns are the same for every policy; what differs is the rules in force, so they are built from those.
"""

from __future__ import annotations

from collections.abc import Sequence

from shouwang.policy.forms import MET, SUSPECTED, UNKNOWN, Outcome, Rule
from shouwang.terms import nodes as n
from shouwang.terms.build import Term, choose, joined

#: The three rules whose ignorance makes a household's outcome unknown.
DECISIVE = ("income_below_line", "rigid_spending_exceeds_income", "income_dropped")


def some(rules: Sequence[Rule], outcome: Outcome) -> Term:
    """Whether any of the rules has the outcome. With no rules at all: never."""
    held = Term(n.Value(False))
    for rule in rules:
        held = held | rule.is_(outcome)
    return held


def route(rules: Sequence[Rule]) -> Term:
    """A, B, A+B or empty, from the met rules of each route."""
    routes = sorted({rule.route for rule in rules if rule.route})
    return joined(*((some([r for r in rules if r.route == name], MET), name) for name in routes), separator="+")


def outcome(rules: Sequence[Rule]) -> Term:
    """The first that applies: met, suspected, special, unknown, not_met."""
    routed = [rule for rule in rules if rule.route]
    return choose(
        (some(routed, MET), "met"),
        (some(rules, SUSPECTED), "suspected"),
        (some([rule for rule in rules if not rule.route], MET), "special"),
        (some([rule for rule in rules if rule.id in DECISIVE], UNKNOWN), "unknown"),
        otherwise="not_met",
    )


def rules_with(rules: Sequence[Rule], wanted: Outcome) -> Term:
    """The ids of the rules with an outcome, in the order of the policy, joined by ;."""
    return joined(*((rule.is_(wanted), rule.id) for rule in rules), separator=";")
