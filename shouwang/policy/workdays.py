"""When is a limit over? Calendar days, or working days by the State Council's yearly arrangement (`holidays.yaml`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources

import yaml

from shouwang.policy.parameters import Unit

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The days off and the working weekends of every year that is known."""

    years: frozenset[int]
    rest: frozenset[date]
    work: frozenset[date]


@cache
def arrangement() -> Arrangement:
    """The calendar as the file has it."""
    text = resources.files("shouwang.policy").joinpath("holidays.yaml").read_text(encoding="utf-8")
    years = yaml.safe_load(text)
    rest = (day for year, entry in years.items() for span in entry["rest"] for day in _span(year, span))
    work = (day for year, entry in years.items() for span in entry["work"] for day in _span(year, span))
    return Arrangement(frozenset(years), frozenset(rest), frozenset(work))


def is_workday(day: date) -> bool:
    """Whether offices are open. A year without an arrangement goes by weekends alone."""
    known = arrangement()
    if day in known.work:
        return True
    return day.weekday() < _SATURDAY and day not in known.rest


def is_arranged(day: date) -> bool:
    """Whether the days off of that year are known; where not, a page must say so."""
    return day.year in arrangement().years


def after(start: date, amount: int, unit: Unit) -> date:
    """The last day of a limit that begins the day after `start` (民法典 201: 开始的当日不计入)."""
    if unit is not Unit.WORKDAYS:
        return start + amount * _DAY
    day = start
    for _ in range(amount):
        day += _DAY
        while not is_workday(day):
            day += _DAY
    return day


def _span(year: int, text: str) -> Iterator[date]:
    first, _, last = str(text).partition("..")
    day, end = (date.fromisoformat(f"{year}-{part}") for part in (first, last or first))
    while day <= end:
        yield day
        day += _DAY
