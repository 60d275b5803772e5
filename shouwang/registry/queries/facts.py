"""What holds of a person or household now, of one kind."""

from __future__ import annotations

from datetime import date

from shouwang.registry import standing
from shouwang.registry.conflicts import AnyFact
from shouwang.registry.models import Household, HouseholdFact, Person, PersonFact


def holding_fact(about: Person | Household, kind: str) -> AnyFact | None:
    """The last word of that kind, or None. The caller has fetched `about` for somebody who may see it."""
    if isinstance(about, Person):
        rows = standing.facts_at(PersonFact, date.max).filter(person=about, kind=kind)
        return rows.select_related("batch", "entered_by").order_by("-as_of", "-pk").first()
    told = standing.facts_at(HouseholdFact, date.max).filter(household=about, kind=kind)
    return told.select_related("batch", "entered_by").order_by("-as_of", "-pk").first()
