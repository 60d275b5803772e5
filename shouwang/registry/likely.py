"""Whom may a doubtful row be about? A handful of people to hold it against, the likeliest first. Decided by a person only."""

from __future__ import annotations

from datetime import date
from difflib import SequenceMatcher

from django.db.models import Q

from shouwang.accounts.crypto import CITIZEN_NUMBER
from shouwang.accounts.models import Unit
from shouwang.registry import search
from shouwang.registry.models import Person
from shouwang.registry.recognise import within
from shouwang.registry.sidebyside import SLIPS, slips

#: As many as fit on a page and under the number keys.
MOST = 5
_LOOKED_AT = 50


def candidates(name: str, number: str, born: date | None, unit: Unit) -> list[Person]:
    """People of the row's number, of its name, and of its birth date with a name much like it."""
    people = Person.objects.filter(within("home__", unit)).select_related("home__unit")
    tokens = CITIZEN_NUMBER.tokens(number) if number else []
    wanted = Q(name=name) | Q(citizen_index__in=tokens) if tokens else Q(name=name)
    likely = list(people.filter(wanted)[:_LOOKED_AT])
    if born and len(name) > 1:
        alike = search.called(_part(name, 0)) | search.called(_part(name, 1))
        likely += people.filter(alike, birth_date=born).exclude(pk__in=[one.pk for one in likely])[:_LOOKED_AT]
    return sorted(likely, key=lambda one: _distance(one, name, number, born, tokens))[:MOST]


def _part(name: str, place: int) -> str:
    """Half of a name: one character or more of it may be written wrongly."""
    size = max(1, len(name) - 1)
    return name[place : place + size]


def _distance(one: Person, name: str, number: str, born: date | None, tokens: list[str]) -> tuple[object, ...]:
    apart = slips(one.citizen, number)
    return (
        not (tokens and one.citizen_index in tokens),
        apart > SLIPS if apart is not None else False,
        one.birth_date != born,
        1 - SequenceMatcher(None, one.name, name, autojunk=False).ratio(),
        apart or 0,
        one.pk,
    )
