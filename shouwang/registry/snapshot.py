"""The registry on a day, as the fact files that screening reads: the same relations, columns and types as an intake.

Rows stream from the database into raw Parquet; DuckDB ranks and joins them. Citizen numbers stay sealed in the database:
people are matched already, so the files need none. For workers and commands, never for a web process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from django.db.models import QuerySet

from shouwang.accounts.models import Unit
from shouwang.accounts.roles import Level
from shouwang.registry import standing
from shouwang.registry.facts import PAPERS
from shouwang.registry.models import HouseholdFact, HouseholdKind, PersonFact, PersonKind
from shouwang.sources import columns as sql
from shouwang.terms.tables import BY_NAME, TABLES, Type

_LOT = 50_000
_TEXT, _WHOLE, _DAY, _TRUTH = pa.string(), pa.int64(), pa.date32(), pa.bool_()


def write_facts(
    folder: Path, connection: duckdb.DuckDBPyConnection, as_of: date, unit: Unit | None = None
) -> dict[str, int]:
    """Write one Parquet file a table into `folder` and name each on the connection. Returns the rows of each table.

    `unit`: only the households of a division, regiment or company.
    """
    raw = folder / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for name, queryset, columns in _sources(as_of, unit):
        _stream(raw / f"{name}.parquet", queryset, columns)
        connection.execute(f"CREATE OR REPLACE TEMP VIEW raw_{name} AS SELECT * FROM {_file(raw / f'{name}.parquet')}")
    counts = {}
    for table in TABLES:
        target = folder / f"{table.name}.parquet"
        select = _WRITERS.get(table.name, _papers)(table.name, as_of)
        connection.execute(f"COPY ({select}) TO {sql.quoted(str(target))} (FORMAT parquet)")
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {table.name} AS SELECT * FROM {_file(target)}")
        found = connection.execute(f"SELECT count(*) FROM {table.name}").fetchone()
        counts[table.name] = int(found[0]) if found else 0
    for path in raw.iterdir():
        path.unlink()
    raw.rmdir()
    return counts


def open_facts(folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Name the tables of a folder written before."""
    for table in TABLES:
        path = _file(folder / f"{table.name}.parquet")
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {table.name} AS SELECT * FROM {path}")


_Columns = dict[str, tuple[str, pa.DataType]]
_KEYS: _Columns = {"id": ("pk", _WHOLE), "row": ("row", _WHOLE)}
_OF_HOUSEHOLD: _Columns = {**_KEYS, "household": ("household_id", _WHOLE)}
_FACT: _Columns = {"id": ("pk", _WHOLE), "kind": ("kind", _TEXT), "value": ("value", _TEXT), "as_of": ("as_of", _DAY)}
#: What is read from the database: column -> (lookup, type).
_COLUMNS: dict[str, _Columns] = {
    "households": {**_KEYS, "number": ("number", _TEXT), "unit": ("unit__name", _TEXT)},
    "members": {
        **{**_OF_HOUSEHOLD, "person": ("person_id", _WHOLE)},
        **{"member_id": ("member_number", _TEXT), "name": ("person__name", _TEXT)},
        **{"birth_date": ("person__birth_date", _DAY), "relation": ("relation", _TEXT)},
        **{name: (name, _TRUTH) for name in ("shares_budget", "registered_here", "resident_here")},
        **{"joined_on": ("counted", _DAY), "left_on": ("left_on", _DAY)},
    },
    "person_facts": {**_FACT, "owner": ("person_id", _WHOLE)},
    "household_facts": {**_FACT, "owner": ("household_id", _WHOLE)},
    "ledger": {
        **{**_OF_HOUSEHOLD, "person": ("person_id", _WHOLE), "quarter": ("quarter", _WHOLE), "kind": ("kind", _TEXT)},
        **{"amount": ("amount_fen", _WHOLE), "one_off": ("one_off", _TRUTH), "source": ("source", _TEXT)},
    },
    "events": {
        **{**_OF_HOUSEHOLD, "occurred_on": ("occurred_on", _DAY), "cause": ("cause", _TEXT), "note": ("note", _TEXT)},
    },
}


def _sources(as_of: date, unit: Unit | None) -> Iterator[tuple[str, QuerySet[Any], _Columns]]:
    """Every table's rows and columns, of one unit or of all."""
    level = "" if unit is None or unit.level == Level.CORPS else unit.level

    def of(rows: QuerySet[Any], via: str) -> QuerySet[Any]:
        return rows.filter(**{f"{via}{level}": unit.pk}) if unit is not None and level else rows

    yield "households", of(standing.households_at(as_of), ""), _COLUMNS["households"]
    yield "members", of(standing.memberships_at(as_of), "household__"), _COLUMNS["members"]
    yield "person_facts", of(standing.facts_at(PersonFact, as_of), "person__home__"), _COLUMNS["person_facts"]
    yield "household_facts", of(standing.facts_at(HouseholdFact, as_of), "household__"), _COLUMNS["household_facts"]
    yield "ledger", of(standing.entries_at(as_of), "household__"), _COLUMNS["ledger"]
    yield "events", of(standing.events_at(as_of), "household__"), _COLUMNS["events"]
    for name, model in PAPERS.items():
        cells = {column.name: (column.name, _ARROW[column.type]) for column in BY_NAME[name].columns[3:]}
        rows = model._default_manager.standing()  # type: ignore[attr-defined]
        yield name, of(rows, "person__home__"), {**_KEYS, "person": ("person_id", _WHOLE), **cells}


_ARROW = {Type.TEXT: _TEXT, Type.CHOICE: _TEXT, Type.MONEY: _WHOLE, Type.DATE: _DAY, Type.YEAR: _WHOLE}


def _stream(path: Path, queryset: QuerySet[Any], columns: dict[str, tuple[str, pa.DataType]]) -> None:
    schema = pa.schema([(name, kind) for name, (_, kind) in columns.items()])
    rows = queryset.order_by().values_list(*(lookup for lookup, _ in columns.values())).iterator(chunk_size=_LOT)
    with pq.ParquetWriter(path, schema) as writer:
        for lot in _lots(rows):
            cells = zip(*lot, strict=True)
            arrays = [pa.array(column, kind) for column, kind in zip(cells, schema.types, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _lots(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    waiting = iter(rows)
    while lot := list(islice(waiting, _LOT)):
        yield lot


def _file(path: Path) -> str:
    return f"read_parquet({sql.quoted(str(path))})"


# ---- from raw rows to the relations of an intake


def _cells(name: str, given: dict[str, str]) -> str:
    """Every column of a table in its order and type; what the registry keeps to itself is unknown."""
    wanted = [c for c in BY_NAME[name].columns if name == "households" or c.name != "household_id"]
    return ", ".join(
        f"CAST({given.get(c.name, 'NULL')} AS {sql.STORED[c.type]}) AS {sql.named(c.name)}" for c in wanted
    )


def _latest(kinds: Sequence[str], source: str) -> str:
    """One row an owner, with the value of each kind that holds."""
    words = ", ".join(f"max(value) FILTER (kind = '{kind}') AS {kind}" for kind in kinds)
    ranked = (
        f"SELECT *, row_number() OVER (PARTITION BY owner, kind ORDER BY as_of DESC, id DESC) AS place FROM {source}"
    )
    return f"SELECT owner, {words} FROM ({ranked}) WHERE place = 1 GROUP BY owner"


def _held(name: str, kinds: Sequence[str]) -> dict[str, str]:
    """SQL of `facts.held` for every kind."""
    truth = {kind: BY_NAME[name].column(kind).type is Type.YES_NO for kind in kinds}
    return {kind: f"(f.{kind} = '是')" if truth[kind] else f"f.{kind}" for kind in kinds}


_RANKED = "(SELECT *, CAST(row_number() OVER (ORDER BY number) - 1 AS INTEGER) AS hid FROM raw_households)"


def _households(name: str, as_of: date) -> str:
    given = {"household_id": "h.number", "unit": "h.unit", **_held(name, HouseholdKind.values)}
    facts = _latest(HouseholdKind.values, "raw_household_facts")
    return f"SELECT h.hid, coalesce(h.row, h.id) AS row, {_cells(name, given)} FROM {_RANKED} h LEFT JOIN ({facts}) f ON f.owner = h.id"


def _members(name: str, as_of: date) -> str:
    own = "member_id name birth_date shares_budget registered_here resident_here joined_on left_on".split()
    given = {column: f"m.{column}" for column in own} | {"relation": "nullif(m.relation, '')"}
    given |= _held(name, PersonKind.values)
    facts = _latest(PersonKind.values, "raw_person_facts")
    return (
        f"SELECT m.id AS mid, h.hid, coalesce(m.row, m.id) AS row, {_cells(name, given)}, NULL::VARCHAR AS given_number "
        f"FROM raw_members m JOIN {_RANKED} h ON m.household = h.id LEFT JOIN ({facts}) f ON f.owner = m.person"
    )


def _ledger(name: str, as_of: date) -> str:
    given = {column: f"l.{column}" for column in ("quarter", "kind", "amount", "one_off")}
    given |= {"source": "nullif(l.source, '')", "member_id": "m.member_id"}
    people = "(SELECT household, person, min(member_id) AS member_id FROM raw_members GROUP BY ALL)"
    return (
        f"SELECT h.hid, coalesce(l.row, l.id) AS row, {_cells(name, given)} FROM raw_ledger l "
        f"JOIN {_RANKED} h ON l.household = h.id "
        f"LEFT JOIN {people} m ON m.person = l.person AND m.household = l.household"
    )


def _events(name: str, as_of: date) -> str:
    given = {"occurred_on": "e.occurred_on", "cause": "e.cause", "note": "nullif(e.note, '')"}
    return (
        f"SELECT h.hid, coalesce(e.row, e.id) AS row, {_cells(name, given)} FROM raw_events e "
        f"JOIN {_RANKED} h ON e.household = h.id"
    )


def _papers(name: str, as_of: date) -> str:
    """A person's papers go with the membership that counts on the day, else with the last one."""
    given = {column.name: f"p.{sql.named(column.name)}" for column in BY_NAME[name].columns[3:]}
    day = f"DATE '{as_of}'"
    there = f"shares_budget AND coalesce(joined_on <= {day}, true) AND coalesce(left_on > {day}, true)"
    chosen = (
        f"SELECT m.person, m.id FROM raw_members m JOIN {_RANKED} h ON m.household = h.id QUALIFY row_number() OVER "
        f"(PARTITION BY person ORDER BY ({there}) DESC, joined_on DESC NULLS LAST, m.id DESC) = 1"
    )
    return (
        f"SELECT m.id AS mid, coalesce(p.row, p.id) AS row, {_cells(name, given)} "
        f"FROM raw_{name} p JOIN ({chosen}) m ON m.person = p.person"
    )


_WRITERS = {"households": _households, "members": _members, "ledger": _ledger, "events": _events}
