"""Which row is the header, and which of its cells are columns we know?

Headers are the Chinese or the English names of contract 2, in any order; what people add to them (required marks, units
in brackets) is forgiven when the bare text is a known name. Used by the parent and by the workbook child.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from shouwang.sources.errors import ColumnMissing, ColumnTwice, HeaderNotFound, HeaderSpread
from shouwang.terms.tables import Column, Table
from shouwang.units.text import normalise

#: How far down a header is looked for: titles, dates and notes above it rarely take more than five rows.
HEADER_ROWS = 20
#: A header has at least this many known names; one alone may be a sentence that happens to be a name.
FEWEST_NAMES = 2
#: A longer cell is a note, not a column name.
LONGEST_HEADER = 100

_REMARK = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]$")


@dataclass(frozen=True, slots=True)
class Header:
    """A recognised header row."""

    row: int
    #: Contract column name -> position in the row, from 0.
    places: dict[str, int]
    unknown: tuple[str, ...]
    #: Number of cells up to the last one that is not blank.
    width: int


def find_header(rows: Sequence[tuple[int, Sequence[str]]], table: Table, file: str) -> Header:
    """The header among the first rows, each given with its row number.

    Raises HeaderNotFound, HeaderSpread, ColumnMissing or ColumnTwice.
    """
    index = best_row(rows, table)
    if index is None:
        raise no_header(table, file)
    number, cells = rows[index]
    header = _read(number, cells, table, file)
    missing = [column for column in _required(table) if column.name not in header.places]
    if missing:
        _refuse_spread(rows, index, table, file, missing)
        raise ColumnMissing(file=file, row=number, columns=_titles(missing), hint=_hint(missing, header.unknown))
    return header


def no_header(table: Table, file: str) -> HeaderNotFound:
    """The error for a file without a header of this table."""
    return HeaderNotFound(file=file, rows=HEADER_ROWS, columns=_titles(_required(table)))


def best_row(rows: Sequence[tuple[int, Sequence[str]]], table: Table) -> int | None:
    """Position of the row that names most columns, a required one among them; the first of equals. None: no header."""
    best, most = None, FEWEST_NAMES - 1
    required = {column.name for column in _required(table)}
    for index, (_, cells) in enumerate(rows[:HEADER_ROWS]):
        names = known_names(cells, table)
        if len(names) > most and names & required:
            best, most = index, len(names)
    return best


def known_names(cells: Sequence[str], table: Table) -> set[str]:
    """The contract columns a row of cells names."""
    return {name for cell in cells if (name := column_of(cell, table)) is not None}


def column_of(text: str, table: Table) -> str | None:
    """The contract column a header cell names: `户编号`, `household_id`, `*户编号（必填）`, `金额(元)`."""
    if len(text) > LONGEST_HEADER:
        return None
    names = _names(tuple((column.name, column.header) for column in table.columns))
    bare = bare_header(text)
    while bare not in names and _REMARK.search(bare):
        bare = _REMARK.sub("", bare).strip("*:")
    return names.get(bare)


def bare_header(text: str) -> str:
    """A header cell without white space and marks around it: two that are equal so spelled are one header."""
    return re.sub(r"\s+", "", normalise(text)).casefold().strip("*:'\"")


@cache
def _names(columns: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Spelling -> column. A header counts before the English name of another column."""
    return {name: name for name, _ in columns} | {bare_header(header): name for name, header in columns}


def outline(table: Table) -> str:
    """As much of a table as the workbook child needs to find its sheet, as one argument."""
    columns = [(column.name, column.header, column.required) for column in table.columns]
    return json.dumps({"name": table.name, "title": table.title, "columns": columns}, ensure_ascii=False)


def from_outline(text: str) -> Table:
    """The table an outline tells of; enough for this module."""
    told = json.loads(text)
    columns = tuple(Column(name, header, required=required) for name, header, required in told["columns"])
    return Table(told["name"], told["title"], "", columns, "")


def _read(number: int, cells: Sequence[str], table: Table, file: str) -> Header:
    places: dict[str, int] = {}
    unknown: list[str] = []
    width = 0
    for place, raw in enumerate(cells):
        text = normalise(raw)
        if not text:
            continue
        width = place + 1
        name = column_of(text, table)
        if name is None:
            unknown.append(text)
        elif name in places:
            raise twice(file, table, name, [normalise(cells[places[name]]), text])
        else:
            places[name] = place
    return Header(number, places, tuple(unknown), width)


def twice(file: str, table: Table, name: str, headers: list[str]) -> ColumnTwice:
    """The error for two headers that name one column."""
    quoted = "和".join(f"“{header}”" for header in headers)
    return ColumnTwice(file=file, headers=quoted, title=table.column(name).header, column=name)


def _refuse_spread(
    rows: Sequence[tuple[int, Sequence[str]]], index: int, table: Table, file: str, missing: list[Column]
) -> None:
    """A header over two rows is said to be one, instead of "columns missing"."""
    wanted = {column.name for column in missing}
    for first, second in ((index, index + 1), (index - 1, index)):
        other = second if first == index else first
        if 0 <= other < len(rows) and wanted & known_names(rows[other][1], table):
            columns = _titles(_required(table))
            raise HeaderSpread(file=file, first=rows[first][0], second=rows[second][0], columns=columns)


def _required(table: Table) -> list[Column]:
    return [column for column in table.columns if column.required]


def _titles(columns: Sequence[Column]) -> str:
    return "、".join(f"{column.header}（{column.name}）" for column in columns)


def _hint(missing: Sequence[Column], unknown: Sequence[str]) -> str:
    """What the missing columns may be called in this file."""
    shown = [text[:40] for text in unknown]
    guesses = []
    for column in missing:
        near = get_close_matches(column.header, shown, 1, 0.4) or get_close_matches(column.name, shown, 1, 0.5)
        if near:
            guesses.append(f"把“{near[0]}”改为“{column.header}”")
    return "如只是列名不同，可" + "、".join(guesses) if guesses else "列名须与所列的中文名或英文名一致"
