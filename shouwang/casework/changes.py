"""Whose facts changed since a moment? For screening only what changed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from shouwang.registry.models import (
    BatchStep,
    Change,
    Event,
    Household,
    HouseholdFact,
    InsuranceRecord,
    LedgerEntry,
    MedicalBill,
    PersonFact,
    SchoolRecord,
)

_PAPERS = (MedicalBill, SchoolRecord, InsuranceRecord)


def changed_since(moment: datetime) -> QuerySet[Household]:
    """Households with a fact, line, event or member entered or withdrawn since, or touched by a department's batch."""
    batches = list(BatchStep.objects.filter(at__gt=moment).values_list("batch", flat=True).distinct())
    changes = Change.objects.filter(recorded_at__gt=moment)
    entered = Q(recorded_at__gt=moment) | Q(batch__in=batches)
    noted = Q(entered_at__gt=moment) | Q(batch__in=batches)
    touched = Q(batch__in=batches)
    touched |= Q(pk__in=changes.values("household")) | Q(
        pk__in=changes.exclude(other_household=None).values("other_household")
    )
    for model in (LedgerEntry, Event):
        touched |= Q(pk__in=model.objects.filter(entered).values("household"))
    touched |= Q(pk__in=HouseholdFact.objects.filter(noted).values("household"))
    touched |= Q(pk__in=PersonFact.objects.filter(noted).values("person__home"))
    for paper in _PAPERS:
        touched |= Q(pk__in=paper.objects.filter(batch__in=batches).values("person__home"))
    return Household.objects.filter(touched)
