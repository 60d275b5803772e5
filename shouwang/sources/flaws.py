"""Which cells of a sheet would be read as blank although they are not?

A formula that was never calculated arrives empty, an error value too, and of a merged range only the first cell has the
content. A blank means unknown to a rule, so such a row is refused instead of being read as one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from shouwang.sources.headers import Header
from shouwang.sources.scan import Merge, SheetScan
from shouwang.sources.staging import EarlyReject
from shouwang.terms.tables import Table
from shouwang.units.errors import Notice

_NO_VALUE = ("公式没有计算结果", "请在表格软件中打开、重新计算并保存后再交。")
_ERROR = ("公式出错", "请在表格软件中改正公式，或直接填写数值。")
_MERGED = ("是合并单元格的一部分，本行没有自己的内容", "请取消合并单元格，每一行都填写完整。")

#: Rows from … to …, both included.
Span = tuple[int, int]


class SheetFlaws:
    """The flaws of one scanned sheet. `first_column` is the spreadsheet column of the first cell the reader gives."""

    def __init__(self, scan: SheetScan, file: str, first_column: int) -> None:
        self._scan, self._file, self._first = scan, file, first_column
        self._marks = sorted(scan.marks)
        self._columns: dict[int, str] = {}
        self._merged: dict[str, list[Span]] = {}
        self._ranges = 0

    def locate(self, header: Header, table: Table) -> bool:
        """Keep what touches a known column below the header. False when there is nothing to look for."""
        self._columns = {self._first + place: table.column(name).header for name, place in header.places.items()}
        touching = [merge for merge in self._scan.merges if merge[2] > header.row and self._touches(merge)]
        self._ranges = len(touching)
        for column, name in self._columns.items():
            spans = [_blank_rows(merge, column) for merge in touching if merge[1] <= column <= merge[3]]
            if blank := _union([span for span in spans if span[0] <= span[1]]):
                self._merged[name] = blank
        return bool(self._merged or self._marks)

    def _touches(self, merge: Merge) -> bool:
        return any(merge[1] <= column <= merge[3] for column in self._columns)

    def first_in(self, row: int, blank: bool) -> EarlyReject | None:
        """The first flaw of a row. An empty row inside a merged range is an empty row; with a formula it is not."""
        return self._marked(row) or (None if blank else self._covered(row))

    def _marked(self, row: int) -> EarlyReject | None:
        at = bisect_left(self._marks, row << 24)
        while at < len(self._marks) and self._marks[at] >> 24 == row:
            name = self._columns.get(self._marks[at] >> 8 & 0xFFFF)
            error = self._scan.errors[self._marks[at] & 0xFF]
            if name:
                return EarlyReject(row, name, error, *(_ERROR if error else _NO_VALUE))
            at += 1
        return None

    def below(self, row: int) -> Iterator[EarlyReject]:
        """Rows the reader left out at the end because nothing in them has a value."""
        last = row
        for mark in self._marks[bisect_left(self._marks, (row + 1) << 24) :]:
            found = self._marked(mark >> 24) if mark >> 24 > last else None
            if found:
                last = found.row
                yield found

    def _covered(self, row: int) -> EarlyReject | None:
        for name, spans in self._merged.items():
            at = bisect_right(spans, (row, 1 << 30)) - 1
            if at >= 0 and spans[at][0] <= row <= spans[at][1]:
                return EarlyReject(row, name, "", *_MERGED)
        return None

    def notices(self) -> Iterator[Notice]:
        """One notice about merged cells, however many there are."""
        if self._ranges:
            yield Notice(self._file, f"数据区里有 {self._ranges} 处合并单元格，除第一格外都没有内容，这些行不能使用。")


def _blank_rows(merge: Merge, column: int) -> Span:
    """The rows of a merged range that are blank in one column: all but the top one in its first column."""
    top, first, bottom, _ = merge
    return (top + 1 if column == first else top, bottom)


def _union(spans: list[Span]) -> list[Span]:
    """Sorted and disjoint, so that one look finds a row; a hostile file may overlap them a thousandfold."""
    joined: list[Span] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined
