"""How do rows of text become a staged table: normalised, numbered, counted, the hopeless ones refused with a reason?

Common to CSV and workbooks. Rows come in batches and leave as Parquet row groups, so memory is bounded for a file of
any size. Conservation: every row that is not blank is either staged or an early reject, never neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Protocol, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from shouwang.sources.arrays import array
from shouwang.sources.headers import HEADER_ROWS, Header, find_header
from shouwang.terms.tables import Table
from shouwang.units.errors import Notice
from shouwang.units.text import normalise

#: Rows and bytes after which a row group is written.
GROUP_ROWS, GROUP_BYTES = 100_000, 64 << 20
_TOTAL_WORDS = ("合计", "总计", "小计", "累计")
_LONGEST_SHOWN = 200
_COLUMNS_NAMED = 20

T = TypeVar("T")
Row = list[str]
#: Row numbers, and as many rows of text.
Batch = tuple[list[int], list[Row]]
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class EarlyReject:
    """A row refused before its cells are read. `column`: the Chinese header, or empty when no one cell is at fault."""

    row: int
    column: str
    value: str
    reason: str
    advice: str


@dataclass(frozen=True)
class StagedTable:
    """A table of the package as text in Parquet, or the user's own Parquet file."""

    name: str
    file: str
    path: Path
    #: True: the user's own Parquet file; columns keep their types and the row number is the position in the file + 1.
    native: bool
    #: Contract column name -> column name inside the Parquet file, for the known columns that are present.
    columns: dict[str, str]
    #: Rows that are not blank, early rejects included.
    rows_read: int
    #: All of them, in row order: they are few, or the file is beyond use; not written to a side file.
    early_rejects: list[EarlyReject]


#: A staged table and what to tell about its file.
Staged = tuple[StagedTable, list[Notice]]


class Flaws(Protocol):
    """Cells that would be read as blank though they are not (formulas without a value, errors, merged cells)."""

    def locate(self, header: Header, table: Table) -> bool:
        """Told which columns matter and where the data begin; says whether any cell is flawed."""

    def first_in(self, row: int, blank: bool) -> EarlyReject | None:
        """The first such cell of a row, or None. `blank`: no other cell of the row is filled."""

    def below(self, row: int) -> Iterator[EarlyReject]:
        """Flawed rows below the last one the reader gave."""

    def notices(self) -> Iterator[Notice]:
        """What to tell about the whole file."""


class _Spelling(dict[str, str | None]):
    """Remembers how a text is normalised; codes and names repeat a great deal."""

    def __missing__(self, raw: str) -> str | None:
        text = normalise(raw) or None
        if len(raw) <= 64 and len(self) < 200_000:
            self[raw] = text
        return text


@dataclass
class Stager:
    """Takes the batches of one file and writes its staged table."""

    table: Table
    file: str
    target: Path
    #: True for CSV: text beyond the last header cell is an unquoted comma. In a workbook it is a remark.
    strict_width: bool
    flaws: Flaws | None = None
    progress: Progress | None = None
    expected: int | None = None

    def __post_init__(self) -> None:
        self.rejects: list[EarlyReject] = []
        self.staged = self.seen = 0
        self.beyond: int | None = None
        self._spelling = _Spelling()
        self._waiting: list[pa.RecordBatch] = []

    def stage(self, batches: Iterable[Batch]) -> Staged:
        """Read everything. Raises the header errors of `headers`."""
        batches = iter(batches)
        numbers, rows = _first_rows(batches)
        top = list(zip(numbers, rows, strict=True))
        self.header = find_header(top[:HEADER_ROWS], self.table, self.file)
        self._flawed = self.flaws is not None and self.flaws.locate(self.header, self.table)
        self._last = self.header.row
        first = numbers.index(self.header.row) + 1
        above = sum(any(map(normalise, row)) for row in rows[: first - 1])
        schema = pa.schema([("_row", pa.int64()), *((name, pa.string()) for name in self.header.places)])
        with pq.ParquetWriter(self.target, schema) as self._writer:
            self._schema = schema
            for batch in chain([(numbers[first:], rows[first:])], batches):
                self._take(*batch)
            self._write()
        if self.flaws:
            self.rejects += self.flaws.below(self._last)
        return self._result(above)

    def _result(self, above: int) -> Staged:
        self.rejects.sort(key=lambda reject: reject.row)
        staged = StagedTable(
            *(self.table.name, self.file, self.target, False),
            columns={name: name for name in self.header.places},
            rows_read=self.staged + len(self.rejects),
            early_rejects=self.rejects,
        )
        return staged, list(self._notices(above))

    def _notices(self, above: int) -> Iterator[Notice]:
        if above:
            yield Notice(self.file, f"表头在第{self.header.row}行，它上面的 {above} 行没有读。", self.header.row)
        if self.header.unknown:
            yield unknown_columns(self.file, self.header.unknown)
        if self.beyond:
            yield Notice(self.file, "从这一行起，没有列名的列里有内容，没有读。", self.beyond)
        if self.flaws:
            yield from self.flaws.notices()

    def _take(self, numbers: list[int], rows: list[Row]) -> None:
        width, self._last = self.header.width, max([self._last, *numbers[-1:]])
        fitted = [
            row if len(row) == width else self._fit(number, row) for number, row in zip(numbers, rows, strict=True)
        ]
        if None in fitted:
            numbers = [number for number, row in zip(numbers, fitted, strict=True) if row is not None]
        kept = [row for row in fitted if row is not None]
        if kept:
            columns = [list(map(self._spelling.__getitem__, column)) for column in zip(*kept, strict=True)]
            self._sift(numbers, columns)
        self.seen += len(rows)
        if self.progress:
            self.progress(self.file, self.seen, self.expected)

    def _fit(self, number: int, row: Row) -> Row | None:
        """A row cut or filled to the header's width; None when it is refused."""
        width = self.header.width
        if len(row) <= width:
            return row + [""] * (width - len(row))
        if any(map(normalise, row[width:])):
            if self.strict_width:
                self.rejects.append(_ragged(number, row, width))
                return None
            self.beyond = self.beyond or number
        return row[:width]

    def _sift(self, numbers: list[int], columns: list[list[str | None]]) -> None:
        """Drop blank rows, refuse totals and flawed rows, stage the rest."""
        drop: set[int] = set()
        for index in self._suspects(numbers, columns):
            cells = [column[index] for column in columns]
            blank = not any(cells)
            reject = self._total(numbers[index], cells)
            if self.flaws and not reject:
                reject = self.flaws.first_in(numbers[index], blank)
            if reject:
                self.rejects.append(reject)
            if reject or blank:
                drop.add(index)
        known = [columns[place] for place in self.header.places.values()]
        if drop:
            keep = [index for index in range(len(numbers)) if index not in drop]
            numbers, known = _pick(numbers, keep), [_pick(column, keep) for column in known]
        self._hold(numbers, known)

    def _suspects(self, numbers: list[int], columns: list[list[str | None]]) -> Sequence[int]:
        """Rows worth a second look: nearly all files have none, and a million rows should not wait for them."""
        if self._flawed:
            return range(len(numbers))
        first = columns[0]
        return [index for index, text in enumerate(first) if text is None or text[0] in "合总小累"]

    def _total(self, number: int, cells: Sequence[str | None]) -> EarlyReject | None:
        """合计, 总计, 小计 or 累计 in the first cell that is filled, and something required is blank."""
        place = next((place for place, text in enumerate(cells) if text), None)
        text = "".join((cells[place] or "").split()) if place is not None else ""
        if not text.startswith(_TOTAL_WORDS):
            return None
        columns = {at: self.table.column(name) for name, at in self.header.places.items()}
        empty = any(cells[at] is None for at, column in columns.items() if column.required)
        if not empty and text.rstrip(":") not in _TOTAL_WORDS:
            return None
        advice = "合计行不是数据，不计入；请删去后再交。"
        column = columns.get(place or 0)
        return EarlyReject(number, column.header if column else "", text[:_LONGEST_SHOWN], f"是“{text[:2]}”行", advice)

    def _hold(self, numbers: list[int], columns: list[list[str | None]]) -> None:
        arrays = [array(numbers, pa.int64()), *(array(column, pa.string()) for column in columns)]
        batch = pa.RecordBatch.from_arrays(arrays, schema=self._schema)
        self.staged += batch.num_rows
        self._waiting.append(batch)
        rows, size = sum(held.num_rows for held in self._waiting), sum(held.nbytes for held in self._waiting)
        if rows >= GROUP_ROWS or size >= GROUP_BYTES:
            self._write()

    def _write(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.Table.from_batches(self._waiting, self._schema), row_group_size=GROUP_ROWS)
            self._waiting = []


def unknown_columns(file: str, headers: Sequence[str]) -> Notice:
    """One notice for all columns that are not in the contract."""
    named = "、".join(header[:40] for header in headers[:_COLUMNS_NAMED])
    more = " 等" if len(headers) > _COLUMNS_NAMED else ""
    return Notice(file, f"有 {len(headers)} 列不认识，没有读：{named}{more}。", facts={"columns": list(headers)})


def _pick(values: list[T], keep: list[int]) -> list[T]:
    return [values[index] for index in keep]


def _first_rows(batches: Iterator[Batch]) -> Batch:
    """Enough rows to look for the header in."""
    numbers: list[int] = []
    rows: list[Row] = []
    for more_numbers, more_rows in batches:
        numbers += more_numbers
        rows += more_rows
        if len(rows) >= HEADER_ROWS:
            break
    return numbers, rows


def _ragged(number: int, row: Row, width: int) -> EarlyReject:
    beyond = "、".join(filter(None, map(normalise, row[width:])))[:_LONGEST_SHOWN]
    return EarlyReject(
        *(number, "", beyond),
        reason=f"内容比表头多：表头 {width} 列，本行 {len(row)} 列",
        advice="多半是内容里有未加引号的逗号（如 12,345.60）；请给该单元格加英文双引号，或去掉逗号。",
    )
