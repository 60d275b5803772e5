"""Conflicts between sources over all a person may see: found in SQL, only those of one page are read.

The same definition as `registry.conflicts`: of each source the last word since the last settlement, when they differ.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import Http404

from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Permission
from shouwang.registry.conflicts import Conflict, conflicts_of
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
        for number, key, kind in _differing(rows, "household", "household__number"):
            found.append((number, 0, key, kind))
    if wanted.kind in ("", *PersonKind.values):
        told = PersonFact.objects.visible_to(user, Permission.HOUSEHOLD_EDIT).filter(_within(wanted, "person__home__"))
        for number, key, kind in _differing(told, "person", "person__home__number"):
            found.append((number, 1, key, kind))
    return sorted(found)[: CAP + 1]


def _within(wanted: ConflictFilter, home: str) -> Q:
    asked = Q(**{f"{home}closed_on": None})
    if wanted.unit is not None:
        asked &= Q(**{f"{home}{wanted.unit.level}": wanted.unit.pk})
    return asked & Q(kind=wanted.kind) if wanted.kind else asked


def _differing(rows: QuerySet[Told], owner: str, number: str) -> QuerySet[Any]:
    """(household number, owner, kind) wherever the last words of the sources differ."""
    same = {owner: OuterRef(owner), "kind": OuterRef("kind")}
    # Most owners have one fact of a kind: the index alone tells who has more, and only theirs are looked at.
    crowded = rows.order_by().values(owner, "kind").annotate(n=Count("pk")).filter(n__gt=1).values(owner)
    told = rows.standing().filter(**{f"{owner}__in": crowded})
    settled = (
        rows.model.objects.standing().filter(**same, source=FactSource.SETTLED)
        .order_by().values(owner).annotate(last=Max("pk")).values("last")
    )  # fmt: skip
    told = told.annotate(since=Coalesce(Subquery(settled), Value(0))).filter(pk__gte=F("since"))
    later = rows.model.objects.standing().filter(
        Q(as_of__gt=OuterRef("as_of")) | Q(as_of=OuterRef("as_of"), pk__gt=OuterRef("pk")),
        **same, source=OuterRef("source"), department=OuterRef("department"), pk__gte=OuterRef("since"),
    )  # fmt: skip
    last = told.filter(~Exists(later)).order_by()
    differing = last.values(number, owner, "kind").annotate(said=Count("value", distinct=True)).filter(said__gt=1)
    return differing.order_by(number, owner, "kind").values_list(number, owner, "kind")[: CAP + 1]


def _lines(page: Sequence[Place]) -> list[ConflictLine]:
    """The facts of one page, with their owners, in five queries."""
    households = {one.pk: one for one in _of(Household, page, 0).select_related("unit")}
    people = {one.pk: one for one in _of(Person, page, 1).select_related("home__unit")}
    found = {_key(one): one for one in conflicts_of([*people.values(), *households.values()])}
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
