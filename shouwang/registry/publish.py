"""From a recognised row to the facts it stands for, as values of their columns, and into their table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.utils import timezone

from shouwang.registry import bulk
from shouwang.registry.models import (
    Event,
    FactSource,
    HouseholdFact,
    HouseholdKind,
    InsuranceRecord,
    LedgerEntry,
    MedicalBill,
    PersonFact,
    PersonKind,
    SchoolRecord,
    SourceBatch,
)
from shouwang.registry.models.fact import NO, YES

Values = dict[str, Any]
MODELS: dict[str, type[models.Model]] = {
    "medical": MedicalBill,
    "school": SchoolRecord,
    "insurance": InsuranceRecord,
    "ledger": LedgerEntry,
    "events": Event,
    "members": PersonFact,
    "households": HouseholdFact,
}


def facts_of(table: str, values: Values, person: int | None, household: int | None) -> list[Values]:
    """The facts one row stands for, by database column: one, or for members and households one a filled column."""
    return _MAKERS[table](values, person, household)


def insert(batch: SourceBatch, facts: Sequence[Values]) -> None:
    """Many facts of one batch at once, each with the `row` it came from: through models it would take twice the time."""
    if not facts:
        return
    now = bulk.moment(connection, timezone.now())
    same: Values = {"batch_id": batch.pk}
    columns = list(facts[0])
    if batch.table in ("ledger", "events"):
        same |= {"recorded_at": now}
    if batch.table in ("members", "households"):
        source = FactSource.DEPARTMENT if batch.department else FactSource.PACKAGE
        same |= {
            "as_of": batch.as_of.isoformat(), "source": source.value, "department": batch.department, "reason": "",
            "entered_at": now,
        }  # fmt: skip
    lines: Iterable[tuple[Any, ...]] = (tuple(map(_plain, fact.values())) for fact in facts)
    if batch.table == "events":
        columns, lines = ["uuid", *columns], ((uuid, *line) for uuid, line in zip(bulk.uuids(), lines, strict=False))
    bulk.insert(connection, MODELS[batch.table], columns, lines, same)


def _plain(value: Any) -> Any:
    """A day as text, which both databases take."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def _bill(values: Values, person: int | None, household: int | None) -> list[Values]:
    names = ("settled_on", "total", "basic_paid", "catastrophic_paid", "aid_paid", "self_paid")
    return [{"person_id": person, **{name: values[name] for name in names}}]


def _school(values: Values, person: int | None, household: int | None) -> list[Values]:
    grade = (values["grade"] or "")[:100]
    return [{"person_id": person, "status": values["status"], "grade": grade, "as_of": values["as_of"]}]


def _insurance(values: Values, person: int | None, household: int | None) -> list[Values]:
    return [{"person_id": person, "year": values["year"], "status": values["status"]}]


def _entry(values: Values, person: int | None, household: int | None) -> list[Values]:
    return [
        {
            "household_id": household, "person_id": person, "quarter": values["quarter"], "kind": values["kind"],
            "amount_fen": values["amount"], "one_off": bool(values["one_off"]), "source": (values["source"] or "")[:200],
        }
    ]  # fmt: skip


def _event(values: Values, person: int | None, household: int | None) -> list[Values]:
    note = (values["note"] or "")[:1000]
    return [{"household_id": household, "occurred_on": values["occurred_on"], "cause": values["cause"], "note": note}]


def _person_facts(values: Values, person: int | None, household: int | None) -> list[Values]:
    return [{"person_id": person, **fact} for fact in _filled(values, PersonKind.values)]


def _household_facts(values: Values, person: int | None, household: int | None) -> list[Values]:
    return [{"household_id": household, **fact} for fact in _filled(values, HouseholdKind.values)]


def _filled(values: Values, kinds: Sequence[str]) -> Iterable[Values]:
    for kind in kinds:
        if values.get(kind) is not None:
            value = values[kind]
            yield {"kind": kind, "value": (YES if value else NO) if isinstance(value, bool) else str(value)[:200]}


_Maker = Callable[[Values, int | None, int | None], list[Values]]
_MAKERS: dict[str, _Maker] = {
    "medical": _bill,
    "school": _school,
    "insurance": _insurance,
    "ledger": _entry,
    "events": _event,
    "members": _person_facts,
    "households": _household_facts,
}
