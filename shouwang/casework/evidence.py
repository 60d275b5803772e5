"""What was written into the form of a step, checked field by field, kept as plain values, and said again in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shouwang.casework.errors import EvidenceRefused
from shouwang.policy.procedure import Field, Kind, Way
from shouwang.units.errors import Reading
from shouwang.units.money import read_money, yuan
from shouwang.units.periods import read_date
from shouwang.units.text import normalise

_NAMES = re.compile(r"[、，,;；\s]+")
_YES_NO = {"yes": "yes", "no": "no", "true": "yes", "false": "no", "是": "yes", "否": "no", "on": "yes"}
_MOST_TEXT = 4000
_LAPSED = "lapsed"
_CHOSEN = {Kind.YES_NO, Kind.CHOICE, Kind.SEVERAL}
_COUNTED = {Kind.PEOPLE: "人", Kind.SEVERAL: "项"}


def is_asked(way: Way) -> bool:
    """Whether an outcome wants the form filled in; where a step is sent back or declined, the reason is enough."""
    return not way.back and way.status != _LAPSED


def in_words(fields: Sequence[Field], values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Kept values as people read them: label and text, in the order of the form. What nobody filled in is left out."""
    return [(field.label, _said(field, values[field.name])) for field in fields if field.name in values]


def _said(field: Field, value: Any) -> str:
    if field.kind is Kind.YES_NO:
        return {"yes": "是", "no": "否"}.get(value, str(value))
    if field.kind is Kind.MONEY:
        return f"{yuan(value)}元"
    labels = dict(field.choices)
    said = [labels.get(one, str(one)) for one in (value if isinstance(value, list) else [value])]
    return "、".join(said)


def checked(title: str, fields: Sequence[Field], given: Mapping[str, Any], *, passing: bool = True) -> dict[str, Any]:
    """The values of a form by field name. Raises EvidenceRefused with a sentence for each field that will not do.

    `passing`: the outcome goes forward, so a vote in it needs a majority.
    """
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for field in fields:
        if field.when and not _is(values.get(field.when[0]), field.when[1]):
            continue
        value, problem = _one(field, given.get(field.name))
        if problem:
            problems[field.name] = problem
        elif value not in (None, "", []):
            values[field.name] = value
    _votes(values, problems, passing)
    if problems:
        labels = {field.name: field.label for field in fields}
        listed = "；".join(f"{labels.get(name, name)}：{problem}" for name, problem in problems.items())
        raise EvidenceRefused(step=title, count=len(problems), listed=listed, problems=problems)
    return values


def _is(value: Any, wanted: str) -> bool:
    return wanted in value if isinstance(value, list) else value == wanted


def _one(field: Field, raw: Any) -> tuple[Any, str]:
    if raw is None or raw == "" or raw == []:
        return None, ("请选择" if field.kind in _CHOSEN else "必须填写") if field.required else ""
    reading = _READERS[field.kind](field, raw)
    if reading.failed:
        return None, reading.reason
    if field.must and reading.value != field.must:
        return None, field.help or "必须选“是”"
    amount = len(reading.value) if isinstance(reading.value, list) else reading.value
    if field.least and isinstance(amount, int) and amount < field.least:
        return None, f"至少{field.least}{_COUNTED.get(field.kind, '')}"
    return reading.value, ""


def _line(field: Field, raw: Any) -> Reading:
    text = str(raw).strip()
    if len(text) > _MOST_TEXT:
        return Reading(reason=f"不能超过{_MOST_TEXT}字")
    return Reading(text) if text else Reading(reason="必须填写")


def _date(field: Field, raw: Any) -> Reading:
    reading = read_date(normalise(str(raw)))
    return reading if reading.failed else Reading(reading.value.isoformat())


def _yes_no(field: Field, raw: Any) -> Reading:
    found = _YES_NO.get(str(raw).strip().lower())
    return Reading(found) if found else Reading(reason="请选“是”或“否”")


def _choice(field: Field, raw: Any) -> Reading:
    return Reading(raw) if raw in dict(field.choices) else Reading(reason="请从列出的选项中选")


def _several(field: Field, raw: Any) -> Reading:
    chosen = list(dict.fromkeys([raw] if isinstance(raw, str) else raw))
    unknown = [value for value in chosen if value not in dict(field.choices)]
    return Reading(reason="请从列出的选项中选") if unknown else Reading(chosen)


def _count(field: Field, raw: Any) -> Reading:
    text = normalise(str(raw))
    return Reading(int(text)) if text.isdecimal() and len(text) < 7 else Reading(reason="请填整数")


def _money(field: Field, raw: Any) -> Reading:
    return read_money(normalise(str(raw)))


def _people(field: Field, raw: Any) -> Reading:
    names = _NAMES.split(raw.strip()) if isinstance(raw, str) else [str(name).strip() for name in raw]
    return Reading([name for name in dict.fromkeys(names) if name])


_READERS: dict[Kind, Callable[[Field, Any], Reading]] = {
    Kind.LINE: _line,
    Kind.TEXT: _line,
    Kind.DATE: _date,
    Kind.YES_NO: _yes_no,
    Kind.CHOICE: _choice,
    Kind.SEVERAL: _several,
    Kind.COUNT: _count,
    Kind.MONEY: _money,
    Kind.PEOPLE: _people,
}


def _votes(values: Mapping[str, Any], problems: dict[str, str], passing: bool) -> None:
    """A vote adds up to those present, and carries what it is said to carry."""
    if not {"for", "against", "abstained"} <= set(values):
        return
    present = values.get("present", len(values.get("attendees", [])))
    if values["for"] + values["against"] + values["abstained"] != present:
        problems["for"] = f"票数合计不等于到会的{present}人"
    elif passing and values["for"] * 2 <= present:
        problems["for"] = "同意票没有过半，不能通过"
