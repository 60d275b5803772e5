"""Rows for a spreadsheet: the list of households, or a table as a data package has it, so that it can be sent back.

Rows come one by one, read in lots; citizen numbers are masked unless asked for in full.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from shouwang.registry import standing
from shouwang.registry.models import (
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
from shouwang.registry.models.household import HEAD
from shouwang.terms.tables import BY_NAME, HOUSEHOLDS, LEDGER_KINDS, Column, Type
from shouwang.units import identity
from shouwang.units.periods import quarter_name

_LOT = 500
_KINDS = {english: chinese for chinese, english in LEDGER_KINDS.items()}
#: The list people read; it is not a table of the package.
LIST = "list"
LIST_COLUMNS = (
    *HOUSEHOLDS.columns[:2],
    Column("head", "户主"),
    Column("id_number", "户主身份证号", Type.ID_NUMBER),
    Column("people", "人口"),
    Column("opened_on", "立户日期", Type.DATE),
    Column("closed_on", "销户日期", Type.DATE),
)
PAPERS: dict[str, type[MedicalBill] | type[SchoolRecord] | type[InsuranceRecord]] = {
    "medical": MedicalBill, "school": SchoolRecord, "insurance": InsuranceRecord,
}  # fmt: skip
#: What can be exported: name -> title.
EXPORTS = {LIST: "户名册", **{name: table.title for name, table in BY_NAME.items()}}

Values = Sequence[Any]


def columns_of(table: str) -> tuple[Column, ...]:
    """The columns of an export, their headers as the readers of files know them."""
    return LIST_COLUMNS if table == LIST else BY_NAME[table].columns


def count_of(table: str, households: QuerySet[Household]) -> int:
    """How many rows an export has."""
    if table in PAPERS:
        return _papers(table, households).count()
    counted = {"members": _members, "ledger": _entries, "events": _events}.get(table)
    return counted(households).count() if counted else households.count()


def rows_of(table: str, households: QuerySet[Household], *, full_numbers: bool = False) -> Iterator[Values]:
    """The rows, in the order of household numbers, values in the order of the columns."""
    shown = (lambda number: number) if full_numbers else identity.mask
    if table == "members":
        return _member_rows(households, shown)
    if table == "ledger":
        return _ledger_rows(households)
    if table == "events":
        return _event_rows(households)
    if table in PAPERS:
        return _paper_rows(table, households, shown)
    return _list_rows(households, shown) if table == LIST else _household_rows(households)


def _members(households: QuerySet[Household]) -> QuerySet[Membership]:
    return Membership.objects.filter(household__in=households.order_by().values("pk"), superseded_at=None)


def _entries(households: QuerySet[Household]) -> QuerySet[LedgerEntry]:
    return standing.entries_at(date.max).filter(household__in=households.order_by().values("pk"))


def _list_rows(households: QuerySet[Household], shown: Callable[[str], str]) -> Iterator[Values]:
    for lot in _lots(households.order_by("number")):
        people: dict[int, list[Membership]] = defaultdict(list)
        for member in _members(households.filter(pk__in=[one.pk for one in lot])).select_related("person"):
            if member.left_on is None:
                people[member.household_id].append(member)
        for one in lot:
            there = people[one.pk]
            head = next((member.person for member in there if member.relation == HEAD), None)
            number = shown(head.citizen) if head and head.citizen else None
            yield (
                one.number, one.unit.name, head.name if head else None, number, len(there), one.opened_on, one.closed_on,
            )  # fmt: skip


def _household_rows(households: QuerySet[Household]) -> Iterator[Values]:
    kinds = [column.name for column in HOUSEHOLDS.columns[2:]]
    for lot in _lots(households.order_by("number")):
        facts = standing.facts_at(HouseholdFact, date.max).filter(household__in=lot)
        known = _held(facts.order_by("as_of", "pk").values_list("household", "kind", "value"))
        for one in lot:
            yield (one.number, one.unit.name, *(known.get((one.pk, kind)) for kind in kinds))


def _member_rows(households: QuerySet[Household], shown: Callable[[str], str]) -> Iterator[Values]:
    """A member who has left for another household comes without facts: those are the other household's now."""
    rows = _members(households).select_related("person", "household").order_by("household__number", "member_number")
    for lot in _lots(rows):
        here = [member.person_id for member in lot if member.person.home_id == member.household_id]
        facts = standing.facts_at(PersonFact, date.max).filter(person__in=here)
        known = _held(facts.order_by("as_of", "pk").values_list("person", "kind", "value"))
        for member in lot:
            yield _member_row(member, known, shown)


def _member_row(member: Membership, known: dict[tuple[int, str], str], shown: Callable[[str], str]) -> Values:
    person = member.person
    own = {
        "household_id": member.household.number,
        "member_id": member.member_number,
        "name": person.name,
        "id_number": shown(person.citizen) if person.citizen else None,
        "relation": member.relation or None,
        "birth_date": person.birth_date,
        "registered_here": member.registered_here,
        "resident_here": member.resident_here,
        "shares_budget": member.shares_budget,
        "joined_on": member.joined_on,
        "left_on": member.left_on,
    }
    return [own[c.name] if c.name in own else known.get((person.pk, c.name)) for c in BY_NAME["members"].columns]


def _ledger_rows(households: QuerySet[Household]) -> Iterator[Values]:
    rows = _entries(households).select_related("household").order_by("household__number", "quarter", "pk")
    for lot in _lots(rows):
        there = {entry.household_id for entry in lot}
        members = Membership.objects.filter(household__in=there, superseded_at=None).order_by("pk")
        numbers = {(h, p): number for h, p, number in members.values_list("household", "person", "member_number")}
        for entry in lot:
            yield (
                entry.household.number, quarter_name(entry.quarter), _KINDS[entry.kind], entry.amount_fen, entry.one_off,
                numbers.get((entry.household_id, entry.person_id)) if entry.person_id else None, entry.source or None,
            )  # fmt: skip


def _events(households: QuerySet[Household]) -> QuerySet[Event]:
    return standing.events_at(date.max).filter(household__in=households.order_by().values("pk"))


def _event_rows(households: QuerySet[Household]) -> Iterator[Values]:
    rows = _events(households).select_related("household").order_by("household__number", "occurred_on", "pk")
    for lot in _lots(rows):
        for event in lot:
            yield (event.household.number, event.occurred_on, event.cause, event.note or None)


def _papers(table: str, households: QuerySet[Household]) -> QuerySet[Any]:
    """What departments said of the people of these households, whoever lives there now."""
    rows: QuerySet[Any] = PAPERS[table].objects.standing()
    return rows.filter(person__home__in=households.order_by().values("pk"))


def _paper_rows(table: str, households: QuerySet[Household], shown: Callable[[str], str]) -> Iterator[Values]:
    """Whom a row is about stands in its first three columns: masked, the name and birth date find them again."""
    names = [column.name for column in BY_NAME[table].columns[3:]]
    rows = _papers(table, households).select_related("person").order_by("person__home__number", "person", "pk")
    for lot in _lots(rows):
        for one in lot:
            who = one.person
            number = shown(who.citizen) if who.citizen else None
            told = (getattr(one, name) for name in names)
            yield (number, who.name, who.birth_date, *(None if value == "" else value for value in told))


def _held(facts: Iterable[tuple[int, str, str]]) -> dict[tuple[int, str], str]:
    """Of each owner and kind the word that holds: the last."""
    return {(owner, kind): value for owner, kind, value in facts}


def _lots(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    waiting = rows.iterator(chunk_size=_LOT)
    while lot := list(islice(waiting, _LOT)):
        yield lot
