"""Calendar quarters and windows of four of them: 收入计算周期按整年度依季递延 (二/四/3)."""

from __future__ import annotations

import re
from calendar import isleap
from dataclasses import dataclass
from datetime import date, timedelta

from shouwang.units.errors import Reading

#: A quarter as one int, so that engines compare and order quarters as numbers: 2020Q1 is 2020*4 + 0.
QuarterIndex = int


def quarter(year: int, number: int) -> QuarterIndex:
    """The index of quarter `number` (1 to 4) of `year`."""
    return year * 4 + number - 1


def quarter_of(day: date) -> QuarterIndex:
    """The quarter a day lies in."""
    return quarter(day.year, (day.month - 1) // 3 + 1)


def quarter_name(index: QuarterIndex) -> str:
    """`2020Q1`, as data packages write it."""
    return f"{index // 4}Q{index % 4 + 1}"


def quarter_words(index: QuarterIndex) -> str:
    """`2020年第1季度`, as sentences write it."""
    return f"{index // 4}年第{index % 4 + 1}季度"


def first_day(index: QuarterIndex) -> date:
    """The first day of a quarter."""
    return date(index // 4, index % 4 * 3 + 1, 1)


def last_day(index: QuarterIndex) -> date:
    """The last day of a quarter."""
    return first_day(index + 1) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive quarters, both ends included."""

    first: QuarterIndex
    last: QuarterIndex

    @property
    def quarters(self) -> range:
        return range(self.first, self.last + 1)

    @property
    def starts(self) -> date:
        return first_day(self.first)

    @property
    def ends(self) -> date:
        return last_day(self.last)

    def __str__(self) -> str:
        return f"{quarter_name(self.first)}-{quarter_name(self.last)}"

    def words(self) -> str:
        """For a sentence: `2019年第2季度至2020年第1季度`, or `2019年` for the quarters of one calendar year."""
        if self.first % 4 == 0 and self.last == self.first + 3:
            return f"{self.first // 4}年"
        return f"{quarter_words(self.first)}至{quarter_words(self.last)}"


def rolling_window(as_of: date) -> Window:
    """W: the last four calendar quarters that ended before `as_of` (contract 3).

    2020-06-30 still has 2019Q2-2020Q1, because the second quarter ends that day and not before it.
    """
    last = quarter_of(as_of) - 1
    return Window(last - 3, last)


def year_before(window: Window) -> Window:
    """P: the four quarters just before a window."""
    return Window(window.first - 4, window.first - 1)


def last_year(as_of: date) -> Window:
    """Y, 上年度: the four quarters of the calendar year before `as_of`."""
    return Window(quarter(as_of.year - 1, 1), quarter(as_of.year - 1, 4))


def years_before(day: date, years: int) -> date:
    """The same day `years` earlier; 29 February falls back to the 28th where there is none (contract 4)."""
    year = day.year - years
    if (day.month, day.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return day.replace(year=year)


def age_on(birth: date, day: date) -> int:
    """Age in completed years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


_DATE = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})(\d{2})(\d{2})", re.ASCII)
_QUARTER = re.compile(r"(\d{4})(?:[Qq]([1-4])|年第?([1-4一二三四])季度)", re.ASCII)
_NUMERALS = {"一": 1, "二": 2, "三": 3, "四": 4}
#: Years anybody can mean; 9202 is a slip for 2020. A quarter's index of any of them fits 16 bits.
YEARS = range(1900, 2200)


def read_date(text: str) -> Reading:
    """Read `2020-05-14`, `2020/5/14`, `2020.5.14` or `20200514` (contract 2). `text` is already normalised."""
    advice = "请写成 2020-05-14 的样子。"
    found = _DATE.fullmatch(text)
    if not found:
        if re.fullmatch(r"[2-5]\d{4}", text):
            return Reading(reason="日期是表格软件的序号", advice="请把这一列的单元格格式改为“日期”后重新保存。")
        return Reading(reason="不是日期", advice=advice)
    year, month, day = (int(part) for part in (found[1] or found[5], found[3] or found[6], found[4] or found[7]))
    try:
        return Reading(date(year, month, day))
    except ValueError:
        return Reading(reason="日期不存在", advice="请核对年、月、日。" + advice)


def read_quarter(text: str) -> Reading:
    """Read `2020Q1`, `2020年1季度` or `2020年第一季度` as a quarter index (contract 2)."""
    found = _QUARTER.fullmatch(text)
    if not found:
        return Reading(reason="不是季度", advice="请写成 2020Q1 或 2020年第一季度 的样子。")
    if int(found[1]) not in YEARS:
        return Reading(reason=f"年份{found[1]}不可能", advice="请核对年份。")
    number = found[2] or found[3]
    return Reading(quarter(int(found[1]), _NUMERALS.get(number) or int(number)))
