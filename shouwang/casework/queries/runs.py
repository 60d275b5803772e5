"""Screening runs, and two of them side by side: who entered, who left, which figure moved."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import QuerySet

from shouwang.accounts.models import Unit, User
from shouwang.casework.clue_moves import moved
from shouwang.casework.models import Move, Purpose, RunLine, RunState, ScreeningRun
from shouwang.casework.models.screening import FLAGGED


@dataclass(frozen=True, slots=True)
class Difference:
    """One household in two runs. `figures`: name -> (was, is), amounts in fen."""

    household: str
    uuid: str
    unit: str
    move: Move
    was: str
    now: str
    figures: dict[str, list[int | None]]
    rules_gained: tuple[str, ...]
    rules_lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs compared, for the households a person may see."""

    counts: Counter[str] = field(default_factory=Counter)
    rows: tuple[Difference, ...] = ()


def runs_for(user: User) -> QuerySet[ScreeningRun]:
    """Runs a person may see; one of a company sees those of its regiment."""
    regiments = Unit.objects.filter(
        pk__in=[post.unit.regiment_id for post in user.posts.current() if post.unit.regiment_id]
    )
    own = ScreeningRun.objects.visible_to(user)
    return (own | ScreeningRun.objects.filter(unit__in=regiments, pk__in=_seen_lines(user))).distinct()


def latest_run(regiment: Unit) -> ScreeningRun | None:
    """The last finished screening of a regiment."""
    done = ScreeningRun.objects.filter(unit=regiment, state=RunState.DONE).exclude(purpose=Purpose.SIMULATION)
    return done.order_by("-pk").first()


def compare_runs(user: User, before: ScreeningRun, after: ScreeningRun) -> Comparison:
    """Who entered, who left, which figure moved between two runs. Only households the person may see are counted."""
    visible = RunLine.objects.visible_to(user).select_related("household__unit")
    old = {line.household_id: line for line in visible.filter(run=before)}
    new = {line.household_id: line for line in visible.filter(run=after)}
    rows = [_difference(old.get(key), new.get(key)) for key in old.keys() | new.keys()]
    told = sorted((row for row in rows if row.move != Move.SAME), key=lambda row: (row.move, row.unit, row.household))
    return Comparison(Counter(row.move.value for row in rows), tuple(told))


def _difference(old: RunLine | None, new: RunLine | None) -> Difference:
    line = new or old
    assert line is not None
    here = new or RunLine(household=line.household, outcome="not_met")
    move, figures = moved(old, here, here.outcome in FLAGGED)
    was, now = _met(old), _met(new)
    return Difference(
        line.household.number, str(line.household.uuid), line.household.unit.name, move, old.outcome if old else "",
        new.outcome if new else "", figures if new else {}, tuple(r for r in now if r not in was),
        tuple(r for r in was if r not in now),
    )  # fmt: skip


def _met(line: RunLine | None) -> list[str]:
    return [rule for rule in line.rules_met.split(";") if rule] if line else []


def _seen_lines(user: User) -> QuerySet[RunLine]:
    return RunLine.objects.visible_to(user).values("run").distinct()
