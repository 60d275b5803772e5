"""One thing of a household, by its public number, for somebody who may see the household. Http404 for anything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F, Model, QuerySet
from django.http import Http404

from shouwang.accounts import audit
from shouwang.accounts.models import User
from shouwang.registry import standing
from shouwang.registry.conflicts import Conflict, conflicts_of
from shouwang.registry.models import (
    Document,
    Event,
    Household,
    InsuranceRecord,
    LedgerEntry,
    MedicalBill,
    Membership,
    PersonFact,
    SchoolRecord,
)
from shouwang.units import identity

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class MemberPage:
    """Everything the page of one member shows. `facts`: every word of every source, newest first."""

    membership: Membership
    masked_number: str
    facts: Sequence[PersonFact]
    conflicts: Sequence[Conflict]
    bills: Sequence[MedicalBill]
    school: Sequence[SchoolRecord]
    insurance: Sequence[InsuranceRecord]


def member_for(user: User, household: Household, person: UUID | str) -> Membership:
    """The membership of a person in a household: the one that is open, else the last."""
    rows = Membership.objects.visible_to(user).filter(household=household, superseded_at=None)
    rows = rows.select_related("person", "household__unit").order_by(F("left_on").desc(nulls_first=True), "-pk")
    return _one(rows, person__uuid=person)


def member_page(user: User, household: Household, person: UUID | str) -> MemberPage:
    """One member of a household. Somebody who has left it is shown as they left; their later facts are another's to see."""
    membership = member_for(user, household, person)
    about = membership.person
    here = about.home_id == household.pk
    facts = standing.facts_at(PersonFact, date.max).filter(person=about).select_related("entered_by", "batch")
    page = MemberPage(
        membership,
        identity.mask(about.citizen),
        list(facts.order_by("kind", "-as_of", "-pk")) if here else [],
        conflicts_of([about]) if here else [],
        list(MedicalBill.objects.standing().filter(person=about).select_related("person").order_by("-settled_on"))
        if here
        else [],
        list(SchoolRecord.objects.standing().filter(person=about).select_related("person").order_by("-as_of"))
        if here
        else [],
        list(InsuranceRecord.objects.standing().filter(person=about).select_related("person").order_by("-year"))
        if here
        else [],
    )
    audit.note(by=user, verb="person.read", target=about, unit=household.unit)
    return page


def entry_for(user: User, household: Household, key: str) -> LedgerEntry:
    """A line of the ledger that counts."""
    rows = LedgerEntry.objects.visible_to(user).standing().filter(household=household)
    return _one(rows.select_related("person", "batch", "recorded_by", "household__unit"), pk=key)


def event_for(user: User, household: Household, uuid: UUID | str) -> Event:
    """An event of a household, withdrawn or not."""
    rows = Event.objects.visible_to(user).standing().filter(household=household, voids=None)
    return _one(rows.select_related("recorded_by"), uuid=uuid)


def document_for(user: User, household: Household, uuid: UUID | str) -> Document:
    """A file kept about a household."""
    rows = Document.objects.visible_to(user).filter(household=household)
    return _one(rows.select_related("household__unit"), uuid=uuid)


def _one(rows: QuerySet[Row], **wanted: object) -> Row:
    try:
        found = rows.filter(**wanted).first()
    except (ValueError, OverflowError, ValidationError):  # a key that cannot be one
        found = None
    if found is None:
        raise Http404("没有这一项，或您无权查看。")
    return found
