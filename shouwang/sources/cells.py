"""What does one cell say? The reference reader of every type in contract 2; slow, obvious, and the last word."""

from __future__ import annotations

import re

from shouwang.terms.tables import Column, Type
from shouwang.units.errors import Reading
from shouwang.units.identity import spell
from shouwang.units.money import read_money
from shouwang.units.periods import read_date, read_quarter
from shouwang.units.text import normalise

YES = frozenset({"是", "true", "1"})
NO = frozenset({"否", "false", "0"})
_YEAR = re.compile(r"(\d{4})年?", re.ASCII)


def read_cell(column: Column, raw: str | None) -> Reading:
    """One cell as its column's type: fen, quarter index, date, year, truth or text. Blank is None or the default.

    The reason and advice of a failed reading are sentences for `rejects.csv`.
    """
    text = normalise(raw or "")
    if not text:
        if column.required:
            return Reading(reason=f"“{column.header}”不能空白", advice="请补填这一格；没有资料的行请删去。")
        return Reading(column.default)
    return _READERS[column.type](column, text)


def _text(column: Column, text: str) -> Reading:
    return Reading(text)


def _id_number(column: Column, text: str) -> Reading:
    return Reading(spell(text))


def _year(column: Column, text: str) -> Reading:
    found = _YEAR.fullmatch(text)
    if not found:
        return Reading(reason="不是年度", advice="请写四位年份，例如 2020。")
    return Reading(int(found[1]))


def _yes_no(column: Column, text: str) -> Reading:
    lowered = text.casefold()
    if lowered in YES or lowered in NO:
        return Reading(lowered in YES)
    return Reading(reason=f"“{column.header}”只能填“是”或“否”", advice="请改为“是”或“否”；不清楚的留空。")


def _choice(column: Column, text: str) -> Reading:
    found = column.choices.get(text) or column.choices.get(text.upper())
    if found is None:
        allowed = "、".join(key for key in column.choices if not key.islower())
        return Reading(reason=f"“{column.header}”没有这一选项", advice=f"请从以下选一个：{allowed}。")
    return Reading(found)


_READERS = {
    Type.TEXT: _text,
    Type.ID_NUMBER: _id_number,
    Type.MONEY: lambda column, text: read_money(text),
    Type.DATE: lambda column, text: read_date(text),
    Type.QUARTER: lambda column, text: read_quarter(text),
    Type.YEAR: _year,
    Type.YES_NO: _yes_no,
    Type.CHOICE: _choice,
}
