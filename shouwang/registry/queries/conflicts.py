"""Conflicts between sources over all a person may see: looked for in SQL, decided as everywhere, read for one page only.

SQL finds where anything different was ever said; whether sources still differ is for `registry.conflicts` to say.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Permission
from shouwang.registry.conflicts import Conflict, conflicts_of, differ, last_words
from shouwang.registry.models import (
    FactSource,
    Household,
    HouseholdFact,
    HouseholdKind,
    Person,
    PersonFact,
    PersonKind,
)
from shouwang.registry.queries.paging import CAP, Page

SIZE = 30
#: Where a conflict stands in the list: household number, 0 for the household itself or 1 for a person, their key, the kind.
Place = tuple[str, int, int, str]
FIRST: Place = ("", 0, 0, "")
Told = TypeVar("Told", PersonFact, HouseholdFact)
#: So many are looked at together.
_LOT = 5_000


class _Said(NamedTuple):
    """As much of a fact as tells whether sources differ."""

    pk: int
    value: str
    as_of: date
    source: str
    department: str


@dataclass(frozen=True)
class ConflictFilter:
    """What a user asks for; blank means any."""

    unit: Unit | None = None
    kind: str = ""


@dataclass(frozen=True)
class ConflictLine:
    """One conflict and the household it concerns."""

    conflict: Conflict
    household: Household


def conflicts_for(
    user: User, wanted: ConflictFilter | None = None, *, after: Place | None = None, size: int = SIZE
) -> Page[ConflictLine]:
    """A page of the conflicts a user may settle, by household.

    `after` is the last place of the page before; the page says what to ask for on either side, `FIRST` for the first one.
    """
    places = _places(user, wanted or ConflictFilter())
    start = bisect_right(places, after) if after is not None else 0
    page = places[start : start + size]
    back = max(0, start - size)
    return Page(
        _lines(page),
        min(len(places), CAP),
        len(places) > CAP,
        after=page[-1] if start + size < len(places) else None,
        before=None if start == 0 else places[back - 1] if back else FIRST,
    )


def conflict_for(user: User, about: str, uuid: str, kind: str) -> Person | Household:
    """Whom a conflict is about, for somebody who may settle it; Http404 for anybody else. `about`: person or household."""
    if about == "person" and kind in PersonKind.values:
        people = Person.objects.visible_to(user, Permission.HOUSEHOLD_EDIT).select_related("home__unit")
        found: Person | Household | None = people.filter(uuid=uuid).first()
    elif about == "household" and kind in HouseholdKind.values:
        homes = Household.objects.visible_to(user, Permission.HOUSEHOLD_EDIT).select_related("unit")
        found = homes.filter(uuid=uuid).first()
    else:
        found = None
    if found is None:
        raise Http404("没有这一项，或您无权判定。")
    return found


def _places(user: User, wanted: ConflictFilter) -> list[Place]:
    """All of them up to the cap, in order: a few numbers each."""
    found: list[Place] = []
    if wanted.kind in ("", *HouseholdKind.values):
        rows = HouseholdFact.objects.visible_to(user, Permission.HOUSEHOLD_EDIT).filter(_within(wanted, "household__"))
        differing = _differing(rows, "household", "household__number")
        found += [(number, 0, key, kind) for number, key, kind in islice(differing, CAP + 1)]
    if wanted.kind in ("", *PersonKind.values):
        told = PersonFact.objects.visible_to(user, Permission.HOUSEHOLD_EDIT).filter(_within(wanted, "person__home__"))
        differing = _differing(told, "person", "person__home__number")
        found += [(number, 1, key, kind) for number, key, kind in islice(differing, CAP + 1)]
    return sorted(found)[: CAP + 1]


def _within(wanted: ConflictFilter, home: str) -> Q:
    asked = Q(**{f"{home}closed_on": None})
    if wanted.unit is not None:
        asked &= Q(**{f"{home}{wanted.unit.level}": wanted.unit.pk})
    return asked & Q(kind=wanted.kind) if wanted.kind else asked


def _differing(rows: QuerySet[Told], owner: str, number: str) -> Iterator[tuple[str, int, str]]:
    """(household number, owner, kind) wherever the last words of the sources differ, in this order.

    What the first package said alone contradicts nobody, and most facts are of that kind: only the others are looked at, by
    an index of their own, and of them those beside which something else was said. Whether that still holds is decided by
    the one definition there is.
    """
    another = rows.model.objects.filter(**{owner: OuterRef(owner)}, kind=OuterRef("kind")).exclude(
        value=OuterRef("value")
    )
    later = rows.exclude(source=FactSource.PACKAGE).filter(Exists(another)).order_by()
    pairs = sorted(set(later.values_list(number, owner, "kind")))
    for start in range(0, len(pairs), _LOT):
        lot = pairs[start : start + _LOT]
        told = _told(rows.model, owner, lot)
        yield from (pair for pair in lot if differ(last_words(told[pair[1:]])))


def _told(model: type[Told], owner: str, pairs: Sequence[tuple[str, int, str]]) -> dict[tuple[int, str], list[_Said]]:
    """Owner and kind -> all that stands of it, in the order of entry."""
    found: dict[tuple[int, str], list[_Said]] = {(key, kind): [] for _, key, kind in pairs}
    owners: dict[str, list[int]] = defaultdict(list)
    for _, key, kind in pairs:
        owners[kind].append(key)
    for kind, keys in owners.items():
        facts = model.objects.standing().filter(**{f"{owner}__in": keys}, kind=kind).order_by("pk")
        for key, *said in facts.values_list(owner, *_Said._fields):
            found[key, kind].append(_Said(*said))
    return found


def _lines(page: Sequence[Place]) -> list[ConflictLine]:
    """The facts of one page, with their owners, in five queries."""
    households = {one.pk: one for one in _of(Household, page, 0).select_related("unit")}
    people = {one.pk: one for one in _of(Person, page, 1).select_related("home__unit")}
    asked = conflicts_of([*people.values(), *households.values()], {kind for *_, kind in page})
    found = {_key(one): one for one in asked}
    lines = []
    for _, kind_of_owner, key, kind in page:
        conflict = found.get((kind_of_owner, key, kind))
        if conflict is not None:  # settled between the two looks
            about = conflict.about
            household = about if isinstance(about, Household) else about.home
            assert household is not None
            lines.append(ConflictLine(conflict, household))
    return lines


def _of(model: type[Any], page: Sequence[Place], kind_of_owner: int) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.filter(pk__in=[key for _, whose, key, _ in page if whose == kind_of_owner])
    return rows


def _key(conflict: Conflict) -> tuple[int, int, str]:
    return (int(isinstance(conflict.about, Person)), conflict.about.pk, conflict.kind)
