"""Where the made-up regiment lies: 兵团, 师市, 团 and the nine departments. Its 连 come with its data."""

from __future__ import annotations

from django.db.models import Count

from shouwang.accounts.actions import create_unit
from shouwang.accounts.models import Unit
from shouwang.accounts.origin import Console
from shouwang.accounts.roles import Level
from shouwang.casework.models import Clue
from shouwang.policy.qituan_2020.papers import DEPARTMENTS

CORPS, DIVISION, REGIMENT = "XJ", "XJ01", "XJ0107"
_ABOVE = (
    (CORPS, "兵团", Level.CORPS, ""),
    (DIVISION, "第一师（演示）", Level.DIVISION, CORPS),
    (REGIMENT, "七团（演示）", Level.REGIMENT, DIVISION),
)


def regiment() -> Unit:
    """The regiment, built with what stands above and around it unless it is there."""
    for code, name, level, above in _ABOVE:
        _unit(code, name, level, above)
    for department, name in DEPARTMENTS:
        _unit(f"{REGIMENT}-{department}", name, Level.DEPARTMENT, REGIMENT, department)
    here: Unit = Unit.objects.get(code=REGIMENT)
    return here


def busiest(regiment: Unit) -> list[Unit]:
    """The 连 of the regiment, those with most clues first: where there is something to try."""
    found = Clue.objects.filter(household__regiment=regiment).order_by().values("household__unit")
    order = found.annotate(clues=Count("pk")).order_by("-clues", "household__unit")
    return [Unit.objects.get(pk=row["household__unit"]) for row in order]


def _unit(code: str, name: str, level: Level, above: str, department: str = "") -> None:
    if not Unit.objects.filter(code=code).exists():
        parent = Unit.objects.get(code=above) if above else None
        create_unit(by=Console(), code=code, name=name, level=level, parent=parent, department=department)
