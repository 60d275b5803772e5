"""Is money read to the fen, and never guessed? Contract 2, Money."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.units.money import LARGEST_FEN, fen_of_float, read_money, yuan

READ = {
    "0": 0,
    "0.0": 0,
    "-0": 0,
    "5": 500,
    "12345.6": 1234560,
    "12345.60": 1234560,
    "12,345.60": 1234560,
    "1,234,567": 123456700,
    "-3000": -300000,
    "+3000.01": 300001,
    "-12,345.6": -1234560,
    "007.50": 750,
    "1.2万": 1200000,
    "1.2 万": 1200000,
    "-0.5万": -500000,
    "1.234567万": 1234567,
    "0.000001万": 1,
    "3.14000": 314,
    "1000000000": LARGEST_FEN,
    "-1000000000.00": -LARGEST_FEN,
    "10万": 10000000,
}
REFUSED = {
    "": "不是数字",
    "abc": "不是数字",
    "12.": "不是数字",
    ".5": "不是数字",
    "1 000": "不是数字",
    "1.2.3": "不是数字",
    "--5": "不是数字",
    "5-": "不是数字",
    "5元": "不是数字",
    "￥5": "不是数字",
    "五": "不是数字",
    "万": "不是数字",
    "1.2万元": "不是数字",
    "1.2亿": "不是数字",
    "１２": "不是数字",
    "٣": "不是数字",
    "NaN": "不是数字",
    "inf": "不是数字",
    "0x10": "不是数字",
    "1_000": "不是数字",
    "1,23": "逗号",
    "12,34,567": "逗号",
    "1234,567": "逗号",
    ",5": "逗号",
    "1.5E+05": "科学计数法",
    "1e5": "科学计数法",
    "0.001": "两位",
    "12345.678": "两位",
    "1.2345678万": "两位",
    "1000000000.01": "10亿",
    "100001万": "10亿",
    "-99999999999": "10亿",
}


@pytest.mark.parametrize(("text", "fen"), READ.items())
def test_reads(text: str, fen: int) -> None:
    """能读的写法：千分位、正负号、万，末尾的零不算小数。"""
    reading = read_money(text)
    assert (reading.value, reading.failed) == (fen, False)


@pytest.mark.parametrize(("text", "reason"), REFUSED.items())
def test_refuses(text: str, reason: str) -> None:
    """读不了的写法：说出原因和怎么改，从不四舍五入。"""
    reading = read_money(text)
    assert reading.failed
    assert reading.value is None
    assert reason in reading.reason
    assert reading.advice.endswith("。")


@given(st.integers(-LARGEST_FEN, LARGEST_FEN))
def test_yuan_and_back(fen: int) -> None:
    """写成元再读回来，一分不差；写法是两位小数，负号只有一个。"""
    text = yuan(fen)
    assert read_money(text).value == fen
    assert Decimal(text) * 100 == fen
    assert text[-3] == "."
    assert text != "-0.00"


@given(st.integers(-LARGEST_FEN, LARGEST_FEN))
def test_float_is_its_shortest_decimal(fen: int) -> None:
    """表格里的二进制小数按能表示它的最短十进制读（0.1是十分）；一分不差。"""
    assert fen_of_float(fen / 100).value == fen


@given(st.floats())
def test_floats_are_read_exactly_or_refused(number: float) -> None:
    """任何浮点数：要么读成它的最短十进制恰好表示的分，要么拒绝。"""
    reading = fen_of_float(number)
    if not reading.failed:
        assert Decimal(reading.value) == Decimal(repr(number)) * 100
        assert abs(reading.value) <= LARGEST_FEN


@pytest.mark.parametrize("number", [0.1 + 0.2, 1 / 3, 0.005, 1e10, float("nan"), float("inf"), -float("inf")])
def test_floats_that_are_no_money(number: float) -> None:
    """算出来的尾差（0.1+0.2）、半分、无穷、不是数：拒绝。"""
    assert fen_of_float(number).failed


@given(st.text(alphabet="0123456789.,+-万E ", max_size=14))
def test_whatever_is_read_is_what_is_written(text: str) -> None:
    """随便什么字符串：读出来的分，换回十进制与所写的数相等。"""
    reading = read_money(text)
    if not reading.failed:
        body, wan = (text[:-1], 10000) if text.endswith("万") else (text, 1)
        assert Decimal(reading.value) == Decimal(body.strip().replace(",", "")) * 100 * wan
