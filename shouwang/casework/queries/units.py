"""Rows of a unit and of those below it, by equality."""

from __future__ import annotations

from django.db.models import Q

from shouwang.accounts.models import Unit
from shouwang.accounts.roles import Level
from shouwang.accounts.scope import NOTHING


def at(unit: Unit, via: str = "") -> Q:
    """`via` leads to the row that has the scope columns."""
    if unit.level == Level.CORPS:
        return Q()
    if unit.level == Level.DEPARTMENT:
        return NOTHING
    return Q(**{f"{via}{unit.level}": unit.pk})
