"""What are the rows of this CSV file? Any encoding and delimiter of contract 2, streamed, with bounded memory.

Row numbers are those a spreadsheet shows: a record is one row, however many lines its quoted cells take, and a blank line
is a row too.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

from shouwang.sources.decode import LONGEST_LINE, guess_encoding
from shouwang.sources.errors import BrokenQuotes, LineTooLong, Unsafe
from shouwang.sources.headers import HEADER_ROWS, best_row, known_names
from shouwang.sources.scan import MAX_COLUMNS
from shouwang.sources.staging import Batch, Progress, Staged, Stager
from shouwang.terms.tables import Table
from shouwang.units.errors import Notice

DELIMITERS = (",", "\t", ";")
#: A batch ends after this many rows or characters.
_ROWS, _CHARACTERS = 20_000, 8 << 20
#: No spreadsheet has more; a longer row is not one of empty columns.
_SPREADSHEET_COLUMNS = 16_384
#: Lines looked at to choose the delimiter.
_SAMPLE_LINES = 60


def stage_csv(path: Path, table: Table, file: str, target: Path, progress: Progress | None) -> Staged:
    """Stage one CSV file. Raises a SourceError when it cannot be read as a whole."""
    encoding = guess_encoding(path, file)
    with path.open(encoding=encoding.name, newline="") as text:
        delimiter = _delimiter(_Lines(text, file), table)
    with path.open(encoding=encoding.name, newline="") as text:
        stager = Stager(table, file, target, strict_width=True, progress=progress)
        staged, notices = stager.stage(_batches(_Lines(text, file), delimiter, file))
    if encoding.damaged_row:
        message = "有乱码字符（�），是以前转换编码时丢失的字，照原样读入。"
        notices.append(Notice(file, message, encoding.damaged_row))
    return staged, notices


def csv_rows(path: Path, table: Table | None, file: str) -> Iterator[Batch]:
    """The rows of a file as they stand, its head and what lies above included; any file's, where no table is named."""
    encoding = guess_encoding(path, file)
    with path.open(encoding=encoding.name, newline="") as text:
        delimiter = _delimiter(_Lines(text, file), table) if table else _likeliest(_Lines(text, file))
    with path.open(encoding=encoding.name, newline="") as text:
        yield from _batches(_Lines(text, file), delimiter, file)


def _likeliest(lines: _Lines) -> str:
    """The delimiter most frequent in the first lines."""
    sample = "".join(islice(lines, HEADER_ROWS))
    return max(DELIMITERS, key=sample.count)


class _Lines:
    """The lines of a text file, none longer than allowed; counts the characters given out."""

    def __init__(self, text: TextIO, file: str) -> None:
        self._text, self._file = text, file
        self.characters = self.number = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(LONGEST_LINE + 1):
            self.number += 1
            self.characters += len(line)
            if len(line) > LONGEST_LINE:
                raise LineTooLong(file=self._file, row=self.number, limit=LONGEST_LINE)
            yield line


def _delimiter(lines: _Lines, table: Table) -> str:
    """The delimiter under which most column names appear in one row; a comma when none does."""
    sample: list[str] = []
    for line in islice(lines, _SAMPLE_LINES):
        sample.append(line)
        if lines.characters > LONGEST_LINE:
            break
    return max(DELIMITERS, key=lambda delimiter: _names_found(sample, delimiter, table))


def _names_found(sample: list[str], delimiter: str, table: Table) -> int:
    try:
        # Not strict: the sample may end inside a quoted cell.
        reader = csv.reader(sample, delimiter=delimiter)
        rows = [(at, row[:MAX_COLUMNS]) for at, row in enumerate(islice(reader, HEADER_ROWS))]
    except csv.Error:
        return 0
    index = best_row(rows, table)
    return 0 if index is None else len(known_names(rows[index][1], table))


def _batches(lines: _Lines, delimiter: str, file: str) -> Iterator[Batch]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    numbers: list[int] = []
    rows: list[list[str]] = []
    begins, limit = 1, _CHARACTERS
    try:
        for row in reader:
            numbers.append(begins)
            rows.append(row if len(row) <= MAX_COLUMNS else _trimmed(begins, row, file))
            begins += 1
            if len(rows) >= _ROWS or lines.characters >= limit:
                yield numbers, rows
                numbers, rows, limit = [], [], lines.characters + _CHARACTERS
    except csv.Error as error:
        if "larger than field limit" in str(error):
            raise LineTooLong(file=file, row=begins, limit=csv.field_size_limit()) from None
        # Strict csv knows three more complaints: text after a closing quote, a cell without end, the end of the file in one.
        raise BrokenQuotes(file=file, row=begins) from None
    yield numbers, rows


def _trimmed(number: int, row: list[str], file: str) -> list[str]:
    """A very wide row without its empty end: a spreadsheet saves formatted but empty columns as a row of commas."""
    if len(row) > _SPREADSHEET_COLUMNS or any(map(str.strip, row[MAX_COLUMNS:])):
        advice = "请核对分隔符和引号，或删去多余的空白列"
        raise Unsafe(file=file, problem=f"第{number}行有 {len(row)} 列，超过 {MAX_COLUMNS} 列", advice=advice)
    return row[:MAX_COLUMNS]
