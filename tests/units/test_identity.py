"""Citizen numbers: one spelling, the check digit, and the same answer in Python and in SQL."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import duckdb
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shouwang.matching import numbers
from shouwang.units.identity import birth_date, check_digit, is_valid, mask, spell, why_invalid

RIGHT = "652901198003011018"
WITH_X = "65290119751120169X"


def built(region: int, born: date, order: int) -> str:
    first17 = f"{region:06d}{born:%Y%m%d}{order:03d}"
    return first17 + check_digit(first17)


NUMBERS = st.builds(
    built, st.integers(100000, 999999), st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(0, 999)
)


@pytest.mark.parametrize(
    ("raw", "spelled"),
    {
        RIGHT: RIGHT,
        f" {RIGHT} ": RIGHT,
        "652901 19800301 1018": RIGHT,
        "６５２９０１１９８００３０１１０１８": RIGHT,
        f"'{RIGHT}": RIGHT,
        f"‘{RIGHT}": RIGHT,
        f"`{RIGHT}": RIGHT,
        f'"{RIGHT}': RIGHT,
        WITH_X.lower(): WITH_X,
        "65290119751120169ｘ": WITH_X,
        f"{RIGHT}12": RIGHT,
        f"{RIGHT}1234": RIGHT,
        f"{WITH_X.lower()}4312": WITH_X,
        "652901800301101": RIGHT,
        f"{RIGHT}1": f"{RIGHT}1",
        f"{RIGHT}123": f"{RIGHT}123",
        "": "",
        "6.5290119800301E+17": "6.5290119800301E+17",
        "65290180030110x": "65290180030110X",
    }.items(),
)
def test_spell(raw: str, spelled: str) -> None:
    """一种写法：去空格和前导引号，x变X，15位补成18位，20、22位的残疾证号取前18位；别的照录。"""
    assert spell(raw) == spelled


@given(NUMBERS)
def test_built_numbers_are_valid(number: str) -> None:
    """按规则造的号码都对，出生日期取得出来，再拼一次不变。"""
    assert is_valid(number)
    assert spell(number) == number
    assert birth_date(number) == date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


@given(NUMBERS, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_digit_is_caught(number: str, place: int, wrong: str) -> None:
    """写错任何一位，都查得出来。"""
    assume(number[place] != wrong)
    assert not is_valid(number[:place] + wrong + number[place + 1 :])


@given(NUMBERS, st.integers(0, 16))
def test_two_swapped_digits_are_caught(number: str, place: int) -> None:
    """相邻两位写反，都查得出来。"""
    assume(number[place] != number[place + 1])
    assert not is_valid(number[:place] + number[place + 1] + number[place] + number[place + 2 :])


INVALID = {
    "652901198003011019": "校验码",
    "652901198013011018": "出生日期",
    "652901198002301018": "出生日期",
    "652901189903011018": "出生日期",
    "6.5290119800301E+17": "科学计数法",
    "6.5E+17": "科学计数法",
    "65290119800301101": "18位",
    "652901198003011018A": "18位",
    "65290119800301101Y": "18位",
    "X52901198003011018": "18位",
    "": "18位",
    "无": "18位",
}


@pytest.mark.parametrize(("number", "why"), INVALID.items())
def test_invalid_numbers_say_why(number: str, why: str) -> None:
    """不对的号码说出哪里不对；地区码从不是理由。"""
    assert not is_valid(number)
    assert why in why_invalid(number)


def test_the_region_is_never_a_reason() -> None:
    """撤销了的、没听说过的地区码，都不妨碍。"""
    for region in (100000, 659002, 999999):
        assert is_valid(built(region, date(1980, 3, 1), 101))


@pytest.mark.parametrize(
    ("number", "masked"),
    {RIGHT: "6529**********1018", "12345678901": "12*********", "12": "12", "1": "1", "": "", "张三": "张三"}.items(),
)
def test_mask(number: str, masked: str) -> None:
    """遮住中间：认得出，用不了。"""
    assert mask(number) == masked


#: What a column may hold that is nearly a number: signs, points, exponents, other digits, other lengths.
EDGES = [
    *(RIGHT, WITH_X, WITH_X.lower(), *INVALID, RIGHT + "0", RIGHT[:17], " " + RIGHT[:17], RIGHT[:17] + " "),
    *("+" + RIGHT[1:], "-" + RIGHT[1:], RIGHT[:5] + "." + RIGHT[6:], RIGHT[:8] + "_" + RIGHT[9:], "٣" * 18, "０" * 18),
    *("000000000000000000", "999999999999999999", "1e1600000000000000", "1E16              "),
    *(built(652901, date(1900, 1, 1), 0), built(652901, date(1899, 12, 31), 0), built(0, date(1980, 3, 1), 1)),
    *(built(652901, date(2000, 2, 29), 1), built(652901, date(9999, 12, 31), 1), "652901" + "19000229" + "0010"),
]


def exponents() -> list[str]:
    """Texts that a cast to a whole number would take for seventeen digits: 652901198003010E2 and its check digit."""
    found = []
    for text, value in (("652901198003010E2", 652901198003010 * 100), ("65290119800301.E3", 65290119800301 * 1000)):
        found.append(text + check_digit(str(value)))
    return found


def in_sql(texts: list[str]) -> dict[str, tuple[bool, date | None]]:
    """What the engine says of numbers: whether valid, and the birth date of those that are."""
    with duckdb.connect() as connection:
        connection.register("t", pa.table({"number": pa.array(texts, pa.string())}))
        right = numbers.valid("number", numbers.digits("number"))
        born = numbers.birth_date(numbers.digits("number"))
        rows = connection.execute(f"SELECT number, {right}, CASE WHEN {right} THEN {born} END FROM t").fetchall()
    return {number: (valid, day) for number, valid, day in rows}


def test_sql_agrees() -> None:
    """两千个对的号码，连同各错一位、各有相邻两位写反的：引擎里的判断与逐个判断一致，出生日期也一致。"""
    dice, texts = Random(11643), set()
    for _ in range(2000):
        born = date(1890, 1, 1) + timedelta(days=dice.randrange(60_000))
        number = built(dice.randint(0, 999_999), born, dice.randint(0, 999))
        place = dice.randrange(17)
        texts.add(number)
        texts.add(number[:place] + dice.choice("0123456789X") + number[place + 1 :])
        texts.add(number[:place] + number[place + 1] + number[place] + number[place + 2 :])
    answers = in_sql(sorted(texts))
    assert 1800 < sum(valid for valid, _ in answers.values()) < 2000
    for text, (valid, born) in answers.items():
        assert valid == is_valid(text), text
        assert born == (birth_date(text) if valid else None)


@pytest.mark.parametrize("text", [*EDGES, *exponents()])
def test_sql_agrees_on_edges(text: str) -> None:
    """像号码而不是号码的写法，引擎也不会认错。"""
    spelled = spell(text)
    (valid, born) = in_sql([spelled])[spelled]
    assert valid == is_valid(spelled)
    assert born == (birth_date(spelled) if valid else None)


def test_sql_takes_null_for_invalid() -> None:
    """空白的号码不是对的号码。"""
    with duckdb.connect() as connection:
        valid = numbers.valid("number", numbers.digits("number"))
        assert connection.execute(f"SELECT {valid} FROM (SELECT NULL::VARCHAR AS number)").fetchall() == [(False,)]
