"""A department's file as checked rows: guarded and staged by `sources`, every cell read by the reference reader.

No engine is loaded: a department sends thousands of rows, not millions, and a web worker may read them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from shouwang.sources.cells import read_cell
from shouwang.sources.errors import UnsupportedFormat
from shouwang.sources.package import StagedTable, open_table
from shouwang.sources.staging import Progress
from shouwang.terms.tables import Column, Table
from shouwang.units import identity
from shouwang.units.errors import Notice, Reading

_LOT = 500


@dataclass
class ReadRow:
    """One row of a file: the cells as they stand, the values read, or why it is refused."""

    row: int
    cells: dict[str, str | None]
    values: dict[str, Any] = field(default_factory=dict)
    column: str = ""
    reason: str = ""
    advice: str = ""

    @property
    def refused(self) -> bool:
        return bool(self.reason)


@dataclass
class OpenFile:
    """A file opened for reading row by row."""

    table: Table
    staged: StagedTable
    notices: list[Notice]

    def lots(self) -> Iterator[list[ReadRow]]:
        """Its rows in lots, in file order; those refused before their cells were read come first."""
        early = [
            ReadRow(one.row, {}, column=one.column, reason=one.reason, advice=one.advice)
            for one in self.staged.early_rejects
        ]
        for start in range(0, len(early), _LOT):
            yield early[start : start + _LOT]
        present = [column for column in self.table.columns if column.name in self.staged.columns]
        for batch in pq.ParquetFile(self.staged.path).iter_batches(batch_size=_LOT):
            yield [self._read(raw, present) for raw in batch.to_pylist()]

    def _read(self, raw: dict[str, Any], present: list[Column]) -> ReadRow:
        cells = {column.name: raw[self.staged.columns[column.name]] for column in present}
        return read_row(self.table, raw["_row"], cells)


def open_file(path: Path, table: Table, scratch: Path, progress: Progress | None = None) -> OpenFile:
    """Guard and stage one file. Raises a SourceError."""
    if path.suffix.lower() == ".parquet":
        raise UnsupportedFormat(file=path.name, title=table.title)
    staged, notices = open_table(path, table, scratch, progress)
    return OpenFile(table, staged, notices)


def read_row(table: Table, number: int, cells: dict[str, str | None]) -> ReadRow:
    """The cells of one row as values, or the first that is wrong."""
    row = ReadRow(number, cells)
    wrong: list[tuple[Column, Reading]] = []
    for column in table.columns:
        reading = read_cell(column, cells.get(column.name))
        row.values[column.name] = reading.value
        if reading.failed and column.name in cells:
            wrong.append((column, reading))
    if wrong:
        column, reading = wrong[0]
        others = "、".join(f"“{other.header}”{again.reason}" for other, again in wrong[1:])
        row.column, row.advice = column.header, reading.advice
        row.reason = reading.reason + (f"；另外：{others}" if others else "")
    return row


def valid_number(row: ReadRow) -> str:
    """The citizen number of a row where it is right, else nothing."""
    number = row.values.get("id_number") or ""
    return number if number and identity.is_valid(number) else ""
