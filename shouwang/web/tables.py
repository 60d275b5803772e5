"""A data table as values: the view says what, `ui/table.html` says how, and the same rows can be exported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shouwang.web.paging import Page


@dataclass(frozen=True, slots=True)
class Column:
    """A heading. `kind` is text, number (on the right) or short (a date, a tag: never broken over two lines)."""

    label: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Tag:
    """A word with a tone: high, middle, low, none (risk, with its shape), brand, or plain."""

    text: str
    tone: str = "plain"

    @property
    def shape(self) -> str:
        return {"high": "▲", "middle": "◆", "low": "■", "none": "●"}.get(self.tone, "")


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as text, with a tag before it or a small note under it. `url`: where it leads, if not where the row does."""

    text: str = ""
    note: str = ""
    tag: Tag | None = None
    url: str = ""

    @property
    def silent(self) -> bool:
        """Whether it says nothing: on a card such a line is left out."""
        return self.tag is None and not self.note and self.text in ("", "—")


@dataclass(frozen=True, slots=True)
class Row:
    """Cells in the order of the columns; the first one carries the link. `value` is what the bulk bar sends."""

    cells: Sequence[Cell]
    url: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """A button of the bulk bar: `name=value` is sent with the picked rows."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Empty:
    """What is said when there are no rows: a fact, then what to do."""

    title: str = "没有符合条件的记录"
    text: str = "请放宽查询条件，或清空后再看。"
    url: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`layout` on a phone: cards, and scroll keeps the table in its own box; wide has a box at a desk, cards on a phone."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    page: Page[Any] | None = None
    empty: Empty = Empty()
    acts: Sequence[Act] = ()
    layout: str = "cards"
    compact: bool = False
    note: str = ""
