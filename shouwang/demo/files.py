"""How the tables are written: CSV in the encodings offices use, workbooks, or typed Parquet. Always the same bytes."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from shouwang.demo.calendar import EPOCH_SHIFT, iso_names, when
from shouwang.demo.sheet import Coded, Column, Sheet, numbers
from shouwang.terms.tables import BY_NAME, Table, Type
from shouwang.units.errors import ShouwangError

_YES_NO = ("否", "是", None)  # 0, 1, -1
_ROW_GROUP = 131_072
_MOST_ROWS = 1_048_576
_STAMP = datetime(2020, 5, 20, 9, 0, 0)
#: Title lines above the header, where an office puts them (only among the faults).
TITLES = {"medical": ("七团医院医疗费用结算明细",), "insurance": ("基本医疗保险参保名册", "填报单位：社会保险事务所")}
TOTALLED = ("medical",)


@dataclass(frozen=True, slots=True)
class Dialect:
    """An encoding and a separator."""

    encoding: str = "utf-8"
    separator: str = ","
    mark: str = ""


#: Offices do not agree on how to save a file.
DIALECTS = {
    "households": Dialect("utf-8-sig"),
    "members": Dialect("gb18030"),
    "ledger": Dialect(),
    "events": Dialect("gb18030"),
    "medical": Dialect("utf-16-le", "\t", "\ufeff"),
    "school": Dialect("utf-8-sig", ";"),
    "insurance": Dialect("gb18030"),
}


class TooManyRows(ShouwangError):
    """A worksheet is full."""

    code = "DM-01"
    what = "{table} 超过一张工作表的 1048576 行。"
    do = "请减少户数，或改用 --format csv、--format parquet。"


class Writer(Protocol):
    """Writes the sheets of one table, chunk after chunk."""

    file: str
    #: The row number, as a spreadsheet shows it, of the next row.
    next_row: int

    def write(self, sheet: Sheet) -> None: ...

    def close(self) -> None: ...


def as_text(column: Column, kind: Type, raw: dict[int, str]) -> list[str]:
    """A column as text cells."""
    if isinstance(column, Coded):
        cells = [text or "" for text in column.texts()]
    elif isinstance(column, list):
        cells = [text or "" for text in column]
    elif kind is Type.MONEY:
        cells = [f"{'-' * (fen < 0)}{abs(fen) // 100}.{abs(fen) % 100:02d}" for fen in column.tolist()]
    elif kind is Type.DATE:
        names = (*iso_names(), "")
        cells = [names[number] for number in column.tolist()]
    elif kind is Type.YES_NO:
        cells = [_YES_NO[flag] or "" for flag in column.tolist()]
    else:
        cells = [str(value) for value in column.tolist()]
    for row, text in raw.items():
        cells[row] = text
    return cells


def _total(sheet_sums: dict[str, int], table: Table) -> list[str]:
    """The 合计 row under a table."""
    cells = [f"{sheet_sums[c.name] / 100:.2f}" if c.name in sheet_sums else "" for c in table.columns]
    cells[1] = "合计"
    return cells


class CsvWriter:
    """One CSV file; with faults, as the office in question would save it."""

    def __init__(self, folder: Path, name: str, faults: bool) -> None:
        self.table, self.file = BY_NAME[name], f"{name}.csv"
        dialect = DIALECTS[name] if faults else Dialect()
        self._out: IO[str] = (folder / self.file).open("w", encoding=dialect.encoding, newline="")
        self._out.write(dialect.mark)
        self._rows = csv.writer(self._out, delimiter=dialect.separator, lineterminator="\r\n")
        titles = TITLES.get(name, ()) if faults else ()
        for title in titles:
            self._rows.writerow([title] + [""] * (len(self.table.columns) - 1))
        self._rows.writerow([column.header for column in self.table.columns])
        self.next_row = len(titles) + 2
        self._sums = dict.fromkeys(_money(self.table), 0) if faults and name in TOTALLED else None

    def write(self, sheet: Sheet) -> None:
        columns = [as_text(sheet.columns[c.name], c.type, sheet.raw.get(c.name, {})) for c in self.table.columns]
        self._rows.writerows(zip(*columns, strict=True))
        self.next_row += sheet.size
        _add_up(self._sums, sheet)

    def close(self) -> None:
        if self._sums is not None:
            self._rows.writerow(_total(self._sums, self.table))
        self._out.close()


def _money(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.type is Type.MONEY]


def _add_up(sums: dict[str, int] | None, sheet: Sheet) -> None:
    for name in sums or {}:
        sums[name] += int(numbers(sheet.columns[name]).sum())  # type: ignore[index]


class XlsxWriter:
    """One workbook in constant memory; real dates and numbers where nothing is spelled otherwise."""

    def __init__(self, folder: Path, name: str, faults: bool) -> None:
        self.table, self.file = BY_NAME[name], f"{name}.xlsx"
        options = {"constant_memory": True, "strings_to_numbers": False, "strings_to_formulas": False}
        self._book = xlsxwriter.Workbook(str(folder / self.file), options | {"strings_to_urls": False})
        self._book.set_properties({"title": self.table.title, "author": "守望演示数据", "created": _STAMP})
        self._date = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._sheet = self._book.add_worksheet(self.table.title)
        self.next_row = 1
        for title in TITLES.get(name, ()) if faults else ():
            self._write_row([title])
        self._write_row([column.header for column in self.table.columns])
        self._sums = dict.fromkeys(_money(self.table), 0) if faults and name in TOTALLED else None

    def _write_row(self, cells: list[Any]) -> None:
        if self.next_row > _MOST_ROWS:
            raise TooManyRows(table=self.table.title)
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                self._sheet.write_datetime(self.next_row - 1, column, cell, self._date)
            elif isinstance(cell, float | int):
                self._sheet.write_number(self.next_row - 1, column, cell)
            elif cell:
                self._sheet.write_string(self.next_row - 1, column, cell)
        self.next_row += 1

    def write(self, sheet: Sheet) -> None:
        for row in zip(*(_cells(sheet, c.name, c.type) for c in self.table.columns), strict=True):
            self._write_row(list(row))
        _add_up(self._sums, sheet)

    def close(self) -> None:
        if self._sums is not None:
            self._write_row(_total(self._sums, self.table))
        self._book.close()


def _cells(sheet: Sheet, name: str, kind: Type) -> Iterator[Any]:
    """A column as spreadsheet cells."""
    column, raw = sheet.columns[name], sheet.raw.get(name, {})
    if kind is Type.MONEY:
        values: list[Any] = [fen / 100 for fen in numbers(column).tolist()]
    elif kind is Type.DATE:
        values = [when(n) if n >= 0 else "" for n in numbers(column).tolist()]
    elif kind is Type.YEAR:
        values = numbers(column).tolist()
    else:
        values = list(as_text(column, kind, {}))
    for row, text in raw.items():
        values[row] = text
    return iter(values)


class ParquetWriter:
    """One Parquet file of typed columns, in row groups of fixed size."""

    def __init__(self, folder: Path, name: str, faults: bool) -> None:
        self.table, self.file = BY_NAME[name], f"{name}.parquet"
        self._schema = pa.schema([(column.name, _ARROW[column.type]) for column in self.table.columns])
        self._out = pq.ParquetWriter(folder / self.file, self._schema, compression="snappy", store_schema=False)
        self._waiting: list[pa.RecordBatch] = []
        self.next_row = 2

    def write(self, sheet: Sheet) -> None:
        arrays = [_arrow(sheet.columns[c.name], c.type) for c in self.table.columns]
        self._waiting.append(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        self.next_row += sheet.size
        if sum(batch.num_rows for batch in self._waiting) >= _ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        table = pa.Table.from_batches(self._waiting, self._schema)
        self._out.write_table(table, row_group_size=max(table.num_rows, 1))
        self._waiting = []

    def close(self) -> None:
        self._flush()
        self._out.close()


_ARROW = {
    **dict.fromkeys((Type.TEXT, Type.ID_NUMBER, Type.CHOICE, Type.QUARTER), pa.string()),
    Type.MONEY: pa.float64(),
    Type.DATE: pa.date32(),
    Type.YEAR: pa.int32(),
    Type.YES_NO: pa.bool_(),
}


def _arrow(column: Column, kind: Type) -> pa.Array:
    """A column as Arrow sees it; money in yuan, each fen amount as the double nearest to it."""
    if isinstance(column, Coded):
        codes = pa.array(column.codes.astype(np.int32), mask=column.codes < 0)
        return pa.DictionaryArray.from_arrays(codes, pa.array(column.values, pa.string())).dictionary_decode()
    if isinstance(column, list):
        return pa.array(column, pa.string())
    if kind is Type.MONEY:
        return pa.array(column / 100)
    if kind is Type.DATE:
        return pa.array((column + EPOCH_SHIFT).astype(np.int32), pa.int32(), mask=column < 0).cast(pa.date32())
    if kind is Type.YES_NO:
        return pa.array(column == 1, mask=column < 0)
    return pa.array(column.astype(np.int32))


WRITERS: dict[str, type[CsvWriter] | type[XlsxWriter] | type[ParquetWriter]] = {
    "csv": CsvWriter,
    "xlsx": XlsxWriter,
    "parquet": ParquetWriter,
}
