"""Where sources contradict each other: the latest word of each source since the last settlement, when they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from django.db.models import Q, QuerySet

from shouwang.registry.models import FactSource, Household, HouseholdFact, Person, PersonFact
from shouwang.terms.tables import HOUSEHOLDS, MEMBERS

AnyFact = PersonFact | HouseholdFact
F_ = TypeVar("F_", PersonFact, HouseholdFact)


class Word(Protocol):
    """What one source said of one thing: a fact, or as much of it as tells whether sources differ."""

    @property
    def pk(self) -> int: ...
    @property
    def value(self) -> str: ...
    @property
    def as_of(self) -> date: ...
    @property
    def source(self) -> str: ...
    @property
    def department(self) -> str: ...


Said = TypeVar("Said", bound=Word)


@dataclass(frozen=True)
class Conflict:
    """One thing that sources say differently; `facts` newest first, one a source."""

    about: Person | Household
    kind: str
    header: str
    facts: tuple[AnyFact, ...]


def conflict_about(about: Person | Household, kind: str) -> Conflict | None:
    """The open conflict about one thing, or None."""
    return next(iter(conflicts_of([about], [kind])), None)


def conflicts_of(abouts: Sequence[Person | Household], kinds: Collection[str] | None = None) -> list[Conflict]:
    """The open conflicts about some people and households; of these kinds only, where any are named."""
    wanted = Q() if kinds is None else Q(kind__in=kinds)
    of_people = facts_told(PersonFact).filter(wanted, person__in=_of(Person, abouts))
    of_homes = facts_told(HouseholdFact).filter(wanted, household__in=_of(Household, abouts))
    return conflicts_among(of_people, of_homes, abouts)


def conflicts_among(
    of_people: Iterable[PersonFact], of_homes: Iterable[HouseholdFact], abouts: Sequence[Person | Household]
) -> list[Conflict]:
    """The open conflicts about some people and households, in facts that are at hand: all that stand, and maybe others'."""
    return _open(of_people, "person_id", _of(Person, abouts)) + _open(of_homes, "household_id", _of(Household, abouts))


def facts_told(model: type[F_]) -> QuerySet[F_]:
    """The facts that stand, with who told them."""
    return model.objects.standing().select_related("batch__unit", "entered_by")


def _of(kind: type[Person] | type[Household], abouts: Sequence[Person | Household]) -> dict[int, Person | Household]:
    return {about.pk: about for about in abouts if isinstance(about, kind)}


def _open(facts: Iterable[AnyFact], owner: str, abouts: dict[int, Person | Household]) -> list[Conflict]:
    by_thing: dict[tuple[int, str], list[AnyFact]] = defaultdict(list)
    for fact in sorted(facts, key=lambda fact: fact.pk):
        if getattr(fact, owner) in abouts:
            by_thing[getattr(fact, owner), fact.kind].append(fact)
    conflicts = []
    for (key, kind), told in sorted(by_thing.items()):
        last = last_words(told)
        if differ(last):
            about = abouts[key]
            table = MEMBERS if isinstance(about, Person) else HOUSEHOLDS
            conflicts.append(Conflict(about, kind, table.column(kind).header, tuple(last)))
    return conflicts


def differ(last: Sequence[Word]) -> bool:
    """Whether the last words of the sources are not the same."""
    return len({one.value for one in last}) > 1


def last_words(told: Sequence[Said]) -> list[Said]:
    """What each source said last, after the last settlement; the settlement itself is the first word of them.

    `told` is all that stands about one thing, in the order of entry.
    """
    settled = max((place for place, fact in enumerate(told) if fact.source == FactSource.SETTLED), default=0)
    latest: dict[tuple[str, str], Said] = {}
    for fact in told[settled:]:
        key = (fact.source, fact.department)
        if key not in latest or (fact.as_of, fact.pk) > (latest[key].as_of, latest[key].pk):
            latest[key] = fact
    return sorted(latest.values(), key=lambda fact: (fact.as_of, fact.pk), reverse=True)
