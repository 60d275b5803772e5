"""A list as an Excel file, written row by row in constant memory.

Every text is a string cell, so that no number is rounded and nothing is run as a formula (OWASP, CSV injection); whole
numbers are numbers, `Fen` an amount in yuan, dates the text 2020-05-14, None an empty cell. `about` lines (who, when,
which conditions) go on a second sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter
from django.utils import timezone

from shouwang.units.errors import ShouwangError
from shouwang.units.money import FEN_PER_YUAN

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Rows a worksheet can hold, the header aside.
LARGEST = 1_048_575
_ABOUT = (("项目", 16), ("内容", 80))


class SheetFull(ShouwangError):
    """A list that would be cut off. It is refused aloud instead."""

    code = "XLS-02"
    what = "“{title}”超过 Excel 一张表的 {limit} 行，没有导出。"
    why = "截断的名单会漏掉住户。"
    do = "请加上条件，分几次导出。"


@dataclass(frozen=True, slots=True)
class Fen:
    """An amount for a column in yuan; None stays an empty cell."""

    value: int | None


def write(
    target: Path | BinaryIO, title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]],
    about: Iterable[Sequence[Any]] = (), scratch: Path | None = None,
) -> None:  # fmt: skip
    """`title` names the sheet; a column is its heading and width in characters. Raises SheetFull.

    What does not fit in memory lies in `scratch` meanwhile, else in the system's own temporary folder.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    if scratch is not None:
        options["tmpdir"] = str(scratch)
    with xlsxwriter.Workbook(target if not isinstance(target, Path) else str(target), options) as book:
        head = book.add_format({"bold": True, "bg_color": "#E8F3F1", "border": 1, "text_wrap": True})
        money = book.add_format({"num_format": "#,##0.00"})
        _sheet(book.add_worksheet(title[:31]), title, columns, rows, head, money)
        if about := list(about):
            _sheet(book.add_worksheet("导出说明"), "导出说明", _ABOUT, about, head, money)


def _sheet(
    sheet: Any, title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]], head: Any, money: Any
) -> None:
    sheet.freeze_panes(1, 0)
    for place, (heading, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, head)
    last = 0
    for last, row in enumerate(rows, start=1):
        if last > LARGEST:
            raise SheetFull(title=title, limit=LARGEST)
        for place, cell in enumerate(row):
            _cell(sheet, last, place, cell, money)
    sheet.autofilter(0, 0, last, len(columns) - 1)


def _cell(sheet: Any, row: int, place: int, cell: Any, money: Any) -> None:
    if isinstance(cell, Fen):
        if cell.value is not None:
            sheet.write_number(row, place, Decimal(cell.value) / FEN_PER_YUAN, money)
    elif isinstance(cell, datetime):
        local = timezone.localtime(cell) if timezone.is_aware(cell) else cell
        sheet.write_string(row, place, f"{local:%Y-%m-%d %H:%M}")
    elif isinstance(cell, date):
        sheet.write_string(row, place, cell.isoformat())
    elif isinstance(cell, int) and not isinstance(cell, bool):
        sheet.write_number(row, place, cell)
    elif cell is not None:
        sheet.write_string(row, place, ("是" if cell else "否") if isinstance(cell, bool) else str(cell))
