"""Has anything that is known of a household changed? One number a household over all its facts, in any order of rows."""

from __future__ import annotations

import duckdb

from shouwang.intake.facts import Facts
from shouwang.sources import columns as sql
from shouwang.terms.tables import TABLES, Table, Type

RELATION = "fingerprints"
#: Sums of hashes are kept within 64 bits.
_WORD = "18446744073709551616::HUGEINT"


def fingerprinted(facts: Facts) -> str:
    """The relation of fingerprints of facts: as stored with them, else worked out at the first call; returns its name."""
    if not facts.fingerprinted:
        fingerprint_households(facts.connection)
        facts.fingerprinted = True
    return RELATION


def fingerprint_households(connection: duckdb.DuckDBPyConnection) -> str:
    """Create the relation `fingerprints` (hid, household_id, fingerprint) over the facts of a connection; returns its name.

    Hashes of rows are added up, so neither the order of rows nor their place in a file counts, and a row that stands
    twice counts twice. Comparable only between runs of one DuckDB version.
    """
    parts = [f"SELECT hid, {_hash('households', _facts(TABLES[0]))} AS part FROM households"]
    for table in TABLES[1:]:
        owner = "JOIN members m USING (mid)" if table.matched else ""
        hid = "m.hid" if table.matched else "t.hid"
        parts.append(f"SELECT {hid}, {_hash(table.name, _facts(table))} AS part FROM {table.name} t {owner} GROUP BY 1")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {RELATION} AS SELECT hid, household_id, fingerprint FROM "
        f"(SELECT hid, CAST(sum(part) % {_WORD} AS UBIGINT) AS fingerprint FROM ({' UNION ALL '.join(parts)}) GROUP BY hid) "
        "JOIN households USING (hid)"
    )
    return RELATION


def _facts(table: Table) -> list[str]:
    """The columns a rule may rest on. Who somebody is does not count: by then every row has found its member."""
    return [
        column.name
        for column in table.columns
        if column.name not in ("household_id", "name") and column.type is not Type.ID_NUMBER and not column.shown_only
    ]


def _hash(name: str, columns: list[str]) -> str:
    every = ", ".join(("t." if name != "households" else "") + sql.named(column) for column in columns)
    one = f"hash({sql.quoted(name)}, {every})"
    return f"{one}::HUGEINT" if name == "households" else f"sum({one}::HUGEINT) % {_WORD}"
