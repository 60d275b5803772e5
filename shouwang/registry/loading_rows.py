"""The rows of a package as rows of the registry: which DuckDB relation becomes which table, and what is sealed on the way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from shouwang.accounts.crypto import CITIZEN_NUMBER, Sealed, field_ring, index_ring
from shouwang.accounts.models import Unit
from shouwang.intake.facts import Facts
from shouwang.registry import bulk, search
from shouwang.registry.models import (
    Event,
    FactSource,
    Household,
    HouseholdFact,
    HouseholdKind,
    InsuranceRecord,
    LedgerEntry,
    MedicalBill,
    Membership,
    Person,
    PersonFact,
    PersonKind,
    RowOutcome,
    SchoolRecord,
    SourceRow,
)
from shouwang.registry.models.household import HEAD
from shouwang.registry.people import sex_of
from shouwang.sources import columns as sql
from shouwang.sources.accept import Reject
from shouwang.sources.package import Package
from shouwang.terms.tables import BY_NAME

_LOT = 20_000
#: Truths are kept as words in facts.
_YES_NO = ("willing_to_work", "can_leave_home", "water_safe")
_SECOND_HEAD = f"{HEAD}（待核）"
_PAPERS: dict[str, tuple[type[models.Model], str]] = {
    "medical": (
        MedicalBill,
        "CAST(f.settled_on AS VARCHAR) AS settled_on, f.total, f.basic_paid, f.catastrophic_paid, f.aid_paid, f.self_paid",
    ),
    "school": (SchoolRecord, "f.status, left(coalesce(f.grade, ''), 100) AS grade, CAST(f.as_of AS VARCHAR) AS as_of"),
    "insurance": (InsuranceRecord, "f.year, f.status"),
}


@dataclass(frozen=True, slots=True)
class Keys:
    """What the new rows refer to: the first free keys, the batches, who and when."""

    household: int
    person: int
    batches: dict[str, int]
    by: int | None
    at: datetime
    as_of: date


class Rows:
    """Writes the relations of an intake into the tables of the registry."""

    def __init__(self, connection: BaseDatabaseWrapper, facts: Facts, package: Package, keys: Keys) -> None:
        self.connection, self.duck, self.package, self.keys = connection, facts.connection, package, keys
        self.links = facts.links
        self.households = self.people = 0
        self.at = bulk.moment(connection, keys.at)
        self.seals, self.indexes, self.uuids = field_ring(), index_ring(), bulk.uuids()

    def write(self, units: dict[str, Unit], rejects: Sequence[Reject], stage: Callable[[str], None]) -> list[str]:
        """Everything, in the order in which rows refer to each other. Returns what a person should know."""
        notices = self._arrange()
        stage("户")
        self._households(units)
        stage("人员")
        self._people()
        self._person_facts()
        stage("收支台账")
        self._ledger()
        self._events()
        stage("部门文件")
        for name in _PAPERS:
            self._papers(name)
        self._set_aside(rejects)
        bulk.settle_keys(self.connection, Household, Person)
        return notices

    def _arrange(self) -> list[str]:
        """Number the people; find what the registry cannot hold: a second head, somebody who left before joining."""
        self.duck.execute(
            "CREATE OR REPLACE TEMP TABLE people AS SELECT *, "
            f"row_number() OVER (ORDER BY hid, row) - 1 + {self.keys.person} AS pid, "
            f"relation = '{HEAD}' AND left_on IS NULL AND row_number() OVER "
            f"(PARTITION BY hid, relation, left_on IS NULL ORDER BY row) > 1 AS second_head "
            "FROM members WHERE coalesce(left_on >= joined_on, true)"
        )
        self.duck.execute("CREATE OR REPLACE TEMP TABLE backwards AS SELECT row FROM members WHERE left_on < joined_on")
        heads = self._count("people WHERE second_head")
        return [f"有 {heads} 户登记了不止一个户主，第二个记为“{_SECOND_HEAD}”。"] if heads else []

    def _households(self, units: dict[str, Unit]) -> None:
        batch, columns = self.keys.batches["households"], {name: unit.scope_columns for name, unit in units.items()}

        def rows() -> Iterator[Sequence[Any]]:
            for hid, row, number, unit in self._read(
                "SELECT hid, row, household_id, unit FROM households ORDER BY hid"
            ):
                yield (
                    *(hid + self.keys.household, next(self.uuids), number, units[unit].pk),
                    *(columns[unit]["division_id"], columns[unit]["regiment_id"], columns[unit]["company_id"], row),
                )

        names = "id uuid number unit_id division_id regiment_id company_id row"
        bulk.insert(self.connection, Household, names.split(), rows(), {"version": 1, "batch_id": batch})
        self.households = self._count("households")
        self._facts(HouseholdFact, "household_id", f"hid + {self.keys.household}", "households", HouseholdKind.values)

    def _people(self) -> None:
        home = f"hid + {self.keys.household}"
        names = "id uuid name name_tokens citizen citizen_index birth_date sex home_id"
        bulk.insert(self.connection, Person, names.split(), self._persons(home), {"ethnicity": ""})
        relation = f"CASE WHEN second_head THEN '{_SECOND_HEAD}' ELSE coalesce(relation, '') END"
        query = (
            f"SELECT {home}, pid, member_id, {relation}, coalesce(shares_budget, true), registered_here, resident_here, "
            "CAST(joined_on AS VARCHAR), CAST(left_on AS VARCHAR), row FROM people ORDER BY pid"
        )
        names = (
            "uuid household_id person_id member_number relation shares_budget registered_here resident_here joined_on "
            "left_on row"
        )
        rows = ((uuid, *row) for uuid, row in zip(self.uuids, self._read(query), strict=False))
        bulk.insert(self.connection, Membership, names.split(), rows, {"batch_id": self.keys.batches["members"]})
        self.people = self._count("people")

    def _persons(self, home: str) -> Iterator[Sequence[Any]]:
        table = f"{Person._meta.db_table}.citizen"
        query = (
            f"SELECT pid, name, id_number, given_number, CAST(birth_date AS VARCHAR), {home} FROM people ORDER BY pid"
        )
        for pid, name, number, given, born, household in self._read(query):
            uuid = next(self.uuids)
            sealed = Sealed.of(number or given or "", f"{table}.{UUID(uuid)}", self.seals).text
            index = CITIZEN_NUMBER.token(number, self.indexes) if number else ""
            yield (pid, uuid, name, search.tokens(name), sealed, index, born, sex_of(number or ""), household)

    def _person_facts(self) -> None:
        self._facts(PersonFact, "person_id", "pid", "people", PersonKind.values)

    def _facts(self, model: type[models.Model], owner: str, key: str, relation: str, kinds: Sequence[str]) -> None:
        """One row for every column that says something."""
        cells = ", ".join(
            f"CASE {kind} WHEN true THEN '是' WHEN false THEN '否' END AS {kind}" if kind in _YES_NO else kind
            for kind in kinds
        )
        table = "members" if model is PersonFact else "households"
        query = (
            "SELECT k, kind, value, row FROM "
            f"(UNPIVOT (SELECT {key} AS k, row, {cells} FROM {relation}) ON {', '.join(kinds)} INTO NAME kind VALUE value) "
            "ORDER BY k"
        )
        same = {
            "as_of": str(self.keys.as_of), "source": FactSource.PACKAGE.value, "department": "", "reason": "",
            "batch_id": self.keys.batches[table], "entered_by_id": self.keys.by, "entered_at": self.at,
        }  # fmt: skip
        bulk.insert(self.connection, model, [owner, "kind", "value", "row"], self._read(query), same)

    def _ledger(self) -> None:
        query = (
            f"SELECT l.hid + {self.keys.household}, p.pid, l.quarter, l.kind, l.amount, coalesce(l.one_off, false), "
            "left(coalesce(l.source, ''), 200), l.row FROM ledger l "
            "LEFT JOIN people p ON p.member_id = l.member_id AND p.hid = l.hid ORDER BY l.hid, l.row"
        )
        names = "household_id person_id quarter kind amount_fen one_off source row"
        bulk.insert(self.connection, LedgerEntry, names.split(), self._read(query), self._recorded("ledger"))

    def _events(self) -> None:
        if "events" not in self.keys.batches:
            return
        query = (
            f"SELECT hid + {self.keys.household}, CAST(occurred_on AS VARCHAR), cause, left(coalesce(note, ''), 1000), row "
            "FROM events ORDER BY hid, row"
        )
        names = "uuid household_id occurred_on cause note row"
        rows = ((uuid, *row) for uuid, row in zip(self.uuids, self._read(query), strict=False))
        bulk.insert(self.connection, Event, names.split(), rows, self._recorded("events"))

    def _recorded(self, table: str) -> dict[str, Any]:
        """Who entered the rows of a table, when, with which batch."""
        return {"batch_id": self.keys.batches[table], "recorded_by_id": self.keys.by, "recorded_at": self.at}

    def _papers(self, name: str) -> None:
        if name not in self.keys.batches:
            return
        model, cells = _PAPERS[name]
        query = (
            f"SELECT p.pid AS person_id, f.row AS row, {cells} "
            f"FROM {name} f JOIN people p USING (mid) ORDER BY p.pid, f.row"
        )
        names = [column[0] for column in self.duck.execute(f"DESCRIBE {query}").fetchall()]
        bulk.insert(self.connection, model, names, self._read(query), {"batch_id": self.keys.batches[name]})

    # ---- rows that did not become facts

    def _set_aside(self, rejects: Sequence[Reject]) -> None:
        by_file = {staged.file: name for name, staged in self.package.tables.items()}
        asides: dict[str, dict[int, tuple[str, str, str, str]]] = {name: {} for name in self.keys.batches}
        for reject in rejects:
            aside = (RowOutcome.REJECTED.value, reject.column, reject.reason[:600], reject.advice[:400])
            asides[by_file[reject.file]][reject.row] = aside
        for (row,) in self._read("SELECT row FROM backwards"):
            reason = ("离开日期", "离开日期早于加入日期", "请核对两个日期后重新上报。")
            asides["members"][row] = (RowOutcome.REJECTED.value, *reason)
        for name, link in self.links.items():
            query = (
                "SELECT l.row, CASE WHEN l.outcome = 'matched' THEN 'unmatched' ELSE l.outcome END, "
                f"coalesce(l.reason, '对应的人员行被退回') FROM {link.relation} l LEFT JOIN people p USING (mid) "
                "WHERE l.outcome <> 'matched' OR p.pid IS NULL"
            )
            for row, outcome, reason in self._read(query):
                asides[name][row] = (outcome, "", (reason or "")[:600], "")
        for name, rows in asides.items():
            names, same = (
                "uuid row cells outcome column reason advice citizen_index",
                {"batch_id": self.keys.batches[name]},
            )
            bulk.insert(self.connection, SourceRow, names.split(), self._asides(name, rows), same | {"how": ""})

    def _asides(self, name: str, rows: dict[int, tuple[str, str, str, str]]) -> Iterator[Sequence[Any]]:
        table, raw = f"{SourceRow._meta.db_table}.cells", self._raw(name, list(rows))
        for row, (outcome, column, reason, advice) in sorted(rows.items()):
            uuid, cells = next(self.uuids), raw.get(row, {})
            sealed = Sealed.of(json.dumps(cells, ensure_ascii=False), f"{table}.{UUID(uuid)}", self.seals).text
            number = (cells.get("id_number") or "") if outcome in ("unmatched", "ambiguous") else ""
            yield (uuid, row, sealed, outcome, column, reason, advice, CITIZEN_NUMBER.token(number, self.indexes))

    def _raw(self, name: str, wanted: list[int]) -> dict[int, dict[str, str | None]]:
        """The cells of some rows as they stand in the file."""
        staged, table = self.package.tables[name], BY_NAME[name]
        if not wanted:
            return {}
        path = sql.quoted(str(staged.path))
        number = "file_row_number + 2" if staged.native else "_row"
        option = ", file_row_number=true" if staged.native else ""
        present = [column.name for column in table.columns if column.name in staged.columns]
        cells = ", ".join(f"CAST({sql.named(staged.columns[name])} AS VARCHAR)" for name in present)
        listed = ", ".join(map(str, wanted))
        query = f"SELECT {number}, {cells} FROM read_parquet({path}{option}) WHERE {number} IN ({listed})"
        return {row[0]: dict(zip(present, row[1:], strict=True)) for row in self._read(query)}

    # ---- reading

    def _read(self, query: str) -> Iterator[tuple[Any, ...]]:
        self.duck.execute(query)
        while lot := self.duck.fetchmany(_LOT):
            yield from lot

    def _count(self, relation: str) -> int:
        found = self.duck.execute(f"SELECT count(*) FROM {relation}").fetchone()
        assert found is not None
        return int(found[0])
