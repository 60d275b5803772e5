"""Where sources contradict each other: the latest word of each source since the last settlement, when they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shouwang.registry.models import FactSource, Household, HouseholdFact, Person, PersonFact
from shouwang.terms.tables import HOUSEHOLDS, MEMBERS

AnyFact = PersonFact | HouseholdFact


@dataclass(frozen=True)
class Conflict:
    """One thing that sources say differently; `facts` newest first, one a source."""

    about: Person | Household
    kind: str
    header: str
    facts: tuple[AnyFact, ...]


def conflict_about(about: Person | Household, kind: str) -> Conflict | None:
    """The open conflict about one thing, or None."""
    return next((conflict for conflict in conflicts_of([about]) if conflict.kind == kind), None)


def conflicts_of(abouts: Sequence[Person | Household]) -> list[Conflict]:
    """The open conflicts about some people and households."""
    people = {about.pk: about for about in abouts if isinstance(about, Person)}
    households = {about.pk: about for about in abouts if isinstance(about, Household)}
    told = PersonFact.objects.standing().filter(person__in=people).select_related("batch__unit", "entered_by")
    of_homes = (
        HouseholdFact.objects.standing().filter(household__in=households).select_related("batch__unit", "entered_by")
    )
    return _open(told, "person_id", people) + _open(of_homes, "household_id", households)


def _open(facts: Iterable[AnyFact], owner: str, abouts: dict[int, Person | Household]) -> list[Conflict]:  # type: ignore[type-arg]
    by_thing: dict[tuple[int, str], list[AnyFact]] = defaultdict(list)
    for fact in sorted(facts, key=lambda fact: fact.pk):
        by_thing[getattr(fact, owner), fact.kind].append(fact)
    conflicts = []
    for (key, kind), told in sorted(by_thing.items()):
        last = _last_words(told)
        if len({fact.value for fact in last}) > 1:
            about = abouts[key]
            table = MEMBERS if isinstance(about, Person) else HOUSEHOLDS
            conflicts.append(Conflict(about, kind, table.column(kind).header, tuple(last)))
    return conflicts


def _last_words(told: Sequence[AnyFact]) -> list[AnyFact]:
    """What each source said last, after the last settlement; the settlement itself is the first word of them."""
    settled = max((place for place, fact in enumerate(told) if fact.source == FactSource.SETTLED), default=0)
    latest: dict[tuple[str, str], AnyFact] = {}
    for fact in told[settled:]:
        key = (fact.source, fact.department)
        if key not in latest or (fact.as_of, fact.pk) > (latest[key].as_of, latest[key].pk):
            latest[key] = fact
    return sorted(latest.values(), key=lambda fact: (fact.as_of, fact.pk), reverse=True)
