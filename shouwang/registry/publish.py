"""From a recognised row to the facts it stands for, and whether the registry has them already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import models

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
from shouwang.units.text import normalise

Values = dict[str, Any]
#: The columns by which two rows of a table say the same, as the fact has them.
_SAME = {
    "medical": "settled_on total basic_paid catastrophic_paid aid_paid self_paid",
    "school": "status grade as_of",
    "insurance": "year status",
    "ledger": "person_id quarter kind amount_fen one_off source",
    "events": "occurred_on cause note",
}
MODELS: dict[str, type[models.Model]] = {
    "medical": MedicalBill,
    "school": SchoolRecord,
    "insurance": InsuranceRecord,
    "ledger": LedgerEntry,
    "events": Event,
    "members": PersonFact,
    "households": HouseholdFact,
}
_OWNER = {"ledger": "household_id", "events": "household_id", "households": "household_id"}


def facts_of(
    batch: SourceBatch, row: int, values: Values, person: int | None, household: int | None
) -> list[models.Model]:
    """The unsaved facts one row stands for: one, or for members and households one a filled column. Owners by key."""
    return _MAKERS[batch.table](values, person, household, {"batch": batch, "row": row})


def _bill(values: Values, person: int | None, household: int | None, came: Values) -> list[models.Model]:
    names = ("settled_on", "total", "basic_paid", "catastrophic_paid", "aid_paid", "self_paid")
    return [MedicalBill(person_id=person, **{name: values[name] for name in names}, **came)]


def _school(values: Values, person: int | None, household: int | None, came: Values) -> list[models.Model]:
    grade = (values["grade"] or "")[:100]
    return [SchoolRecord(person_id=person, status=values["status"], grade=grade, as_of=values["as_of"], **came)]


def _insurance(values: Values, person: int | None, household: int | None, came: Values) -> list[models.Model]:
    return [InsuranceRecord(person_id=person, year=values["year"], status=values["status"], **came)]


def _entry(values: Values, person: int | None, household: int | None, came: Values) -> list[models.Model]:
    return [
        LedgerEntry(
            household_id=household, person_id=person, quarter=values["quarter"], kind=values["kind"],
            amount_fen=values["amount"], one_off=bool(values["one_off"]), source=(values["source"] or "")[:200], **came,
        )
    ]  # fmt: skip


def _event(values: Values, person: int | None, household: int | None, came: Values) -> list[models.Model]:
    note = (values["note"] or "")[:1000]
    return [Event(household_id=household, occurred_on=values["occurred_on"], cause=values["cause"], note=note, **came)]


def _person_facts(values: Values, person: int | None, household: int | None, came: Values) -> list[models.Model]:
    return [PersonFact(person_id=person, **fact) for fact in _filled(values, PersonKind.values, came)]


def _household_facts(values: Values, person: int | None, household: int | None, came: Values) -> list[models.Model]:
    return [HouseholdFact(household_id=household, **fact) for fact in _filled(values, HouseholdKind.values, came)]


def _filled(values: Values, kinds: Sequence[str], came: Values) -> Iterable[Values]:
    batch: SourceBatch = came["batch"]
    source = FactSource.DEPARTMENT if batch.department else FactSource.PACKAGE
    for kind in kinds:
        if values.get(kind) is not None:
            value = values[kind]
            words = (YES if value else NO) if isinstance(value, bool) else str(value)[:200]
            yield {
                **{"kind": kind, "value": words, "as_of": batch.as_of, "source": source},
                **{"department": batch.department, **came},
            }


_Maker = Callable[[Values, int | None, int | None, Values], list[models.Model]]
_MAKERS: dict[str, _Maker] = {
    "medical": _bill,
    "school": _school,
    "insurance": _insurance,
    "ledger": _entry,
    "events": _event,
    "members": _person_facts,
    "households": _household_facts,
}


class Known:
    """What the registry has already of some people or households, so that unchanged rows are left out.

    Counted, not merely noted: two equal lines of a ledger are two, and a file that brings a third brings one.
    """

    def __init__(self, table: str) -> None:
        self.table = table
        self.owner = _OWNER.get(table, "person_id")
        self._asked: set[int] = set()
        self._facts: dict[tuple[int, str], str] = {}
        self._rows: Counter[tuple[Any, ...]] = Counter()

    def ask(self, owners: Iterable[int]) -> None:
        """Look up those not asked about before."""
        new = set(owners) - self._asked
        self._asked |= new
        rows = MODELS[self.table]._default_manager.standing().filter(**{f"{self.owner}__in": new})  # type: ignore[attr-defined]
        if self.table == "events":  # one taken back is not there any more, and may be reported again
            rows = rows.filter(voids=None, voided_by=None)
        if self.table in ("members", "households"):
            ordered = rows.order_by("as_of", "pk").values_list(self.owner, "kind", "value")
            self._facts.update({(owner, kind): value for owner, kind, value in ordered})
        else:
            self._rows.update(_as_read(key) for key in rows.values_list(self.owner, *_SAME[self.table].split()))

    def all_there(self, facts: Sequence[models.Model]) -> bool:
        """Whether a row would say nothing new; a row once found there is used up."""
        if self.table in ("members", "households"):
            return all(self._facts.get((getattr(f, self.owner), f.kind)) == f.value for f in facts)  # type: ignore[attr-defined]
        names = (self.owner, *_SAME[self.table].split())
        keys = [_as_read(getattr(fact, name) for name in names) for fact in facts]
        there = all(self._rows[key] > 0 for key in keys)
        if there:
            self._rows.subtract(keys)
        return there


def _as_read(key: Iterable[Any]) -> tuple[Any, ...]:
    """Texts as a file gives them back: `冲销：重复` is kept as written, but read from a cell as `冲销:重复`."""
    return tuple(normalise(value) if isinstance(value, str) else value for value in key)
