"""Workbooks to take along: a feed's template, and a batch's bad rows."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from xlsxwriter.utility import xl_rowcol_to_cell

from shouwang.accounts.roles import Permission
from shouwang.policy.feed import Feed
from shouwang.registry import bad_row_jobs
from shouwang.registry.actions.bad_rows import ask_bad_rows, take_bad_rows
from shouwang.registry.feeds import CHOICES_SHEET
from shouwang.registry.queries import batch_for
from shouwang.terms.tables import Type
from shouwang.web.files.columns import is_small
from shouwang.web.files.sending import feed_or_404
from shouwang.web.files.words import choices_of, format_words, must_words
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.sheets import CONTENT_TYPE, answer

#: Rows of the template in which cells can be chosen from a list.
_CHECKED_ROWS = 5_000
#: Excel takes a list written into a cell's rule up to this length; a longer one stands on a sheet of its own.
_LONGEST_LIST = 255
_WIDTHS = {Type.ID_NUMBER: 22, Type.DATE: 14, Type.TEXT: 20}
_RULES = (
    "一行一件事；不要合并单元格，不要留合计行，不要改表头。",
    "身份证号一列是文本格式；从别处粘贴时请选“只粘贴值”，以免变成 6.52E+17。",
    "金额填数字，单位是元，不填“万元”；没有资料的格留空，不填 0。",
    "可以在后面加自己的列，系统不读，退回时原样带回。",
    "填好后在“部门文件”里上报；上报只是预览，确认入库后才计入。",
)


@needs(Permission.SOURCE_UPLOAD)
def template(request: PersonalRequest, feed: str) -> HttpResponse:
    """一种资料的空白模板。"""
    found, _ = feed_or_404(request, feed)
    response = HttpResponse(template_of(found), content_type=CONTENT_TYPE)
    name = f"{found.title.replace('：', '-')}-模板.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@needs(Permission.SOURCE_UPLOAD)
def bad_rows(request: PersonalRequest, uuid: str) -> HttpResponse:
    """只含要改的行的工作簿，最后一列是原因；改好可以直接再上报。大文件由后台准备，好了在批次的页面下载。"""
    found = batch_for(request.user, uuid)
    ask_bad_rows(by=request.user, batch=found)
    if is_small(found):
        bad_row_jobs.perform(found)
    taken = take_bad_rows(by=request.user, batch=found)
    return answer(taken.title, taken.content) if taken else redirect(f"{reverse('web:batch', args=[uuid])}#rows")


def template_of(feed: Feed) -> bytes:
    """The headers, cells formatted so that nothing is lost, lists to choose from, and a sheet that explains."""
    out = BytesIO()
    with xlsxwriter.Workbook(out) as book:
        head = book.add_format({"bold": True, "bg_color": "#E8F3F1", "border": 1, "num_format": "@"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        formats = {"text": book.add_format({"num_format": "@"}), "money": book.add_format({"num_format": "0.00"})}
        data, told = book.add_worksheet(_sheet_name(feed)), book.add_worksheet("填表说明")
        _data_sheet(data, feed, head, formats, _lists(book, feed, head))
        _help_sheet(told, feed, head, wrapped)
    return out.getvalue()


def _lists(book: Any, feed: Feed, head: Any) -> dict[str, Any]:
    """Column → what its cells are chosen from: the words themselves, or where on a sheet they stand."""
    found: dict[str, Any] = {}
    sheet = None
    for column in feed.reading.columns:
        words = choices_of(column)
        if len(",".join(words)) > _LONGEST_LIST:
            sheet = sheet or book.add_worksheet(CHOICES_SHEET)
            place = sheet.dim_colmax + 1 if sheet.dim_colmax is not None else 0
            sheet.write_string(0, place, column.header, head)
            sheet.write_column(1, place, words)
            first, last = xl_rowcol_to_cell(1, place, True, True), xl_rowcol_to_cell(len(words), place, True, True)
            found[column.name] = f"={CHOICES_SHEET}!{first}:{last}"
        elif words:
            found[column.name] = words
    return found


def _data_sheet(sheet: Any, feed: Feed, head: Any, formats: dict[str, Any], lists: dict[str, Any]) -> None:
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(feed.reading.columns):
        kind = "money" if column.type is Type.MONEY else "text"
        sheet.set_column(place, place, _WIDTHS.get(column.type, 14), formats[kind])
        sheet.write_string(0, place, column.header, head)
        if choices := lists.get(column.name):
            sheet.data_validation(
                1, place, _CHECKED_ROWS, place,
                {"validate": "list", "source": choices, "error_title": "没有这一选项", "error_message": "请从列表里选。"},
            )  # fmt: skip


def _help_sheet(sheet: Any, feed: Feed, head: Any, wrapped: Any) -> None:
    for place, width in enumerate((18, 24, 44, 60)):
        sheet.set_column(place, place, width, wrapped)
    about = [feed.title, feed.purpose, f"什么时候报：{feed.cadence.words}", *_RULES]
    for line, text in enumerate(about):
        sheet.write_string(line, 0, text)
    first = len(about) + 1
    for place, text in enumerate(("列", "可不可以空", "怎样填", "是什么")):
        sheet.write_string(first, place, text, head)
    for line, column in enumerate(feed.reading.columns, start=first + 1):
        told = (column.header, must_words(feed, column), format_words(column), column.meaning or "")
        for place, text in enumerate(told):
            sheet.write_string(line, place, text, wrapped)


def _sheet_name(feed: Feed) -> str:
    """By this name the reader finds the sheet again; a sheet's name cannot hold a colon."""
    return feed.reading.title.replace("：", "-")[:31]
