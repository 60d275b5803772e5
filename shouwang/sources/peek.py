"""What does a file look like, before or beside its being read as a table?

For somebody who has to say which column is which, and for giving back rows exactly as they came. The same guard, child and
decoder as everywhere: nothing here opens a file another way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from shouwang.sources.csvfile import csv_rows
from shouwang.sources.errors import UnsupportedFormat
from shouwang.sources.headers import HEADER_ROWS, LONGEST_HEADER, find_header
from shouwang.sources.package import refuse_disguise
from shouwang.sources.staging import Batch, Row
from shouwang.sources.workbook import sheet_rows, sheet_tops
from shouwang.terms.tables import Table


@dataclass(frozen=True, slots=True)
class Original:
    """Rows of a file with every column they came with, each beside its number."""

    header: Row
    rows: Iterator[tuple[int, Row]]


def tops(path: Path, file: str) -> dict[str, list[Row]]:
    """The first rows of each sheet; of a CSV file, of its one. Raises a SourceError."""
    _refuse_other(path, file, file)
    if path.suffix.lower() == ".xlsx":
        return sheet_tops(path, file)
    _, rows = next(csv_rows(path, None, file), ([], []))
    return {"": [[cell[:LONGEST_HEADER] for cell in row] for row in rows[:HEADER_ROWS]]}


def original(path: Path, table: Table, file: str) -> Original:
    """The head of a table's file, and all its rows from the first line on, read as they are asked for. Raises a SourceError."""
    _refuse_other(path, file, table.title)
    batches = sheet_rows(path, table, file) if path.suffix.lower() == ".xlsx" else csv_rows(path, table, file)
    lots = _from_first(batches)
    first = next(lots, ([], []))
    top = list(zip(*first, strict=True))[:HEADER_ROWS]
    header = dict(top)[find_header(top, table, file).row]
    rows = (row for numbers, lines in chain([first], lots) for row in zip(numbers, lines, strict=True))
    return Original(header, rows)


def _from_first(batches: Iterator[Batch]) -> Iterator[Batch]:
    """The batches, the first of them long enough to hold the head."""
    numbers: list[int] = []
    rows: list[Row] = []
    for more_numbers, more_rows in batches:
        numbers, rows = [*numbers, *more_numbers], [*rows, *more_rows]
        if len(rows) >= HEADER_ROWS:
            yield numbers, rows
            numbers, rows = [], []
    if rows:
        yield numbers, rows


def _refuse_other(path: Path, file: str, title: str) -> None:
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".xlsx"):
        raise UnsupportedFormat(file=file, title=title)
    with path.open("rb") as handle:
        refuse_disguise(handle.read(64), suffix, file)
