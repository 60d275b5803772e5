"""A list as an Excel file, for any page that exports one: `download("名单", [("户编号", 16), …], rows)`.

Every text is a string cell, so that no number is rounded and nothing is run as a formula (OWASP, CSV injection); whole
numbers are numbers, `Fen` an amount in yuan, dates the text 2020-05-14, None an empty cell. `about` lines (who, when,
which conditions) go on a second sheet. The caller asks for EXPORT with a fresh second factor and records the export.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

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


def download(
    title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]], about: Iterable[Sequence[Any]] = ()
) -> HttpResponse:
    """`title` names the sheet and, with today's date, the file; a column is its heading and width in characters."""
    response = HttpResponse(workbook(title, columns, rows, about), content_type=CONTENT_TYPE)
    name = f"{title}-{timezone.localdate():%Y%m%d}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "no-store"
    return response


def workbook(
    title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]], about: Iterable[Sequence[Any]] = ()
) -> bytes:
    """The file itself, written row by row in constant memory. Raises SheetFull."""
    out = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        head = book.add_format({"bold": True, "bg_color": "#E8F3F1", "border": 1, "text_wrap": True})
        money = book.add_format({"num_format": "#,##0.00"})
        _sheet(book.add_worksheet(title[:31]), title, columns, rows, head, money)
        if about := list(about):
            _sheet(book.add_worksheet("导出说明"), "导出说明", _ABOUT, about, head, money)
    return out.getvalue()


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
