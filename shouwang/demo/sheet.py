"""A table of one chunk as columns, together with what its writers and its truth need to know of each row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from shouwang.demo.dice import Ints
from shouwang.terms.tables import BY_NAME, Table

MATCHED, UNMATCHED, AMBIGUOUS, DUPLICATE, REJECTED = "matched", "unmatched", "ambiguous", "duplicate", "rejected"
NOBODY = -1


@dataclass
class Coded:
    """A text column as positions in a list of values; -1 is blank."""

    codes: Ints
    values: tuple[str, ...] | list[str]

    def take(self, rows: Ints) -> Coded:
        return Coded(self.codes[rows], self.values)

    def texts(self) -> list[str | None]:
        """Each row's text."""
        lookup = [*self.values, None]
        return [lookup[code] for code in self.codes.tolist()]


#: Text as a list or coded; money in fen, dates as day numbers, yes/no as 1, 0, -1 and years as whole numbers.
Column: TypeAlias = Coded | list[str | None] | Ints


@dataclass
class Sheet:
    """One table of one chunk. `owner` is the household (in the chunk) each row came from."""

    name: str
    columns: dict[str, Column]
    owner: Ints
    #: Departmental rows: whose they are, as a position among the chunk's members.
    person: Ints | None = None
    #: Whether the household's outcome can hang on the row.
    matters: Ints | None = None
    #: Cells written otherwise than their value: column -> row -> text.
    raw: dict[str, dict[int, str]] = field(default_factory=dict)
    faults: dict[int, list[str]] = field(default_factory=dict)
    #: What matching makes of a row, where it is not a plain match; and who it is taken for, where not its person.
    expected: dict[int, str] = field(default_factory=dict)
    taken_for: dict[int, int] = field(default_factory=dict)

    @property
    def table(self) -> Table:
        return BY_NAME[self.name]

    @property
    def size(self) -> int:
        return len(self.owner)

    def write_raw(self, column: str, row: int, text: str) -> None:
        """Have a cell written as it stands here."""
        self.raw.setdefault(column, {})[row] = text

    def spoil(self, row: int, fault: str, expected: str | None = None) -> None:
        """Note a fault of a row."""
        self.faults.setdefault(row, []).append(fault)
        if expected and expected != MATCHED:
            self.expected[row] = expected

    def repeat_all(self, rows: list[int]) -> int:
        """Append copies of rows; the position of the first copy."""
        first = self.size
        self._take(np.concatenate([np.arange(first), np.array(rows, np.int64)]))
        for column in self.raw.values():
            column.update({first + k: column[row] for k, row in enumerate(rows) if row in column})
        return first

    def cut(self, households: int) -> None:
        """Keep only the rows of the first households of the chunk."""
        rows = np.flatnonzero(self.owner < households)
        if len(rows) == self.size:
            return
        position = {int(row): k for k, row in enumerate(rows.tolist())}
        self._take(rows)
        for name, cells in self.raw.items():
            self.raw[name] = {position[row]: text for row, text in cells.items() if row in position}
        self.faults = {position[row]: value for row, value in self.faults.items() if row in position}
        self.expected = {position[row]: value for row, value in self.expected.items() if row in position}
        self.taken_for = {position[row]: value for row, value in self.taken_for.items() if row in position}

    def _take(self, rows: Ints) -> None:
        for name, column in self.columns.items():
            if isinstance(column, list):
                self.columns[name] = [column[row] for row in rows.tolist()]
            else:
                self.columns[name] = column.take(rows)
        self.owner = self.owner[rows]
        self.person = None if self.person is None else self.person[rows]
        self.matters = None if self.matters is None else self.matters[rows]


def numbers(column: Column) -> Ints:
    """A column that holds whole numbers."""
    if isinstance(column, np.ndarray):
        return column
    raise TypeError("not a column of whole numbers")


def texts(column: Column) -> list[str | None]:
    """A column that holds a list of texts."""
    if isinstance(column, list):
        return column
    raise TypeError("not a list of texts")
