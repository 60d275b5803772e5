"""What counts on a day: which households exist, who belongs to them, which lines and facts hold. One definition for all.

People who came by a split or merger bring their time with them: their former membership no longer counts, the present
one counts from when they joined the former, and lines moved with them count from that day.
"""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When

from shouwang.registry.models import (
    Event,
    Household,
    HouseholdFact,
    LedgerEntry,
    Membership,
    PersonFact,
)

F_ = TypeVar("F_", PersonFact, HouseholdFact)


def households_at(day: date) -> QuerySet[Household]:
    """Opened by that day and not closed by it."""
    return Household.objects.filter(Q(opened_on=None) | Q(opened_on__lte=day), Q(closed_on=None) | Q(closed_on__gt=day))


def memberships_at(day: date) -> QuerySet[Membership]:
    """Memberships as that day sees them, past ones included; `counted` is when each began to count."""
    later = Membership.objects.filter(continues=OuterRef("pk"), superseded_at=None, joined_on__lte=day)
    return (
        Membership.objects.filter(superseded_at=None)
        .exclude(continues__isnull=False, joined_on__gt=day)
        .exclude(Exists(later))
        .annotate(counted=Case(When(continues__isnull=False, then=F("counted_from")), default=F("joined_on")))
    )


def entries_at(day: date) -> QuerySet[LedgerEntry]:
    """Lines of the ledger; those moved by a split or merger from its day on."""
    return LedgerEntry.objects.standing().filter(Q(counts_from=None) | Q(counts_from__lte=day))


def events_at(day: date) -> QuerySet[Event]:
    """What befell a household and was not withdrawn; what came by a split or merger from its day on."""
    withdrawn = Event.objects.filter(voids=OuterRef("pk"))
    standing = Event.objects.standing().filter(voids=None).exclude(Exists(withdrawn))
    return standing.filter(Q(counts_from=None) | Q(counts_from__lte=day))


def facts_at(model: type[F_], day: date) -> QuerySet[F_]:
    """Facts known of that day or before; of each kind the last by (as_of, id) holds."""
    return model.objects.standing().filter(as_of__lte=day)
