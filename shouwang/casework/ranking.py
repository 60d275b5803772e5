"""In what order should clues be looked at? Points with their reasons; they decide nothing but the order.

A design default: nobody published weights. Assurance gaps first, then depth, then how many say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from shouwang.casework.models import Clue, ClueLine, ClueSource

OUTCOME_POINTS = {"met": 40, "suspected": 20, "special": 20}
TIER_POINTS = {"severe": 20, "low": 10}
#: 两不愁三保障 gaps that cannot wait for a meeting.
URGENT_RULES = {"child_out_of_school": 15, "dwelling_unsafe": 15, "water_unsafe": 10, "member_uninsured": 5}
SHOCK_RULES = ("rigid_spending_exceeds_income", "income_dropped")
SHOCK_POINTS, SOURCE_POINTS = 10, 5
_MOST = 100
_WORDS = {
    "met": "筛查命中",
    "suspected": "筛查疑似",
    "special": "保障有缺口",
    "severe": "收入在较重线以下",
    "low": "收入低于监测线",
}
_RULE_WORDS = {
    "child_out_of_school": "有适龄儿童失学",
    "dwelling_unsafe": "住房不安全",
    "water_unsafe": "饮水不安全",
    "member_uninsured": "有人未参保",
}


def rank(clue: Clue) -> Clue:
    """Work the points of a clue out anew from its lines, and save them."""
    lines = [line for line in clue.lines.all() if line.run_id is None or line.run_id == clue.run_id]
    reasons = list(points(clue.outcome, clue.tier, lines))
    clue.score = min(sum(amount for amount, _ in reasons), _MOST)
    clue.reasons = [f"{words}（{amount}）" for amount, words in reasons]
    clue.save(update_fields=["score", "reasons"])
    return clue


def score_of(outcome: str, tier: str, rules_met: str) -> int:
    """The points of what a screening alone says of a household."""
    return min(sum(amount for amount, _ in _found(outcome, tier, set(rules_met.split(";")))), _MOST)


def points(outcome: str, tier: str, lines: Sequence[ClueLine]) -> Iterator[tuple[int, str]]:
    """Each amount with what it is for."""
    yield from _found(outcome, tier, {line.rule for line in lines if line.outcome == "met"})
    sources = {line.source for line in lines} - {ClueSource.SCREENING}
    for source in sorted(sources):
        yield SOURCE_POINTS, f"有{ClueSource(source).label}"


def _found(outcome: str, tier: str, met: Set[str]) -> Iterator[tuple[int, str]]:
    if outcome in OUTCOME_POINTS:
        yield OUTCOME_POINTS[outcome], _WORDS[outcome]
    if tier in TIER_POINTS:
        yield TIER_POINTS[tier], _WORDS[tier]
    for rule, amount in URGENT_RULES.items():
        if rule in met:
            yield amount, _RULE_WORDS[rule]
    if met & set(SHOCK_RULES):
        yield SHOCK_POINTS, "支出骤增或收入骤减"
