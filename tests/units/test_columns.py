"""Does the engine read a plainly spelled cell as the reference reader does? Where SQL gives a value, it is that value."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shouwang.sources import columns as sql
from shouwang.sources.cells import read_cell
from shouwang.terms.tables import BY_NAME, Column, Type
from shouwang.units.money import LARGEST_FEN, fen_of_float
from tests.units import test_identity, test_money, test_periods

MONEY = BY_NAME["ledger"].column("amount")
DATE = BY_NAME["events"].column("occurred_on")
QUARTER = BY_NAME["ledger"].column("quarter")
YEAR = BY_NAME["insurance"].column("year")
YES_NO = BY_NAME["members"].column("shares_budget")
KIND = BY_NAME["ledger"].column("kind")
GRADE = BY_NAME["households"].column("dwelling_grade")
NUMBER = BY_NAME["members"].column("id_number")
NAME = BY_NAME["members"].column("name")
SCHOOLING = BY_NAME["members"].column("schooling")
DICE = Random(2)

NAMES = [
    *(
        "张三",
        "买买提·吐尔逊",
        "Li Si",
        "７Ｔ",
        " 张三",
        "张三 ",
        "张  三",
        "ﬁ",
        "㊣",
        "①",
        "a\tb",
        "张、三",
        "。",
        "",
        " ",
    ),
    *(
        "·",
        "O'Brien",
        "张\u200b三",
        "Ａ",
        "é",
        "e\u0301",
        "\ufeff张三",
        "𠮷田",
        "カ",
        "ｶ",
        "ー",
        "一\u3000连",
        "~",
        "x" * 300,
    ),
]
YEARS = ["2020", "2020年", "0999", "99", "20200", "２０２０", " 2020", "2020.0", "-2020", "", "1000", "9999"]
TRUTHS = ["是", "否", "true", "false", "TRUE", "False", "1", "0", "对", "", " 是", "yes", "２", "1.0", "是 "]
#: Column and the spellings a text file may hold: those of contract 2, near misses, and what nobody should read.
SPELLINGS: dict[str, tuple[Column, list[str]]] = {
    "money": (
        MONEY,
        [*test_money.READ, *test_money.REFUSED, "１２.5", " 5", "5 ", "999999999.99", "0000000001", "-0.00"],
    ),
    "date": (
        DATE,
        [*test_periods.DATES, *test_periods.NOT_DATES, "9999-12-31", "1000-01-01", "0999-01-01", " 2020-05-14"],
    ),
    "quarter": (QUARTER, [*test_periods.QUARTERS, *test_periods.NOT_QUARTERS, "1979Q4", "1980Q1", "2079Q4", "2080Q1"]),
    "year": (YEAR, YEARS),
    "yes_no": (YES_NO, TRUTHS),
    "kind": (KIND, [*KIND.choices, "工资", "工资性收入 ", "WAGE_INCOME", "", "Wage_income"]),
    "grade": (GRADE, ["A", "B", "C", "D", "a", "Ｄ", "E", "AB", "", "A级"]),
    "id_number": (NUMBER, [*test_identity.EDGES, *test_identity.exponents(), test_identity.RIGHT + "12"]),
    "name": (NAME, NAMES),
    "schooling": (SCHOOLING, [*SCHOOLING.usual, "小学 ", "Ａ", "大学", ""]),
}


def in_engine(column: Column, values: Iterable[Any], arrow: pa.DataType, cast: str = "") -> list[tuple[Any, Any, str]]:
    """What the engine makes of cells: the cell, its plain reading, and the text the reference reader would be given."""
    table = pa.table({"cell": pa.array(list(values), arrow)})
    with duckdb.connect() as connection:
        connection.register("given", table)
        if cast:
            connection.execute(f"CREATE TABLE cells AS SELECT CAST(cell AS {cast}) AS cell FROM given")
        else:
            connection.execute("CREATE TABLE cells AS SELECT * FROM given")
        kind = connection.execute("SELECT column_type FROM (DESCRIBE cells)").fetchall()[0][0]
        plain, text = sql.plain(column, "cell", kind), sql.as_text("cell", kind)
        stored = f"CAST({plain} AS {sql.STORED[column.type]})"
        return connection.execute(f"SELECT cell, {stored}, {text} FROM cells").fetchall()


def agreeing(column: Column, cells: list[tuple[Any, Any, str]]) -> int:
    """How many cells the engine read; each must be what the reference reader says."""
    read = 0
    for cell, plain, text in cells:
        if plain is not None:
            reading = read_cell(column, text)
            assert not reading.failed, f"{cell!r}: SQL reads {plain!r}, the reference refuses: {reading.reason}"
            assert (plain, type(plain)) == (reading.value, type(reading.value)), repr(cell)
            read += 1
    return read


@pytest.mark.parametrize("name", SPELLINGS)
def test_text_cells(name: str) -> None:
    """文本格：引擎读得出的，与逐格读法完全相同；读不出的留给逐格读法，不会另有读法。"""
    column, spellings = SPELLINGS[name]
    cells = in_engine(column, spellings, pa.string())
    assert [cell for cell, _, _ in cells] == [text for _, _, text in cells]
    assert agreeing(column, cells) >= 3


#: The spellings that nearly every cell has: the engine must read them itself, or every row goes to the slow path.
ORDINARY: dict[str, list[str]] = {
    "money": ["0", "12345.6", "12345.60", "-3000", "999999999.99"],
    "date": ["2020-05-14", "2020-02-29"],
    "quarter": ["2020Q1", "1999Q4"],
    "year": ["2020"],
    "yes_no": ["是", "否", "true", "0"],
    "kind": ["工资性收入", "wage_income"],
    "grade": ["A", "D"],
    "id_number": [test_identity.RIGHT, test_identity.WITH_X],
    "name": ["张三", "买买提·吐尔逊", "Li Si"],
    "schooling": ["小学", "非在校生"],
}


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_cells_are_read_by_the_engine(name: str) -> None:
    """最平常的写法引擎自己读得出来。"""
    cells = in_engine(SPELLINGS[name][0], ORDINARY[name], pa.string())
    assert [cell for cell, plain, _ in cells if plain is None] == []


def test_random_money_text() -> None:
    """两千个随意拼成的金额文字。"""
    texts = ["".join(DICE.choices("0123456789.,-+万 eE", k=DICE.randint(1, 13))) for _ in range(1000)]
    texts += [f"{DICE.uniform(-1e9, 1e9):.{DICE.randint(0, 4)}f}" for _ in range(1000)]
    assert agreeing(MONEY, in_engine(MONEY, texts, pa.string())) > 300


def test_random_dates_text() -> None:
    """两千个像日期的文字，不存在的日子也在内。"""
    texts = [f"{DICE.randint(1890, 2100)}-{DICE.randint(0, 13):02d}-{DICE.randint(0, 32):02d}" for _ in range(2000)]
    assert agreeing(DATE, in_engine(DATE, texts, pa.string())) > 1500


DOUBLES = [
    *(
        0.0,
        -0.0,
        0.1,
        0.01,
        0.1 + 0.2,
        1.005,
        0.005,
        1 / 3,
        12345.6,
        1e9,
        1e9 + 0.01,
        -1e9,
        1e15,
        1e300,
        -1e300,
        5e-324,
    ),
    *(
        0.29,
        0.57,
        0.58,
        1.1,
        2.675,
        1234567.89,
        99999999.99,
        999999999.99,
        4503599627370497.5,
        math.inf,
        -math.inf,
        math.nan,
    ),
    *(DICE.randint(-LARGEST_FEN, LARGEST_FEN) / 100 for _ in range(2000)),
    *(DICE.uniform(-1e6, 1e6) for _ in range(500)),
    *(math.nextafter(DICE.randint(0, 10**8) / 100, math.inf) for _ in range(500)),
]


def test_double_cells_of_money() -> None:
    """二进制小数的格子：引擎读得出的，恰是能表示它的最短十进制的分；两千个整分的金额全都读得出。"""
    cells = in_engine(MONEY, DOUBLES, pa.float64())
    read = {repr(cell): plain for cell, plain, _ in cells if plain is not None}
    for cell, plain, _ in cells:
        if plain is not None:
            assert plain == fen_of_float(cell).value, repr(cell)
    whole = [number for number in DOUBLES if not fen_of_float(number).failed]
    assert len(whole) > 2000
    assert all(repr(number) in read for number in whole)


def test_double_cells_as_text() -> None:
    """二进制小数的格子写成文字后，逐格读法与按最短十进制读的结果一致（科学计数法的不读）。"""
    for cell, _, text in in_engine(MONEY, DOUBLES, pa.float64()):
        reading, exact = read_cell(MONEY, text), fen_of_float(cell)
        if not reading.failed:
            assert reading.value == exact.value, repr(cell)


def test_doubles_beside_one_that_is_no_number(tmp_path: Path) -> None:
    """Parquet 的统计不含“非数”（NaN）：这一格读不出，旁边的照读，不会出错。"""
    cells, path = [3000.0, math.nan, 12.5], tmp_path / "doubles.parquet"
    pq.write_table(pa.table({"cell": cells}), path)
    plain, text = sql.plain(MONEY, "cell", "DOUBLE"), sql.as_text("cell", "DOUBLE")
    read = duckdb.sql(f"SELECT {plain}, {text} FROM read_parquet({sql.quoted(str(path))})").fetchall()
    assert [fen for fen, _ in read] == [300_000, None, 1_250]
    assert read_cell(MONEY, read[1][1]).reason == "金额不是数字"


@pytest.mark.parametrize("scale", [(12, 2), (18, 4), (10, 0), (18, 6), (20, 8), (38, 10), (38, 25)])
def test_decimal_cells_of_money(scale: tuple[int, int]) -> None:
    """十进制小数的格子：末尾的零不算小数，超过两位的不读。"""
    step = Decimal(1).scaleb(-scale[1])
    values = [Decimal(DICE.randint(-(10**10), 10**10)) * step for _ in range(500)]
    values += [Decimal("12.5").quantize(step), Decimal(0).quantize(step), Decimal("-1").quantize(step)]
    values += [Decimal("12.5").quantize(step) + step, Decimal((0, (9,) * scale[0], -scale[1]))]
    assert agreeing(MONEY, in_engine(MONEY, values, pa.decimal128(*scale))) >= 3


@pytest.mark.parametrize("arrow", [pa.int16(), pa.int32(), pa.int64(), pa.uint32()], ids=str)
def test_integer_cells(arrow: pa.DataType) -> None:
    """整数的格子：金额、年度、是否、身份证号，读得出的与逐格读法相同。"""
    small = [*range(0, 12), 999, 1000, 1999, 2020, 9999, 10000, 32767]
    large = [20200514, 43965, 1_000_000_000, 1_000_000_001, 652901198003011018, 9 * 10**18, 2**63 - 1, -(2**63)]
    values = small + (large if arrow == pa.int64() else [])
    for column, least in (
        (MONEY, 10),
        (YEAR, 3),
        (YES_NO, 2),
        (NAME, 3),
        (NUMBER, 0),
        (DATE, 0),
        (QUARTER, 0),
        (KIND, 0),
    ):
        assert agreeing(column, in_engine(column, values, arrow)) >= least, column.name


def test_date_and_time_cells() -> None:
    """真正的日期、时间格子：取日期；日期格子不会被当成别的。"""
    days = [date(2020, 5, 14), date(2020, 2, 29), date(1900, 1, 1), date(2098, 12, 31)]
    assert agreeing(DATE, in_engine(DATE, days, pa.date32())) == len(days)
    times = [datetime(2020, 5, 14, 23, 59), datetime(2020, 1, 1)]
    assert agreeing(DATE, in_engine(DATE, times, pa.timestamp("us"))) == len(times)
    for column in (MONEY, YEAR, QUARTER, KIND, YES_NO, NUMBER):
        assert agreeing(column, in_engine(column, days, pa.date32())) == 0, column.name


@pytest.mark.parametrize("machine", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_an_instant_is_of_the_day_in_beijing(machine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """带时区的时间是一个时刻：取北京时间的那一天，与机器设在哪个时区无关。"""
    monkeypatch.setenv("TZ", machine)
    time.tzset()
    try:
        kind = "TIMESTAMP WITH TIME ZONE"
        plain, text = sql.plain(DATE, "cell", kind), sql.as_text("cell", kind)
        given = "(VALUES (TIMESTAMPTZ '2019-04-01 00:00:00+08'), (TIMESTAMPTZ '2019-04-01 12:00:00+00')) t(cell)"
        assert duckdb.sql(f"SELECT {plain}, {text} FROM {given}").fetchall() == [(date(2019, 4, 1), "2019-04-01")] * 2
    finally:
        monkeypatch.undo()
        time.tzset()


def test_truth_cells() -> None:
    """真假的格子：只对“是/否”的列有意义。"""
    assert agreeing(YES_NO, in_engine(YES_NO, [True, False], pa.bool_())) == 2
    for column in (MONEY, DATE, QUARTER, YEAR, KIND, NUMBER):
        assert agreeing(column, in_engine(column, [True, False], pa.bool_())) == 0, column.name


@pytest.mark.parametrize("kind", ["VARCHAR", "DOUBLE", "BIGINT", "BOOLEAN", "DATE", "TIMESTAMP", "DECIMAL(12,2)"])
def test_empty_cells_are_never_read(kind: str) -> None:
    """空格子读不出任何东西：空白是不明，不是零，不是否。"""
    for column in (MONEY, DATE, QUARTER, YEAR, YES_NO, KIND, NUMBER, NAME, SCHOOLING):
        assert [plain for _, plain, _ in in_engine(column, [None], pa.string(), cast=kind)] == [None], column.name


def test_columns_shown_only_are_plain_text() -> None:
    """只供人看的列照原样，去首尾空格；平常的写法与逐格读法相同。"""
    note = BY_NAME["events"].column("note")
    assert note.shown_only
    assert agreeing(note, in_engine(note, ["住院", " 轧花厂停产 ", "a b", "7T-01"], pa.string())) == 4


def test_every_type_has_both_readers() -> None:
    """每种类型都有逐格读法和引擎读法，没有多也没有少。"""
    by_type = {column.type for column, _ in SPELLINGS.values()}
    assert by_type == set(Type) == set(sql.STORED)


@pytest.mark.parametrize("table", BY_NAME.values(), ids=lambda table: table.name)
def test_blank_cells(table: Any) -> None:
    """空白格：必填的退回并说怎么办；有默认值的取默认值；其余是不明。"""
    for column in table.columns:
        for blank in (None, "", "  ", "　"):
            reading = read_cell(column, blank)
            assert reading.failed == column.required
            assert reading.value == (None if column.required else column.default)
            assert reading.advice or not column.required


@pytest.mark.parametrize(
    "raw",
    [
        "65290119800301101x",
        " 652901198003011018",
        "6529 0119 8003 0110 18",
        "'652901198003011018",
        "'\"`652901198003011018",
        "65290119800301101843",
        "65290119800301101X4312",
        "652901198003011",
        "６５２９０１１９８００３０１１０１８",
        "6.52901E+17",
        "65290119800301101'8",
        "652901198003011018 \t",
        "\u2018652901198003011018",
    ],
)
def test_a_number_the_engine_cleans_is_the_one_the_reference_spells(raw: str) -> None:
    column = BY_NAME["members"].column("id_number")
    expression = sql.plain(column, "r.x", "VARCHAR")
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE r AS SELECT ?::VARCHAR AS x", [raw])
        row = connection.execute(f"SELECT {expression} FROM r").fetchone()
    assert row is not None
    assert row[0] in (None, read_cell(column, raw).value)
