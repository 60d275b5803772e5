"""What one screening found, for the households a person may see: ranked, filtered, counted by unit and by rule."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum, Value
from django.db.models.functions import Concat

from shouwang.accounts.models import Unit, User
from shouwang.casework.models import Clue, RunLine, ScreeningRun
from shouwang.casework.models.screening import KEPT
from shouwang.casework.queries.runs import Heads
from shouwang.casework.queries.units import at
from shouwang.units.text import reading_order


@dataclass(frozen=True, slots=True)
class LineFilter:
    """What is asked for; nothing is everything."""

    unit: Unit | None = None
    outcome: str = ""
    rule: str = ""
    tier: str = ""


ALL = LineFilter()


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit with its households and people by outcome."""

    unit: str
    uuid: str
    cells: dict[str, Heads]


def lines_for(user: User, run: ScreeningRun, wanted: LineFilter = ALL) -> QuerySet[RunLine]:
    """The households with a finding or without enough facts, the most urgent first."""
    rows = RunLine.objects.visible_to(user).filter(run=run, outcome__in=KEPT)
    return filtered(rows, wanted).select_related("household__unit").order_by("-score", "-pk")


def filtered(rows: QuerySet[RunLine], wanted: LineFilter) -> QuerySet[RunLine]:
    """The lines that a filter leaves."""
    if wanted.unit is not None:
        rows = rows.filter(at(wanted.unit, "household__"))
    if wanted.outcome:
        rows = rows.filter(outcome=wanted.outcome)
    if wanted.tier:
        rows = rows.filter(tier=wanted.tier)
    if wanted.rule:
        between = Value(";")
        rows = rows.annotate(rules=Concat(between, "rules_met", between, "rules_suspected", between))
        rows = rows.filter(rules__contains=f";{wanted.rule};")
    return rows


def by_unit(user: User, run: ScreeningRun) -> list[UnitLine]:
    """Each unit with households and people by outcome: 二连 before 十连."""
    rows = RunLine.objects.visible_to(user).filter(run=run, outcome__in=KEPT).order_by()
    keys = ("household__unit__name", "household__unit__uuid", "outcome")
    found: dict[tuple[Any, ...], dict[str, Heads]] = defaultdict(dict)
    for *unit, outcome, households, people in rows.values_list(*keys).annotate(n=Count("pk"), p=Sum("members")):
        found[tuple(unit)][outcome] = Heads(households, people or 0)
    ordered = sorted(found.items(), key=lambda one: reading_order(one[0][0]))
    return [UnitLine(name, str(uuid), cells) for (name, uuid), cells in ordered]


def by_rule(user: User, run: ScreeningRun) -> dict[str, dict[str, Heads]]:
    """Rule -> households and people it met, and those it suspects. A household counts under every rule that names it."""
    rows = RunLine.objects.visible_to(user).filter(run=run, outcome__in=KEPT).order_by()
    grouped = rows.values_list("rules_met", "rules_suspected").annotate(n=Count("pk"), p=Sum("members"))
    found: dict[str, dict[str, Heads]] = defaultdict(lambda: {"met": Heads(), "suspected": Heads()})
    for met, suspected, households, people in grouped:
        for outcome, rules in (("met", met), ("suspected", suspected)):
            for rule in filter(None, rules.split(";")):
                found[rule][outcome] += Heads(households, people or 0)
    return dict(found)


def clues_of(user: User, households: list[int]) -> dict[int, Clue]:
    """The last clue of each household, of those the person may see."""
    rows = Clue.objects.visible_to(user).filter(household__in=households).order_by("pk")
    return {clue.household_id: clue for clue in rows}
