"""Totals by unit, households and people together, without a single household in them (四/三; PIPL, small cells).

Who may not see households is not told numbers from 1 to 4 either, and a total counts only what is told, so that nothing
can be worked out by subtraction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from shouwang.accounts.models import Unit, User
from shouwang.accounts.redact import FEWEST
from shouwang.accounts.roles import Level, Permission
from shouwang.accounts.scope import effective_posts
from shouwang.casework.models import LIVE, Case, CaseStatus, Clue
from shouwang.casework.queries.clues import WAITING
from shouwang.casework.queries.kept import kept
from shouwang.casework.queries.units import at
from shouwang.registry.models import Household, Membership

_BELOW = {
    Level.CORPS: Level.DIVISION,
    Level.DIVISION: Level.REGIMENT,
    Level.REGIMENT: Level.COMPANY,
    Level.COMPANY: Level.COMPANY,
}
#: From so many households on, and always above a regiment, counting takes too long for every request.
MANY = 5_000
_LARGE = (Level.CORPS, Level.DIVISION)
#: What is counted, in the order of the columns.
MEASURES = {
    "households": "在册",
    "clues": "待处理线索",
    "active": "办理中个案",
    "confirmed": "已确认",
    "refused": "不予认定",
}


#: Unit -> households and people.
Counted = dict[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Cell:
    """Households and people together; both None where the number is too small to be told."""

    households: int | None
    people: int | None


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit with a cell for each measure. `deeper`: there are units below it to look at."""

    unit: Unit
    cells: dict[str, Cell]
    deeper: bool


@dataclass(frozen=True, slots=True)
class Statistics:
    """The table: the units right below one unit, and their totals."""

    unit: Unit
    lines: tuple[UnitLine, ...]
    totals: dict[str, Cell]
    hidden: bool
    counted_at: datetime


def territories(user: User) -> QuerySet[Unit]:
    """The units of a person's posts that allow totals."""
    posts = [p for p in effective_posts(user) if Permission.AGGREGATE_VIEW in p.role_class.permissions]
    return Unit.objects.filter(pk__in=[post.unit_id for post in posts]).order_by("path")


def statistics(user: User, unit: Unit, fresh: bool = False) -> Statistics:
    """Totals of the units below `unit`, of what the person's posts reach; of a large unit counted up to ten minutes ago.

    `fresh`: counted now all the same. `counted_at` says when it was.
    """
    level = _BELOW[Level(unit.level)]
    hide = not any(Permission.HOUSEHOLD_VIEW in post.role_class.permissions for post in effective_posts(user))
    units = list(Unit.objects.filter(at(unit), level=level, closed_on=None).order_by("path"))
    counted_at, counted = _counted(user, unit, fresh or not _is_large(unit))
    lines = tuple(
        UnitLine(
            one, {name: _told(found.get(one.pk, (0, 0)), hide) for name, found in counted.items()},
            level != Level.COMPANY,
        )
        for one in units
    )  # fmt: skip
    totals = {name: _sum(line.cells[name] for line in lines) for name in MEASURES}
    hidden = any(cell.households is None for line in lines for cell in line.cells.values())
    return Statistics(unit, lines, totals, hidden, counted_at)


def _is_large(unit: Unit) -> bool:
    if unit.level in _LARGE:
        return True
    return Household.objects.filter(at(unit), closed_on=None).order_by()[: MANY + 1].count() > MANY


def _counted(user: User, unit: Unit, fresh: bool) -> tuple[datetime, dict[str, Counted]]:
    """When it was counted, and each measure by unit. What is kept is kept apart for every reach of posts."""
    reach = ",".join(str(one.pk) for one in territories(user).order_by("pk"))
    return kept(f"statistics:{unit.pk}:{reach}", lambda: measured(user, unit), fresh)


def measured(user: User, unit: Unit) -> dict[str, Counted]:
    """Each measure by the units below `unit`, counted now: every household once, however many clues or cases it had."""
    level = _BELOW[Level(unit.level)]
    rows = Household.objects.visible_to(user, Permission.AGGREGATE_VIEW).filter(at(unit), closed_on=None)
    there = Membership.objects.visible_to(user, Permission.AGGREGATE_VIEW).filter(
        at(unit, "household__"), left_on=None, superseded_at=None, household__closed_on=None
    )
    found = {"households": _by_unit(rows, there, level)}
    for name, chosen in _chosen(unit).items():
        some = chosen.order_by().values("household")
        found[name] = _by_unit(rows.filter(pk__in=some), there.filter(household__in=some), level)
    return found


def _chosen(unit: Unit) -> dict[str, QuerySet[Any]]:
    """The clues or cases whose households a measure counts."""
    cases = Case.objects.filter(at(unit))
    refused = cases.filter(status=CaseStatus.REFUSED).exclude(
        household__in=cases.filter(status__in=LIVE).values("household")
    )
    return {
        "clues": Clue.objects.filter(at(unit), state__in=WAITING, still_found=True),
        "active": cases.filter(status__in=[CaseStatus.ACTIVE, CaseStatus.APPEALED]),
        "confirmed": cases.filter(status=CaseStatus.CONFIRMED),
        "refused": refused,
    }


def _by_unit(rows: QuerySet[Household], there: QuerySet[Membership], level: Level) -> Counted:
    """Households and the people in them, by unit, in two queries."""
    # Counted as rows, not by a column: then the index alone answers.
    households = rows.order_by().values_list(level.value).annotate(n=Count("*"))
    people = dict(there.order_by().values_list(f"household__{level.value}").annotate(n=Count("*")))
    return {key: (n, people.get(key, 0)) for key, n in households}


def _told(found: tuple[int, int], hide: bool) -> Cell:
    small = hide and any(0 < number < FEWEST for number in found)
    return Cell(None, None) if small else Cell(*found)


def _sum(cells: Iterable[Cell]) -> Cell:
    told = [cell for cell in cells if cell.households is not None]
    return Cell(sum(cell.households or 0 for cell in told), sum(cell.people or 0 for cell in told))
