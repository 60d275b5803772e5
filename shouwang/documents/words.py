"""How values are written on paper: dates, money, clauses, the fields of a form. Unknown is a line to fill in, never a guess."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from shouwang.policy.procedure import Field, Kind
from shouwang.units.money import FEN_PER_YUAN, yuan

NUMERALS = "一二三四五六七八九十"
BLANK = "＿＿＿＿＿＿"
NOT_FILLED = "未填"
_TALL = "\n\n\n"
_BLANK_DATE = "＿＿＿＿年＿＿月＿＿日"
_YES_NO = (("yes", "是"), ("no", "否"))
#: The answers to a field that asks 有无.
_ANY = (("yes", "有"), ("no", "无"))
#: A hyphen that stands for "less than nothing": before a digit, after neither a digit, a letter nor another hyphen.
_MINUS = re.compile(r"(?<![0-9A-Za-z-])-(?=\d)")


def date_words(day: date | None) -> str:
    """`2020年5月14日`, or blanks to fill in."""
    return f"{day.year}年{day.month}月{day.day}日" if day else _BLANK_DATE


def day_in_table(day: date | None) -> str:
    """`2020年5月14日`; an empty cell where there is no day."""
    return date_words(day) if day else ""


def money(fen: int | None) -> str:
    """`18000元`, `18000.50元`, `−200元`; a blank where it is not known."""
    if fen is None:
        return BLANK
    whole = fen % FEN_PER_YUAN == 0
    return minus(f"{fen // FEN_PER_YUAN if whole else yuan(fen)}元")


def minus(words: str) -> str:
    """Amounts below nothing with a minus sign: a hyphen is lost at the end of a line, apart from its number."""
    return _MINUS.sub("−", words)


def people_count(number: int | None) -> str:
    return BLANK if number is None else f"{number}人"


def clause_words(clause_id: str) -> str:
    """`二/五/2` as `第二部分（五）第2条`, `二/一/p1` as `第二部分（一）`."""
    first, *rest = clause_id.split("/")
    words = "".join(
        "" if part.startswith("p") else f"第{part}条" if part.isdecimal() else f"（{part}）" for part in rest
    )
    return f"第{first}部分{words}" if first in NUMERALS else f"{first}{words}"


def answer(field: Field, evidence: Mapping[str, Any]) -> str:
    """What was written into one field, in words; what was left empty is said to be empty."""
    value = evidence.get(field.name)
    if value in (None, "", []):
        return NOT_FILLED
    if field.kind is Kind.YES_NO:
        return dict(_yes_no(field)).get(value, str(value))
    if field.kind is Kind.MONEY:
        return money(value)
    if field.kind is Kind.DATE:
        return date_words(date.fromisoformat(value))
    if isinstance(value, list):
        return "、".join(dict(field.choices).get(one, str(one)) for one in value)
    return dict(field.choices).get(value, str(value))


def room(field: Field) -> str:
    """The same field, empty, to be filled in by hand: boxes to tick, a line, or room for several lines."""
    choices = _yes_no(field) if field.kind is Kind.YES_NO else field.choices
    if choices:
        return "　".join(f"□{label}" for _, label in choices)
    if field.kind is Kind.DATE:
        return _BLANK_DATE
    if field.kind is Kind.TEXT:
        return _TALL
    return BLANK


def _yes_no(field: Field) -> tuple[tuple[str, str], ...]:
    """`比对有无不一致` is answered 有 or 无; 是 or 否 would leave the reader guessing."""
    return _ANY if "有无" in field.label else _YES_NO


def asked(field: Field, evidence: Mapping[str, Any]) -> bool:
    """Whether a field was asked at all: some are only where another has a certain value."""
    if field.when is None:
        return True
    name, wanted = field.when
    value = evidence.get(name)
    return wanted in value if isinstance(value, list) else value == wanted
