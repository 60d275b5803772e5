"""How offices write down the invented people: members.parquet, and one departmental row a member, some of them dirty."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.invent import People, lit, stream

_ADULT = ["户主", "配偶", "之子", "之女", "之父", "之母"]
_STAGES = ["小学", "七年级", "八年级", "九年级"]
_HIGHER = ["普通高中一年级", "中职二年级", "高职高专一年级", "本科二年级"]
_NOTHING = pa.scalar(None, pa.string())


def member_rows(seed: int, chunk: int, these: People) -> pa.Table:
    """members.parquet: 1.5 % without a number, 1 % with a wrong one, a few numbers written down for two people."""
    dice, count = stream(seed, 6, chunk), len(these.age)
    mood = dice.random(count)
    number = lit(mood < 0.015, _NOTHING, these.number)
    number = lit((mood >= 0.015) & (mood < 0.025), wrong_digit(these.number), number)
    number = lit((mood >= 0.025) & (mood < 0.03), pc.utf8_lower(these.number), number)
    before = pc.take(these.number, pa.array(np.maximum(np.arange(count) - 1, 0)))
    number = lit((mood >= 0.03) & (mood < 0.0302), before, number)
    blank_birth = dice.random(count) < 0.3
    return pa.table(
        {
            "户编号": these.house,
            "人员编号": these.member_id,
            "姓名": these.name,
            "身份证号": number,
            "与户主关系": lit(
                these.head, pa.scalar("户主"), pa.array(_ADULT).take(pa.array(dice.integers(1, 6, count)))
            ),
            "出生日期": pa.array(these.born, mask=blank_birth),
            "户籍在本团": pa.array(dice.random(count) < 0.9),
            "常住": pa.array(dice.random(count) < 0.9),
            "共同生活": pa.array(dice.random(count) < 0.96, mask=dice.random(count) < 0.05),
            "加入日期": _days(dice, count, 0.03, "2017-01-01", 1200),
            "离开日期": _days(dice, count, 0.03, "2017-01-01", 1400),
            "健康状况": pa.array(["健康", "长期慢性病", "患有大病", "残疾"]).take(
                pa.array(dice.choice(4, count, p=[0.85, 0.1, 0.02, 0.03]))
            ),
            "劳动技能": lit(these.age > 16, pa.scalar("普通劳动力"), pa.scalar("无劳动力")),
            "务工意愿": pa.array(dice.random(count) < 0.7),
            "能否外出": pa.array(dice.random(count) < 0.5),
            "在校生状况": _schooling(dice, these),
            "医疗保险": pa.array(
                np.array(["居民", "职工", "未参保"])[dice.choice(3, count, p=[0.72, 0.26, 0.02])],
                mask=dice.random(count) < 0.02,
            ),
        }
    )


def _schooling(dice: np.random.Generator, these: People) -> pa.Array:
    count, age = len(these.age), these.age
    stage = pa.array(_STAGES).take(pa.array(np.clip(age - 10, 0, 3)))
    higher = pa.array(_HIGHER).take(pa.array(dice.integers(0, 4, count)))
    at_school = lit((age >= 16) & (age < 22) & (dice.random(count) < 0.6), higher, pa.scalar("非在校生"))
    at_school = lit((age >= 6) & (age <= 15), stage, at_school)
    return lit(dice.random(count) < 0.03, _NOTHING, at_school)


def _days(dice: np.random.Generator, count: int, share: float, first: str, spread: int) -> pa.Array:
    days = np.datetime64(first) + dice.integers(0, spread, count)
    return pa.array(days, mask=dice.random(count) >= share)


def wrong_digit(number: pa.Array) -> pa.Array:
    """Numbers whose last place is mistyped."""
    end = pc.utf8_slice_codeunits(number, 17, 18)
    other = pc.if_else(pc.equal(end, "1"), "2", "1")
    return pc.binary_join_element_wise(pc.utf8_slice_codeunits(number, 0, 17), other, "")


def department_rows(seed: int, chunk: int, these: People) -> dict[str, pa.Table]:
    """One row a member: school children mostly in `school`, others in `medical` or `insurance`; 0.3 % sent twice."""
    dice, count = stream(seed, 7, chunk), len(these.age)
    pick = dice.random(count)
    school = (these.age >= 6) & (these.age <= 22) & (pick < 0.8)
    medical = ~school & (pick < 0.25)
    chosen = {"school": school, "medical": medical, "insurance": ~school & ~medical}
    person = _written(dice, these)
    tables = {}
    for name, mask in chosen.items():
        rows = np.flatnonzero(mask)
        rows = np.sort(np.concatenate([rows, dice.choice(rows, len(rows) // 300)]))
        # A person's row is made before rows are repeated, so that repeats are equal in every column.
        own = _OWN[name](stream(seed, 8, chunk), count)
        tables[name] = pa.table(person | own).take(pa.array(rows))
    return tables


def _written(dice: np.random.Generator, these: People) -> dict[str, pa.Array]:
    """About 5 % of numbers are not spelled as they should be."""
    count = len(these.age)
    mood = dice.random(count)

    def between(low: float, high: float) -> np.ndarray:
        return (mood >= low) & (mood < high)

    number = these.number
    spaced = pc.binary_join_element_wise(
        *(pc.utf8_slice_codeunits(number, a, b) for a, b in ((0, 6), (6, 14), (14, 18))), " "
    )
    disability = pc.binary_join_element_wise(number, "43", "")
    wrong, lower = wrong_digit(number), pc.utf8_lower(number)
    stranger = wrong_digit_shifted(number)
    number = lit(between(0, 0.012), _NOTHING, number)
    number = lit(between(0.012, 0.022), wrong, number)
    number = lit(between(0.022, 0.032), spaced, number)
    number = lit(between(0.032, 0.035), pc.binary_join_element_wise("'", these.number, ""), number)
    number = lit(between(0.035, 0.036), disability, number)
    number = lit(between(0.036, 0.186), lower, number)  # one number in eleven ends in X: 1.4 %
    number = lit(between(0.186, 0.191), stranger, number)
    birth_known = (mood < 0.02) | (dice.random(count) < 0.3)
    return {"身份证号": number, "姓名": these.name, "出生日期": pa.array(these.born, mask=~birth_known)}


def wrong_digit_shifted(number: pa.Array) -> pa.Array:
    """Right numbers of people who live elsewhere: region 65 becomes 54, and the check digit with it is made anew."""
    digits = pc.utf8_slice_codeunits(number, 0, 17).cast(pa.int64()).to_numpy() - 11 * 10**15
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum((digits // 10 ** (16 - at)) % 10 * weight for at, weight in enumerate(weights))
    check = np.array(list("10X98765432"))[total % 11]
    return pc.binary_join_element_wise(pa.array(digits).cast(pa.string()), pa.array(check), "")


def _medical(dice: np.random.Generator, count: int) -> dict[str, pa.Array]:
    total = np.rint(dice.lognormal(7.6, 1.5, count) * 100)
    basic = np.rint(total * dice.uniform(0.3, 0.7, count))
    more = np.where(dice.random(count) < 0.2, np.rint((total - basic) * 0.3), 0)
    aid = np.where(dice.random(count) < 0.15, np.rint((total - basic - more) * 0.3), 0)
    days = np.datetime64("2018-06-01") + dice.integers(0, 700, count)
    return {
        "结算日期": pa.array(days),
        "总费用": pa.array(total / 100),
        "基本医保支付": pa.array(basic / 100),
        "大病保险支付": pa.array(more / 100, mask=more == 0),
        "医疗救助支付": pa.array(aid / 100, mask=aid == 0),
        "个人自付": pa.array((total - basic - more - aid) / 100),
    }


def _school(dice: np.random.Generator, count: int) -> dict[str, pa.Array]:
    status = pa.array(["在读", "休学", "辍学", "毕业"]).take(
        pa.array(dice.choice(4, count, p=[0.95, 0.01, 0.01, 0.03]))
    )
    days = np.array(["2019-09-01", "2020-03-01", "2020-06-01"], "datetime64[D]")[
        dice.choice(3, count, p=[0.4, 0.5, 0.1])
    ]
    return {"学籍状态": status, "年级": pa.array(["某年级"] * count), "截至日期": pa.array(days)}


def _insurance(dice: np.random.Generator, count: int) -> dict[str, pa.Array]:
    status = pa.array(["参保", "停保", "未参保"]).take(pa.array(dice.choice(3, count, p=[0.97, 0.01, 0.02])))
    year = pa.array(np.where(dice.random(count) < 0.85, 2020, 2019), pa.int32())
    return {"年度": year, "参保状态": status}


_OWN = {"medical": _medical, "school": _school, "insurance": _insurance}
