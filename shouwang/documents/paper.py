"""What is a paper? A value: a title, a number, a date, an addressee and blocks of words. Layouts turn it into docx or PDF.

A builder makes a paper out of a case; it knows nothing of fonts. A layout sets it; it knows nothing of cases. `plain()`
is all that passes between them, so that Word, PDF and the page in the browser can only say the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, ClassVar

from shouwang.documents.words import NUMERALS, date_words

#: A table is laid out on this many units across, so that its columns line up in every layout.
UNITS = 24
LABEL, VALUE = 5, 7
#: So many characters of a title (2号) fit on a line of 156 mm.
TITLE_LINE = 20
#: A value longer than this gets a row of its own.
_SHORT = 13


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; `head` cells are labels. Line breaks in the text are kept."""

    text: str
    span: int
    head: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    kind: ClassVar[str] = "paragraph"
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """Small print: where a figure comes from, what a form is for."""

    kind: ClassVar[str] = "note"
    text: str


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines to be signed or filled in by hand."""

    kind: ClassVar[str] = "lines"
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; every row is UNITS wide. `headed`: the first row names the columns and is repeated on the next page."""

    kind: ClassVar[str] = "grid"
    rows: tuple[tuple[Cell, ...], ...]
    headed: bool = False

    def __post_init__(self) -> None:
        for row in self.rows:
            if sum(cell.span for cell in row) != UNITS:
                raise ValueError(f"a row is {sum(cell.span for cell in row)} units wide, not {UNITS}: {row}")


Block = Heading | Paragraph | Note | Lines | Grid


@dataclass(frozen=True, slots=True)
class Paper:
    """One document. `head`: the name of the issuing body in red, for official letters. `number`: 文号 or 编号.

    `named`: the same facts by label, for templates of one's own that want to put them elsewhere. `large`: for residents.
    `pieces`: a long title in the pieces between which it may be broken, so that no word is.
    """

    kind: str
    title: str
    number: str
    day: date | None
    blocks: tuple[Block, ...]
    head: str = ""
    addressee: str = ""
    signed: str = ""
    enclosures: tuple[str, ...] = ()
    footnote: str = ""
    large: bool = False
    pieces: tuple[str, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """The paper as plain values, the same for every layout."""
        told = {name: getattr(self, name) for name in ("kind", "title", "number", "head", "addressee", "signed")}
        blocks = [{"kind": block.kind, **asdict(block)} for block in self.blocks]
        if not self.large:
            _number(blocks)
        return told | {
            "blocks": blocks,
            "title_lines": list(_lines(self.pieces or (self.title,))),
            "day": date_words(self.day),
            "enclosures": list(self.enclosures),
            "footnote": self.footnote,
            "large": self.large,
            "named": dict(self.named),
        }

    def json(self) -> str:
        return json.dumps(self.plain(), ensure_ascii=False, sort_keys=True)


def _number(blocks: list[dict[str, Any]]) -> None:
    """`一、` before the first heading and so on, as official documents have them; letters to residents go without."""
    headings = [block for block in blocks if block["kind"] == Heading.kind]
    if len(headings) < 2:
        return
    for numeral, heading in zip(NUMERALS, headings, strict=False):
        heading["text"] = f"{numeral}、{heading['text']}"


def _lines(pieces: tuple[str, ...]) -> tuple[str, ...]:
    """A title on one line where it fits, else on two as alike as its pieces allow (GB/T 9704: 词意完整，长短适宜)."""
    whole = "".join(pieces)
    if len(whole) <= TITLE_LINE or len(pieces) < 2:
        return (whole,)
    ways = (("".join(pieces[:cut]), "".join(pieces[cut:])) for cut in range(1, len(pieces)))
    return min(ways, key=lambda way: max(map(len, way)))


def facts(pairs: Iterable[tuple[str, str]]) -> Grid:
    """Labels and values as a form: short ones two in a row, long ones across."""
    rows: list[tuple[Cell, ...]] = []
    waiting: tuple[Cell, ...] = ()
    for label, value in pairs:
        if len(value) > _SHORT or "\n" in value:
            rows += [_filled(waiting)] if waiting else []
            waiting = ()
            rows.append((Cell(label, LABEL, True), Cell(value, UNITS - LABEL)))
            continue
        waiting += (Cell(label, LABEL, True), Cell(value, VALUE))
        if len(waiting) > 2:
            rows.append(waiting)
            waiting = ()
    return Grid((*rows, _filled(waiting)) if waiting else tuple(rows))


def _filled(waiting: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """A single short fact takes the row."""
    label, value = waiting
    return label, Cell(value.text, UNITS - LABEL)


def table(columns: Iterable[tuple[str, int]], rows: Iterable[Iterable[str]]) -> Grid:
    """A table with headings; a column is its heading and its width in units."""
    shape = tuple(columns)
    head = tuple(Cell(heading, span, True) for heading, span in shape)
    body = (tuple(Cell(text, span) for text, (_, span) in zip(row, shape, strict=True)) for row in rows)
    return Grid((head, *body), headed=True)
