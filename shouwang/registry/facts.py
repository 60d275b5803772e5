"""One household's facts as the evaluator takes them: the plain rows of `screening.household`, read from the registry.

The same as `snapshot` writes for all; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import models

from shouwang.registry import standing
from shouwang.registry.models import (
    Household,
    HouseholdFact,
    InsuranceRecord,
    MedicalBill,
    Membership,
    PersonFact,
    SchoolRecord,
    SourceBatch,
)
from shouwang.registry.models.fact import YES
from shouwang.screening.reasons import HouseholdFacts
from shouwang.terms.evaluate import Row
from shouwang.terms.tables import BY_NAME, HOUSEHOLDS, MEMBERS, Type

PAPERS: dict[str, type[models.Model]] = {
    "medical": MedicalBill,
    "school": SchoolRecord,
    "insurance": InsuranceRecord,
}
_Numbered = list[tuple[int | None, int | None, Row]]


def facts_of_household(household: Household, as_of: date) -> HouseholdFacts:
    """What is known of a household on a day."""
    files = _Files()
    members = _members(household, as_of, files)
    entries = standing.entries_at(as_of).filter(household=household).order_by("pk")
    numbers = {member.person_id: member.member_number for member in household.memberships.filter(superseded_at=None)}
    ledger: _Numbered = [
        (
            *(entry.batch_id, entry.row),
            {
                **{"hid": 0, "quarter": entry.quarter, "kind": entry.kind, "amount": entry.amount_fen},
                **{"one_off": entry.one_off, "source": entry.source or None},
                "member_id": numbers.get(entry.person_id) if entry.person_id else None,
            },
        )
        for entry in entries
    ]
    events: _Numbered = [
        (
            *(event.batch_id, event.row),
            {"hid": 0, "occurred_on": event.occurred_on, "cause": event.cause, "note": event.note or None},
        )
        for event in standing.events_at(as_of).filter(household=household).order_by("pk")
    ]
    rows: dict[str, Any] = {
        "households": _household(household, as_of, files),
        "members": members,
        "ledger": files.numbered("ledger", ledger),
        "events": files.numbered("events", events),
    }
    for name in PAPERS:
        _bring_papers(name, members, files)
    return HouseholdFacts(rows, files.names())


class _Files:
    """From which file each table came. Rows of one file keep their number; rows of several are counted through."""

    def __init__(self) -> None:
        self._batch: dict[str, int | None] = {}

    def numbered(self, table: str, rows: _Numbered) -> list[Row]:
        """The rows with `row`, in its order."""
        batches = {batch for batch, _, _ in rows}
        alone = len(batches) == 1 and None not in batches and all(number for _, number, _ in rows)
        self._batch[table] = next(iter(batches)) if alone else None
        if alone:
            rows = sorted(rows, key=lambda row: row[1] or 0)
        return [{**row, "row": number if alone else place} for place, (_, number, row) in enumerate(rows, start=1)]

    def names(self) -> dict[str, str]:
        wanted = {batch for batch in self._batch.values() if batch}
        known = dict(SourceBatch.objects.filter(pk__in=wanted).values_list("pk", "file_name"))
        return {table: known[batch] if batch else BY_NAME[table].title for table, batch in self._batch.items()}


def _household(household: Household, as_of: date, files: _Files) -> Row:
    known = latest(standing.facts_at(HouseholdFact, as_of).filter(household=household), "household_id")
    row: Row = {"hid": 0, "household_id": household.number, "unit": household.unit.name}
    for column in HOUSEHOLDS.columns[2:]:
        row[column.name] = held(column.type, known.get((household.pk, column.name)))
    return files.numbered("households", [(household.batch_id, household.row, row)])[0]


def _members(household: Household, as_of: date, files: _Files) -> list[Row]:
    there = list(
        standing.memberships_at(as_of).filter(household=household).select_related("person").order_by("member_number")
    )
    people = [member.person_id for member in there]
    known = latest(standing.facts_at(PersonFact, as_of).filter(person__in=people), "person_id")
    rows: _Numbered = [(member.batch_id, member.row, _member(member, known)) for member in there]
    return files.numbered("members", rows)


def _member(member: Membership, known: dict[tuple[int, str], str]) -> Row:
    person = member.person
    row: Row = {column.name: None for column in MEMBERS.columns if column.name != "household_id"}
    row.update(
        hid=0, mid=member.pk, member_id=member.member_number, name=person.name, birth_date=person.birth_date,
        relation=member.relation or None, shares_budget=member.shares_budget, given_number=None,
        registered_here=member.registered_here, resident_here=member.resident_here,
        joined_on=member.counted, left_on=member.left_on,  # type: ignore[attr-defined]
    )  # fmt: skip
    for column in MEMBERS.columns:
        if (person.pk, column.name) in known:
            row[column.name] = held(column.type, known[person.pk, column.name])
    return row


def _bring_papers(name: str, members: Sequence[Row], files: _Files) -> None:
    """Give every member the rows departments sent about them."""
    model, table = PAPERS[name], BY_NAME[name]
    owners = dict(Membership.objects.filter(pk__in=[m["mid"] for m in members]).values_list("person_id", "pk"))
    found: _Numbered = []
    for paper in model._default_manager.standing().filter(person__in=owners).order_by("pk"):  # type: ignore[attr-defined]
        row: Row = {column.name: getattr(paper, column.name, None) for column in table.columns}
        found.append((paper.batch_id, paper.row, {**row, "mid": owners[paper.person_id]}))
    rows = files.numbered(name, found)
    for member in members:
        member[name] = [row for row in rows if row["mid"] == member["mid"]]


def latest(facts: Iterable[PersonFact | HouseholdFact], owner: str) -> dict[tuple[int, str], str]:
    """Of each owner and kind the value that holds: the last by day, then by entry."""
    ordered = sorted(facts, key=lambda fact: (fact.as_of, fact.pk))
    return {(getattr(fact, owner), fact.kind): fact.value for fact in ordered}


def held(kind: Type, value: str | None) -> Any:
    """A fact's words as the value a rule reads."""
    return value == YES if kind is Type.YES_NO and value is not None else value
