"""Quarters, windows, ages and how dates and quarters are written. Contract 2 and 3."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.units import periods
from shouwang.units.periods import Window, age_on, quarter, quarter_of, read_date, read_quarter, years_before

DAYS = st.dates(date(1902, 1, 1), date(2098, 12, 31))

DATES = {
    "2020-05-14": date(2020, 5, 14),
    "2020/5/14": date(2020, 5, 14),
    "2020.5.14": date(2020, 5, 14),
    "2020-5-4": date(2020, 5, 4),
    "2020.05.04": date(2020, 5, 4),
    "20200514": date(2020, 5, 14),
    "2020-02-29": date(2020, 2, 29),
    "1900-01-01": date(1900, 1, 1),
}
NOT_DATES = {
    "": "不是日期",
    "2020": "不是日期",
    "2020-05": "不是日期",
    "2020-5/14": "不是日期",
    "14/5/2020": "不是日期",
    "5/14/2020": "不是日期",
    "20-05-14": "不是日期",
    "2020年5月14日": "不是日期",
    "2020-05-14 00:00": "不是日期",
    "202005141": "不是日期",
    "2020514": "不是日期",
    "２０２０-05-14": "不是日期",
    "2020-13-01": "不存在",
    "2020-00-01": "不存在",
    "2020-02-30": "不存在",
    "2019-02-29": "不存在",
    "0000-01-01": "不存在",
    "20200230": "不存在",
    "43965": "序号",
}
QUARTERS = {
    "2020Q1": quarter(2020, 1),
    "2020q4": quarter(2020, 4),
    "2020年1季度": quarter(2020, 1),
    "2020年第1季度": quarter(2020, 1),
    "2020年第一季度": quarter(2020, 1),
    "2020年四季度": quarter(2020, 4),
    "1999年第三季度": quarter(1999, 3),
    "2020年第二季度": quarter(2020, 2),
}
NOT_QUARTERS = (
    "",
    "2020",
    "2020Q0",
    "2020Q5",
    "2020 Q1",
    "Q1 2020",
    "20Q1",
    "2020-1",
    "2020年第五季度",
    "2020年1",
    "2020Q11",
)


@pytest.mark.parametrize(("text", "day"), DATES.items())
def test_reads_dates(text: str, day: date) -> None:
    """约定的四种写法，月日可以不补零。"""
    assert read_date(text).value == day


@pytest.mark.parametrize(("text", "reason"), NOT_DATES.items())
def test_refuses_dates(text: str, reason: str) -> None:
    """别的写法、不存在的日子、表格软件的序号：说出原因。"""
    reading = read_date(text)
    assert reading.value is None
    assert reason in reading.reason
    assert reading.advice.endswith("。")


@pytest.mark.parametrize(("text", "index"), QUARTERS.items())
def test_reads_quarters(text: str, index: int) -> None:
    """约定的三种写法。"""
    assert read_quarter(text).value == index


@pytest.mark.parametrize("text", NOT_QUARTERS)
def test_refuses_quarters(text: str) -> None:
    """别的写法：拒绝并给出例子。"""
    reading = read_quarter(text)
    assert reading.failed
    assert "2020Q1" in reading.advice


@pytest.mark.parametrize("text", ["9202Q1", "1899Q4", "2200年第一季度", "0020Q1"])
def test_refuses_years_nobody_means(text: str) -> None:
    """9202年多半是2020年的笔误：说出来，不当作没有这一笔。"""
    assert "不可能" in read_quarter(text).reason


@given(st.integers(1900, 2199), st.integers(1, 4))
def test_quarters_round_trip(year: int, number: int) -> None:
    """写出来的季度读得回来；首日和末日都在这一季度，再过一天是下一季度。"""
    index = quarter(year, number)
    assert read_quarter(periods.quarter_name(index)).value == index
    assert read_quarter(periods.quarter_words(index)).value == index
    assert quarter_of(periods.first_day(index)) == quarter_of(periods.last_day(index)) == index
    assert quarter_of(periods.last_day(index) + timedelta(days=1)) == index + 1


@pytest.mark.parametrize(
    ("day", "window"),
    [
        ("2020-06-30", "2019Q2-2020Q1"),
        ("2020-07-01", "2019Q3-2020Q2"),
        ("2020-01-01", "2019Q1-2019Q4"),
        ("2020-03-31", "2019Q1-2019Q4"),
        ("2020-12-31", "2019Q4-2020Q3"),
    ],
)
def test_window(day: str, window: str) -> None:
    """计算期：截至日之前已经结束的四个季度。"""
    assert str(periods.rolling_window(date.fromisoformat(day))) == window


@given(DAYS)
def test_windows_hold_together(day: date) -> None:
    """计算期是四个相连的季度，末日在截至日之前，而下一季度还没有结束；上年同期紧接其前；上年度是上一个自然年。"""
    w = periods.rolling_window(day)
    p, y = periods.year_before(w), periods.last_year(day)
    assert len(w.quarters) == len(p.quarters) == len(y.quarters) == 4
    assert w.ends < day <= periods.last_day(w.last + 1)
    assert p.ends + timedelta(days=1) == w.starts
    assert (y.starts, y.ends) == (date(day.year - 1, 1, 1), date(day.year - 1, 12, 31))
    assert set(y.quarters) <= set(p.quarters) | set(w.quarters)


def test_words() -> None:
    """恰为一个自然年的窗口写作某年，否则写出起止季度。"""
    assert Window(quarter(2019, 1), quarter(2019, 4)).words() == "2019年"
    assert Window(quarter(2019, 2), quarter(2020, 1)).words() == "2019年第2季度至2020年第1季度"


@pytest.mark.parametrize(
    ("day", "years", "before"),
    [
        ("2020-02-29", 1, "2019-02-28"),
        ("2020-02-29", 4, "2016-02-29"),
        ("2100-02-28", 100, "2000-02-28"),
        ("2020-03-01", 1, "2019-03-01"),
        ("2021-02-28", 1, "2020-02-28"),
    ],
)
def test_years_before(day: str, years: int, before: str) -> None:
    """若干年前的同一天；2月29日没有对应的日子时退到28日。"""
    assert years_before(date.fromisoformat(day), years) == date.fromisoformat(before)


@given(DAYS, st.dates(date(1900, 1, 1), date(2098, 12, 31)), st.integers(0, 120))
def test_age_two_ways(day: date, birth: date, years: int) -> None:
    """满几岁有两种算法：数生日，或与若干年前的同一天比；两种总是一样。"""
    if day.year - years >= 1 and birth <= day:
        assert (age_on(birth, day) >= years) == (birth <= years_before(day, years))


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        ("2014-05-20", "2020-05-20", 6),
        ("2014-05-21", "2020-05-20", 5),
        ("2012-02-29", "2018-02-28", 5),
        ("2012-02-29", "2018-03-01", 6),
        ("2012-02-29", "2020-02-29", 8),
        ("2020-05-20", "2020-05-20", 0),
    ],
)
def test_ages(birth: str, day: str, age: int) -> None:
    """周岁：生日当天满岁；2月29日生的，平年到3月1日。"""
    assert age_on(date.fromisoformat(birth), date.fromisoformat(day)) == age
