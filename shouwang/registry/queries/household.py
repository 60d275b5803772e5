"""一户一档: everything on record about one household, for somebody who may see it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.http import Http404
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.models import User
from shouwang.registry import standing
from shouwang.registry.conflicts import AnyFact, Conflict, conflicts_among, facts_told
from shouwang.registry.models import (
    Change,
    Document,
    Event,
    Household,
    HouseholdFact,
    InsuranceRecord,
    LedgerEntry,
    MedicalBill,
    Membership,
    PersonFact,
    SchoolRecord,
)
from shouwang.registry.queries.paging import SIZE, Page, page_of
from shouwang.terms.tables import INCOME_KINDS, RIGID_KINDS
from shouwang.units import identity


@dataclass(frozen=True)
class MemberLine:
    """One member with what holds of them now. The citizen number is masked; showing it is an act of its own."""

    membership: Membership
    masked_number: str
    facts: dict[str, AnyFact]


@dataclass
class QuarterLine:
    """What one quarter came to, in fen. `net` is None where nothing was entered that makes the quarter known."""

    quarter: int
    income: int = 0
    cost: int = 0
    claims: int = 0
    rigid: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    known: bool = False

    @property
    def net(self) -> int | None:
        return self.income - self.cost if self.known else None


@dataclass(frozen=True)
class Moment:
    """One line of the timeline: a change, an event or a document, by its own day."""

    day: date
    kind: str
    text: str
    what: Any


@dataclass(frozen=True)
class HouseholdPage:
    """Everything the page of a household shows."""

    household: Household
    members: Sequence[MemberLine]
    former: Sequence[MemberLine]
    quarters: Sequence[QuarterLine]
    ledger: Page[LedgerEntry]
    facts: dict[str, AnyFact]
    conflicts: Sequence[Conflict]
    events: Sequence[Event]
    bills: Sequence[MedicalBill]
    school: Sequence[SchoolRecord]
    insurance: Sequence[InsuranceRecord]
    documents: Sequence[Document]
    timeline: Sequence[Moment]


def household_for(user: User, uuid: UUID | str) -> Household:
    """A household the user may see. Http404 for any other, whether it exists or not."""
    found = Household.objects.visible_to(user).select_related("unit").filter(uuid=uuid).first()
    if found is None:
        raise Http404("没有这一户，或您无权查看。")
    return found


def household_page(user: User, uuid: UUID | str, *, on: date | None = None) -> HouseholdPage:
    """Everything about one household. That it was looked at is recorded."""
    household = household_for(user, uuid)
    day = on or date.max
    there = list(
        Membership.objects.filter(household=household, superseded_at=None)
        .select_related("person")
        .order_by("member_number")
    )
    about = [household, *(member.person for member in there if member.left_on is None)]
    of_people = list(facts_told(PersonFact).filter(person__in=[member.person_id for member in there]))
    of_home = list(facts_told(HouseholdFact).filter(household=household))
    lines = _member_lines(there, of_people, day)
    people = [member.person_id for member in there if member.left_on is None]
    changes = list(Change.objects.filter(household=household).select_related(
        "membership__person", "other_household", "from_unit", "to_unit", "recorded_by"
    ))  # fmt: skip
    events = list(standing.events_at(day).filter(household=household).select_related("recorded_by"))
    documents = list(Document.objects.filter(household=household).select_related("uploaded_by"))
    page = HouseholdPage(
        household,
        [line for line in lines if line.membership.left_on is None],
        [line for line in lines if line.membership.left_on is not None],
        quarters_of(standing.entries_at(day).filter(household=household)),
        ledger_page(user, household),
        _holding(of_home, day),
        conflicts_among(of_people, of_home, about),
        events,
        list(MedicalBill.objects.standing().filter(person__in=people).select_related("person").order_by("-settled_on")),
        list(SchoolRecord.objects.standing().filter(person__in=people).select_related("person").order_by("-as_of")),
        list(InsuranceRecord.objects.standing().filter(person__in=people).select_related("person").order_by("-year")),
        documents,
        _timeline(changes, events, documents),
    )
    audit.note(by=user, verb="household.read", target=household)
    return page


def ledger_page(
    user: User,
    household: Household,
    *,
    quarter: int | None = None,
    after: Any = None,
    before: Any = None,
    size: int = SIZE,
) -> Page[LedgerEntry]:
    """The ledger of a household the user may see, newest line first; `reversed` says whether a line was taken back."""
    rows = LedgerEntry.objects.visible_to(user).standing().filter(household=household)
    if quarter is not None:
        rows = rows.filter(quarter=quarter)
    rows = rows.select_related("person", "batch", "recorded_by", "corrects", "transfer")
    rows = rows.annotate(reversed=Exists(LedgerEntry.objects.filter(corrects=OuterRef("pk"))))
    return page_of(rows, "pk", after=after, before=before, size=size, falling=True)


def quarters_of(entries: Iterable[LedgerEntry]) -> list[QuarterLine]:
    """Sums by quarter, oldest first."""
    lines: dict[int, QuarterLine] = {}
    for entry in entries:
        line = lines.setdefault(entry.quarter, QuarterLine(entry.quarter))
        line.kinds[entry.kind] = line.kinds.get(entry.kind, 0) + entry.amount_fen
        if entry.kind in INCOME_KINDS:
            line.income += entry.amount_fen
        elif entry.kind == "production_cost":
            line.cost += entry.amount_fen
        elif entry.kind in RIGID_KINDS:
            line.rigid += entry.amount_fen
        else:
            line.claims += entry.amount_fen
        line.known = line.known or entry.kind in INCOME_KINDS or entry.kind == "production_cost"
    return [lines[quarter] for quarter in sorted(lines)]


def _member_lines(members: Sequence[Membership], told: Iterable[PersonFact], day: date) -> list[MemberLine]:
    facts: dict[int, list[PersonFact]] = defaultdict(list)
    # Who has moved to another household belongs to those who may see that one.
    people = {member.person_id for member in members if member.person.home_id == member.household_id}
    for fact in told:
        if fact.person_id in people:
            facts[fact.person_id].append(fact)
    return [
        MemberLine(member, identity.mask(member.person.citizen), _holding(facts[member.person_id], day))
        for member in members
    ]


def _holding(facts: Iterable[AnyFact], day: date) -> dict[str, AnyFact]:
    """Of each kind the fact that holds on a day, with its source and its own day (as `standing.facts_at`)."""
    known = [fact for fact in facts if fact.as_of <= day]
    return {fact.kind: fact for fact in sorted(known, key=lambda fact: (fact.as_of, fact.pk))}


def _timeline(changes: Sequence[Change], events: Sequence[Event], documents: Sequence[Document]) -> list[Moment]:
    moments = [Moment(change.occurred_on, "change", _told(change), change) for change in changes]
    moments += [Moment(event.occurred_on, "event", f"{event.cause} {event.note}".strip(), event) for event in events]
    moments += [Moment(timezone.localdate(one.uploaded_at), "document", one.title, one) for one in documents]
    return sorted(moments, key=lambda moment: moment.day, reverse=True)


def _told(change: Change) -> str:
    """A change as a line: who, from where, to where."""
    who = f"{change.membership.person.name} " if change.membership else ""
    other = f"（{change.other_household.number}）" if change.other_household else ""
    way = f"：{change.from_unit} → {change.to_unit}" if change.from_unit else ""
    reason = f"，{change.reason}" if change.reason else ""
    return f"{who}{change.get_kind_display()}{other}{way}{reason}"
