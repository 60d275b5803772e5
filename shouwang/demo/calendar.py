"""Days as whole numbers: day 0 is 1900-01-01. Look-up tables turn them into dates, numbers and quarters."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np

from shouwang.demo.dice import Flags, Ints
from shouwang.units.periods import quarter, quarter_name, quarter_of

DAY_ZERO = date(1900, 1, 1)
_LAST_YEAR = 2030
#: Days from 1970-01-01 (Parquet's day 0) to ours.
EPOCH_SHIFT = (DAY_ZERO - date(1970, 1, 1)).days
NO_DAY = -1

#: The ledger's quarters: 2018Q1 to 2020Q2, so that a screening on 2020-05-20 or 2020-07-01 sees two whole years.
FIRST_QUARTER = quarter(2018, 1)
QUARTERS = 10
QUARTER_NAMES = tuple(quarter_name(FIRST_QUARTER + q) for q in range(QUARTERS))


def day(when: date) -> int:
    """The number of a date."""
    return (when - DAY_ZERO).days


def when(number: int) -> date:
    """The date of a day number."""
    return DAY_ZERO + timedelta(days=int(number))


@cache
def january_firsts() -> Ints:
    """The day number of 1 January, by year - 1900."""
    return np.array([day(date(year, 1, 1)) for year in range(1900, _LAST_YEAR + 1)], np.int64)


@cache
def written() -> Ints:
    """yyyymmdd of every day number."""
    days = (when(n) for n in range(day(date(_LAST_YEAR, 12, 31)) + 1))
    return np.array([d.year * 10000 + d.month * 100 + d.day for d in days], np.int64)


@cache
def iso_names() -> tuple[str, ...]:
    """`2019-12-02` for every day number."""
    return tuple(f"{n // 10000}-{n // 100 % 100:02d}-{n % 100:02d}" for n in written().tolist())


def ages(born: Ints, on: date) -> Ints:
    """Ages in completed years; negative for the unborn."""
    years: Ints = (on.year * 10000 + on.month * 100 + on.day - written()[born]) // 10000
    return years


def quarter_column(days: Ints) -> Ints:
    """The column of the ledger's quarters a day falls in; may lie outside 0..QUARTERS-1."""
    ymd = written()[days]
    columns: Ints = ymd // 10000 * 4 + (ymd // 100 % 100 - 1) // 3 - FIRST_QUARTER
    return columns


def within(days: Ints, first: date, last: date) -> Flags:
    """Whether days lie in a span, both ends included."""
    inside: Flags = (days >= day(first)) & (days <= day(last))
    return inside


def column_of(when_: date) -> int:
    """The ledger column of a date's quarter."""
    return quarter_of(when_) - FIRST_QUARTER
