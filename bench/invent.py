"""Invents a population in numpy, chunk by chunk: plausible, somewhat dirty, the same for the same seed.

Only speed and shape matter here; `shouwang.demo` is the made-up regiment that people look at. Every random stream is
keyed by seed, purpose and chunk, so the ledger can be written in time order without keeping the households in memory.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Ints = np.ndarray
#: Households a chunk.
CHUNK = 25_000
UNITS = (
    [f"{number}连" for number in "一二三四五六七八九"]
    + [f"十{number}连" for number in "一二三四五六七八九"]
    + ["团部社区"]
)
#: 2018Q2 to 2020Q1: the window and the year before it on 2020-05-20.
QUARTERS = ["2018Q2", "2018Q3", "2018Q4", "2019Q1", "2019Q2", "2019Q3", "2019Q4", "2020Q1"]
#: Kind: share of households with such a line in a quarter, and its usual amount in yuan. Three lines on average.
KINDS = {
    "工资性收入": (0.80, 8200),
    "生产经营性收入": (0.45, 5200),
    "财产性收入": (0.06, 900),
    "转移性收入": (0.85, 1100),
    "生产经营性支出": (0.42, 1900),
    "理赔收入": (0.02, 3000),
    "医疗刚性支出": (0.16, 1500),
    "教育刚性支出": (0.14, 1300),
    "灾害刚性支出": (0.01, 4000),
    "其他刚性支出": (0.09, 800),
}
_SURNAMES = list("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎")
_GIVEN = list("伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲红玉建国华东海波宁凤春梅云龙新民志鹏飞雪琴福生")
_UYGHUR = "阿不都 买买提 艾力 吐尔逊 古丽 阿依古丽 热合曼 玉素甫 库尔班 帕提古丽 艾合买提 亚森 木拉提 依明 努尔 沙吾提".split()
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = np.array(list("10X98765432"))
_REGIONS, _SLOTS_A_YEAR = 60, 60 * 365 * 999
_SPREAD = 7_368_787  # prime, so that neighbours do not have neighbouring numbers
MOST_A_HOUSE = 7


@dataclass(frozen=True)
class Houses:
    """The households of one chunk."""

    first: int
    ids: pa.Array
    unit: Ints
    size: Ints
    wealth: np.ndarray
    shock: np.ndarray
    gap: Ints  # the quarter without any line, or -1


def stream(seed: int, purpose: int, *place: int) -> np.random.Generator:
    """A random stream of its own for every purpose and chunk."""
    return np.random.default_rng([seed, purpose, *place])


def houses(seed: int, chunk: int, count: int) -> Houses:
    """The households of a chunk. Cheap, and the same whenever asked."""
    dice = stream(seed, 1, chunk)
    first = chunk * CHUNK
    unit = dice.integers(0, len(UNITS), count)
    ids = pa.array([f"7T{u:02d}-{first + i:07d}" for i, u in enumerate(unit.tolist())])
    gap = np.where(dice.random(count) < 0.03, dice.integers(0, len(QUARTERS), count), -1)
    return Houses(
        *(first, ids, unit),
        size=dice.choice(np.arange(1, MOST_A_HOUSE + 1), count, p=[0.13, 0.24, 0.28, 0.2, 0.1, 0.03, 0.02]),
        wealth=dice.lognormal(0.25, 0.55, count),
        shock=np.where(dice.random(count) < 0.05, dice.uniform(0.2, 0.7, count), 1.0),
        gap=gap,
    )


def household_rows(seed: int, chunk: int, these: Houses) -> pa.Table:
    """households.parquet."""
    dice, count = stream(seed, 2, chunk), len(these.ids)
    water = pa.array(dice.random(count) < 0.985, mask=dice.random(count) < 0.02)
    grade = pa.array(
        np.array(list("ABCD"))[dice.choice(4, count, p=[0.6, 0.36, 0.03, 0.01])], mask=dice.random(count) < 0.02
    )
    return pa.table(
        {"户编号": these.ids, "连队": pa.array(UNITS).take(pa.array(these.unit)), "住房等级": grade, "饮水安全": water}
    )


def ledger_rows(seed: int, chunk: int, these: Houses, quarter: int) -> pa.Table:
    """ledger.parquet: the lines of one quarter, household by household."""
    dice, count = stream(seed, 3, chunk, quarter), len(these.ids)
    owners, kinds, amounts = [], [], []
    for kind, (share, usual) in enumerate(KINDS.values()):
        owner = np.flatnonzero((dice.random(count) < share) & (these.gap != quarter))
        fall = these.shock[owner] if quarter >= 4 and kind < 4 else 1.0
        owners.append(owner)
        kinds.append(np.full(len(owner), kind))
        amounts.append(
            usual * these.wealth[owner] ** (1.0 if kind < 5 else 0.3) * dice.lognormal(0, 0.5, len(owner)) * fall
        )
    owner, kind = np.concatenate(owners), np.concatenate(kinds)
    fen = np.rint(np.concatenate(amounts) * 100)
    fen = np.where(dice.random(len(fen)) < 0.5, np.rint(fen / 1000) * 1000, fen)
    fen = np.where(dice.random(len(fen)) < 0.003, -fen, fen)
    money = np.where(dice.random(len(fen)) < 0.00003, fen / 100 + 0.001, fen / 100)
    order = np.argsort(owner, kind="stable")
    text = np.full(len(fen), quarter)
    house = these.ids.take(pa.array(owner[order]))
    house = pc.if_else(pa.array(dice.random(len(fen)) < 0.00003), pc.binary_join_element_wise(house, "9", ""), house)
    return pa.table(
        {
            "户编号": house,
            "季度": pa.array(QUARTERS).take(pa.array(text)),
            "类别": pa.array(list(KINDS)).take(pa.array(kind[order])),
            "金额": pa.array(money[order]),
            "一次性": pa.array(dice.random(len(fen)) < 0.01),
            "来源": pa.array(["走访", "部门"]).take(pa.array(dice.integers(0, 2, len(fen)))),
        }
    )


def event_rows(seed: int, chunk: int, these: Houses) -> pa.Table:
    """events.parquet: one household in ten."""
    dice = stream(seed, 4, chunk)
    owner = np.flatnonzero(dice.random(len(these.ids)) < 0.1)
    causes = ["因病", "因残", "因学", "因灾", "因意外", "失业", "其他"]
    days = np.datetime64("2018-06-01") + dice.integers(0, 720, len(owner))
    return pa.table(
        {
            "户编号": these.ids.take(pa.array(owner)),
            "发生日期": pa.array(days),
            "事由": pa.array(causes).take(pa.array(dice.integers(0, len(causes), len(owner)))),
        }
    )


@dataclass(frozen=True)
class People:
    """The members of one chunk: who they really are, before anybody writes it down."""

    house: pa.Array
    member_id: pa.Array
    name: pa.Array
    number: pa.Array
    born: np.ndarray
    age: Ints
    head: np.ndarray


def people(seed: int, chunk: int, these: Houses) -> People:
    """The members of a chunk, with numbers nobody else has."""
    dice = stream(seed, 5, chunk)
    owner = np.repeat(np.arange(len(these.ids)), these.size)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(these.size) - these.size, these.size)
    young = dice.random(len(owner)) < 0.6
    age = np.where(
        place < 2,
        dice.integers(24, 80, len(owner)),
        np.where(young, dice.integers(0, 24, len(owner)), dice.integers(24, 88, len(owner))),
    )
    index = (these.first + owner).astype(np.int64) * MOST_A_HOUSE + place
    slot = index * _SPREAD % _SLOTS_A_YEAR
    region, day, serial = slot % _REGIONS, slot // _REGIONS % 365, slot // (_REGIONS * 365)
    january = (np.datetime64("2020-01-01", "Y") - age.astype("timedelta64[Y]")).astype("datetime64[D]")
    born = january + day.astype("timedelta64[D]")
    house = these.ids.take(pa.array(owner))
    member = pc.binary_join_element_wise(house, pa.array(place + 1).cast(pa.string()), "-")
    return People(house, member, _names(dice, len(owner)), _numbers(region, born, serial), born, age, place == 0)


def _names(dice: np.random.Generator, count: int) -> pa.Array:
    """Names as unevenly spread as real ones: a few are very common."""
    surname, one, two = (_skewed(dice, pool, count) for pool in (_SURNAMES, _GIVEN, [*_GIVEN, ""]))
    first, father = (_skewed(dice, [f"{a}{b}" for a in _UYGHUR for b in ["", *_GIVEN[:12]]], count) for _ in "12")
    chinese = pc.binary_join_element_wise(surname, one, two, "")
    return pc.if_else(pa.array(dice.random(count) < 0.35), pc.binary_join_element_wise(first, father, "·"), chinese)


def _skewed(dice: np.random.Generator, pool: list[str], count: int) -> pa.Array:
    weights = 1 / (np.arange(len(pool)) + 4.0)
    return pa.array(pool).take(pa.array(dice.choice(len(pool), count, p=weights / weights.sum())))


def _numbers(region: Ints, born: np.ndarray, serial: Ints) -> pa.Array:
    stamp = _stamp(born)
    digits = (652901 + region) * 10**11 + stamp * 1000 + serial
    total = sum((digits // 10 ** (16 - at)) % 10 * weight for at, weight in enumerate(_WEIGHTS))
    return pc.binary_join_element_wise(pa.array(digits).cast(pa.string()), pa.array(_CHECK[total % 11]), "")


def _stamp(days: np.ndarray) -> Ints:
    """Days as whole numbers, 19800301."""
    year = days.astype("datetime64[Y]").astype(np.int64) + 1970
    month = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day = (days - days.astype("datetime64[M]")).astype(np.int64) + 1
    return year * 10_000 + month * 100 + day


def lit(mask: np.ndarray, text: pa.Array, otherwise: pa.Array) -> pa.Array:
    """Choose by mask."""
    return pc.if_else(pa.array(mask), text, otherwise)
