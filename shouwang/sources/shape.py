"""How does a staged table lie on disk, and which of its rows can the engine read by itself? SQL over one file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow as pa

from shouwang.sources import columns as sql
from shouwang.sources.package import StagedTable
from shouwang.terms.tables import Column, Table, Type

_BATCH = 10_000
_ARROW = {
    Type.TEXT: pa.string(),
    Type.ID_NUMBER: pa.string(),
    Type.CHOICE: pa.string(),
    Type.MONEY: pa.int64(),
    Type.DATE: pa.date32(),
    Type.QUARTER: pa.int16(),
    Type.YEAR: pa.int16(),
    Type.YES_NO: pa.bool_(),
}


class Shape:
    """How a staged table lies on disk: which columns it has, of which type, and SQL over them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, staged: StagedTable, table: Table) -> None:
        self.connection, self.staged, self.table = connection, staged, table
        self.present = [column for column in table.columns if column.name in staged.columns]
        path = sql.quoted(str(staged.path))
        self._rows = f"read_parquet({path}, file_row_number=true)" if staged.native else f"read_parquet({path})"
        # As in a spreadsheet of the same rows: the header is row 1.
        self._number = "CAST(file_row_number + 2 AS BIGINT)" if staged.native else "_row"
        described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({path})").fetchall()
        self._types = {row[0]: str(row[1]) for row in described}
        self.schema = pa.schema([("row", pa.int64()), *((c.name, _ARROW[c.type]) for c in self.present)])

    def _source(self, column: Column) -> tuple[str, str]:
        name = self.staged.columns[column.name]
        return f"r.{sql.named(name)}", self._types[name]

    def _typed(self, column: Column, known: str | None) -> str:
        source, kind = self._source(column)
        settled = not self.staged.native or (known is not None and column.name == "household_id")
        if column.type is Type.TEXT and kind == "VARCHAR" and settled:
            # Staged text is normalised; and a household id that equals a known one is spelled as that is.
            return source
        return sql.plain(column, source, kind)

    def _ordinary(self, column: Column, known: str | None) -> str:
        source, kind = self._source(column)
        if column.shown_only:
            return "true"
        typed = f"{self._typed(column, known)} IS NOT NULL"
        return typed if column.required else f"({sql.blank(source, kind)} OR {typed})"

    def marked_rows(self, known: str | None) -> str:
        """SELECT of all rows, typed, each marked whether it is ordinary throughout and, with `known`, has an owner."""
        marks = [self._ordinary(column, known) for column in self.present]
        owner, key = "", ""
        if known:
            owner, key = f"LEFT JOIN {known} k ON {self._key()} = k.household_id", "k.hid, "
            marks.append("k.hid IS NOT NULL")
        ordinary = f"coalesce({' AND '.join(marks)}, false) AS ordinary"
        return f"SELECT {key}{self._number} AS row, {self._cells(known)}, {ordinary} FROM {self._rows} r {owner}"

    def _cells(self, known: str | None) -> str:
        """Every column typed. A known household is named by `hid`; to write its id again beside it would be waste."""
        columns = [column for column in self.present if known is None or column.name != "household_id"]
        return ", ".join(f"{self._stored(column, known)} AS {sql.named(column.name)}" for column in columns)

    def _stored(self, column: Column, known: str | None) -> str:
        typed = self._typed(column, known)
        if column.default is not None:
            default = str(column.default).lower()
            return f"coalesce({typed}, {default})"
        return typed

    def as_text(self, chosen: str) -> Iterator[list[tuple[Any, ...]]]:
        """The rows whose numbers a SELECT of `row` gives, as text, in batches, in file order."""
        texts = ", ".join(sql.as_text(*self._source(column)) for column in self.present)
        rows = self.connection.execute(
            f"SELECT {self._number} AS row, {texts} FROM {self._rows} r SEMI JOIN ({chosen}) t ON {self._number} = t.row "
            "ORDER BY row"
        )
        while batch := rows.fetchmany(_BATCH):
            yield batch

    def _key(self) -> str:
        return self._source(self.table.column("household_id"))[0]
