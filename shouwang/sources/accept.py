"""Which rows of a staged table are accepted, and why are the others not? (contract 2, Rejects)

Ordinary rows are typed by the engine in one pass. Only what the engine leaves (a cell that is not plainly spelled, a
household nobody knows) is looked at row by row by the reference reader, which accepts or rejects it with a reason.
Rows read = accepted + rejected, always.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from shouwang.sources import columns as sql
from shouwang.sources.arrays import array
from shouwang.sources.cells import read_cell
from shouwang.sources.package import EarlyReject, StagedTable
from shouwang.sources.shape import Shape
from shouwang.terms.tables import Column, Table
from shouwang.units.errors import Reading


@dataclass(frozen=True, slots=True)
class Reject:
    """One line of `rejects.csv`. One a row: the first column that is wrong; the reason names the others."""

    file: str
    row: int
    column: str
    value: str
    reason: str
    advice: str


@dataclass
class Accepted:
    """The accepted rows of one table: a SELECT over typed columns with `row`, and what became of the rest."""

    table: Table
    file: str
    select: str
    rows_read: int
    #: The columns the file has.
    present: frozenset[str]
    rejects: list[Reject] = field(default_factory=list)
    #: Column name -> values outside the usual list, warned of once.
    unusual: dict[str, list[str]] = field(default_factory=dict)

    @property
    def rows_accepted(self) -> int:
        return self.rows_read - len(self.rejects)


class Acceptor:
    """Types the rows of staged tables.

    `known` names a relation of the accepted households, `hid` and `household_id`, once there is one; the rows of other
    tables then carry the `hid` of theirs in the place of its id.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, scratch: Path) -> None:
        self.connection = connection
        self.scratch = scratch

    def accept(
        self,
        staged: StagedTable,
        table: Table,
        known: str | None = None,
        *,
        enrich: Callable[[str], str] = lambda select: select,
    ) -> Accepted:
        """The accepted rows of a table. With `known`, rows whose household_id is not in it are rejected.

        `enrich` adds columns worked out from typed rows: it is given a SELECT and returns one.
        """
        shape = Shape(self.connection, staged, table)
        rejects = [_early(staged, early) for early in staged.early_rejects]
        typed = self._typed_once(shape, known, enrich)
        selects, others = [f"SELECT * EXCLUDE (ordinary) FROM {typed} WHERE ordinary"], f"{typed} WHERE NOT ordinary"
        left = shape.as_text(f"SELECT row FROM {others}") if self._count(others) else iter(())
        fixed, refused = self._read_one_by_one(shape, left)
        rejects += refused
        if fixed is not None:
            selects.append(enrich(self._joined(fixed, known)))
            rejects += self._strangers(fixed, shape, known)
        accepted = Accepted(
            table, staged.file, " UNION ALL ".join(selects), staged.rows_read, frozenset(staged.columns), rejects
        )
        self._reject_repeats(accepted)
        accepted.unusual = self._unusual(accepted)
        return accepted

    def _typed_once(self, shape: Shape, known: str | None, enrich: Callable[[str], str]) -> str:
        """A relation of every row, typed and written once, with a mark on those the engine could read by itself.

        The ledger too: finding the owner of each line takes longer than all that is done with it afterwards.
        """
        path = sql.quoted(str(self.scratch / f"{shape.table.name}.typed.parquet"))
        typed = enrich(shape.marked_rows(known))
        self.connection.execute(f"COPY ({typed}) TO {path} (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION lz4_raw)")
        return f"read_parquet({path})"

    def _count(self, rows: str) -> int:
        return _scalar(self.connection, f"SELECT count(*) FROM {rows}")

    def _read_one_by_one(self, shape: Shape, left: Iterator[list[tuple[Any, ...]]]) -> tuple[Path | None, list[Reject]]:
        """The rows the engine left, read by the reference reader: those that read well, in a file, and the rejects."""
        rejects: list[Reject] = []
        batches = (self._read_batch(shape, batch, rejects) for batch in left)
        first = next(batches, None)
        if first is None:
            return None, rejects
        path = self.scratch / f"{shape.table.name}.read-one-by-one.parquet"
        with pq.ParquetWriter(path, shape.schema) as writer:
            writer.write_table(first)
            for table in batches:
                writer.write_table(table)
        return path, rejects

    def _read_batch(self, shape: Shape, batch: list[tuple[Any, ...]], rejects: list[Reject]) -> pa.Table:
        rows = []
        for number, *cells in batch:
            readings = [read_cell(column, cell) for column, cell in zip(shape.present, cells, strict=True)]
            if any(reading.failed for reading in readings):
                rejects.append(_reject(shape, number, cells, readings))
            else:
                rows.append([number, *(reading.value for reading in readings)])
        by_column = list(zip(*rows, strict=True)) if rows else [() for _ in shape.schema]
        arrays = [array(values, field.type) for values, field in zip(by_column, shape.schema, strict=True)]
        return pa.Table.from_arrays(arrays, schema=shape.schema)

    def _joined(self, fixed: Path, known: str | None) -> str:
        rows = f"SELECT * FROM read_parquet({sql.quoted(str(fixed))})"
        if known is None:
            return rows
        return f"SELECT k.hid, f.* EXCLUDE (household_id) FROM ({rows}) f JOIN {known} k USING (household_id)"

    def _strangers(self, fixed: Path, shape: Shape, known: str | None) -> list[Reject]:
        """Rows that read well but whose household is unknown."""
        if known is None:
            return []
        rows = self.connection.execute(
            f"SELECT row, household_id FROM read_parquet({sql.quoted(str(fixed))}) f ANTI JOIN {known} k "
            "USING (household_id) ORDER BY row"
        ).fetchall()
        return [
            Reject(
                *(shape.staged.file, row, "户编号", household, "户表里没有这个户编号"),
                "请核对编号；若是新户，先在户表中登记这一户。",
            )
            for row, household in rows
        ]

    def _reject_repeats(self, accepted: Accepted) -> None:
        """A repeated id rejects every later row with it (contract 2, Rejects)."""
        for column in accepted.table.columns:
            if not column.unique:
                continue
            name = sql.named(column.name)
            repeated = f"SELECT {name} FROM ({accepted.select}) GROUP BY {name} HAVING count(*) > 1"
            rows = self.connection.execute(
                f"SELECT row, {name}, first_row FROM (SELECT row, {name}, min(row) OVER (PARTITION BY {name}) first_row "
                f"FROM ({accepted.select}) SEMI JOIN ({repeated}) USING ({name})) WHERE row > first_row ORDER BY row"
            ).fetchall()
            if rows:
                accepted.rejects += [
                    Reject(
                        *(accepted.file, row, column.header, value, f"“{column.header}”与第{first}行重复"),
                        "同一编号只能有一行；请核对哪一行是对的。",
                    )
                    for row, value, first in rows
                ]
                listed = ", ".join(str(row) for row, _, _ in rows)
                accepted.select = f"SELECT * FROM ({accepted.select}) WHERE row NOT IN ({listed})"

    def _unusual(self, accepted: Accepted) -> dict[str, list[str]]:
        columns = [column for column in accepted.table.columns if column.usual and column.name in accepted.present]
        if not columns:
            return {}
        odd = ", ".join(f"list(DISTINCT {sql.named(c.name)}) FILTER ({_rarely(c)})" for c in columns)
        found = self.connection.execute(f"SELECT {odd} FROM ({accepted.select})").fetchone()
        assert found is not None
        unusual = {
            column.header: sorted(value for value in values or () if not _usual(column, value))
            for column, values in zip(columns, found, strict=True)
        }
        return {header: values for header, values in unusual.items() if values}


def _early(staged: StagedTable, early: EarlyReject) -> Reject:
    return Reject(staged.file, early.row, early.column, early.value, early.reason, early.advice)


def _reject(shape: Shape, number: object, cells: list[object], readings: list[Reading]) -> Reject:
    wrong = [
        (column, cell, reading)
        for column, cell, reading in zip(shape.present, cells, readings, strict=True)
        if reading.failed
    ]
    column, cell, reading = wrong[0]
    others = "、".join(f"“{other.header}”{again.reason}" for other, _, again in wrong[1:])
    reason = reading.reason + (f"；另外：{others}" if others else "")
    assert isinstance(number, int)
    return Reject(shape.staged.file, number, column.header, str(cell or ""), reason, reading.advice)


def _rarely(column: Column) -> str:
    """SQL: a value that is not on the usual list as it stands."""
    return f"{sql.named(column.name)} NOT IN ({', '.join(map(sql.quoted, column.usual))})"


def _usual(column: Column, value: str) -> bool:
    parts = value.split("、") if column.several else [value]
    return all(part in column.usual for part in parts)


def _scalar(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])
