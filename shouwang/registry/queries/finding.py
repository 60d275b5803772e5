"""Finding somebody by name or by exact citizen number, within one territory. Every search is on record, found or not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from shouwang.accounts import audit
from shouwang.accounts.crypto import CITIZEN_NUMBER
from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import require
from shouwang.registry import search
from shouwang.registry.models import Person
from shouwang.registry.queries.paging import CAP
from shouwang.units import identity

_NUMBER = re.compile(r"\d{17}[\dX]", re.ASCII)


@dataclass(frozen=True)
class Found:
    """The first of those found, and how many there are; counting stops at the cap."""

    people: Sequence[Person]
    count: int


def find_people(user: User, text: str, unit: Unit, most: int = 5) -> Found:
    """People called like `text`, or with it as their citizen number, in the regiment (else the division) of `unit`."""
    territory = unit.regiment or unit.division or unit
    post = require(user, Permission.PERSON_SEARCH, territory)
    level = territory.level
    people = Person.objects.visible_to(user, Permission.PERSON_SEARCH).filter(**{f"home__{level}": territory.pk})
    rows = people.filter(_asked(text)).select_related("home__unit").order_by("home__number", "pk")
    found = Found(list(rows[:most]), rows.order_by()[: CAP + 1].count())
    number = identity.spell(text)
    asked = {"number": identity.mask(number)} if _is_number(text) else {"name": text}
    audit.note(by=user, post=post, verb="person.searched", unit=territory, found=found.count, **asked)
    return found


def _is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(identity.spell(text)))


def _asked(text: str) -> Q:
    if _is_number(text):
        return Q(citizen_index__in=CITIZEN_NUMBER.tokens(identity.spell(text))) & ~Q(citizen_index="")
    return search.called(text)
