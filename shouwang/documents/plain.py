"""The reasons of a screening in plain words for the family it is about: figures, no terms of art.

One sentence a rule, over the figures the finding was made of and the parameters of the day. A rule without a plain sentence,
or a finding that lacks a figure, is told in the policy's own sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Formatter
from typing import Any

from shouwang.documents.dossier import Finding
from shouwang.documents.words import minus, money, people_count

#: `:元` is an amount in fen, `:亏` an amount below nothing, said without its sign, `:人` a number of people, nothing a text.
#: Where a rule has several sentences, the first whose amounts fit is said: nobody is told of "minus 6861.75 yuan a head".
PLAIN: Mapping[str, str | tuple[str, ...]] = {
    "income_below_line": (
        "{window}，您家挣的钱去掉种地、养殖和做买卖的本钱，一共是{net_income:元}。一起过日子的有{heads:人}，"
        "平均每人{net_income_per_head:元}，低于每人{monitoring_line:元}的标准。",
        "{window}，您家挣的钱抵不上种地、养殖和做买卖的本钱，一共亏了{net_income:亏}。一起过日子的有{heads:人}，"
        "平均每人亏{net_income_per_head:亏}，低于每人{monitoring_line:元}的标准。",
    ),
    "rigid_spending_exceeds_income": (
        "{window}，您家看病、上学、受灾这些省不下来的开支一共是{rigid:元}，和家里{base_income:元}的收入比，负担太重。",
        "{window}，您家看病、上学、受灾这些省不下来的开支一共是{rigid:元}；家里原来就没有挣到钱，还亏了{base_income:亏}，负担太重。",
    ),
    "income_dropped": (
        "{year_before}，您家平均每人收入{per_head_year_before:元}；{window}，平均每人只有{net_income_per_head:元}，少了很多。",
        "{year_before}，您家平均每人收入{per_head_year_before:元}；{window}，本钱没有收回来，平均每人亏了{net_income_per_head:亏}。",
    ),
    "income_after_medical_below_line": (
        "您家的收入减去看病的开支，只剩{income_after_medical:元}。一起过日子的有{heads:人}，"
        "平均到每个人，低于每人{monitoring_line:元}的标准。",
        "您家的收入不够看病的开支，还差{income_after_medical:亏}。一起过日子的有{heads:人}，"
        "平均到每个人，低于每人{monitoring_line:元}的标准。",
    ),
    "medical_burden": "{window}，您家看病的钱报销以后，自己还要出{after_insurance:元}，负担重。",
    "medical_aid_not_received": "{window}，您家看病自己出了{after_insurance:元}，还没有得到医疗救助。",
    "child_out_of_school": "您家有{children_out_of_school:人}应该上小学或初中，现在没有上学。",
    "tuition_burden": "您家有{higher_students:人}上高中或大学，{window}上学花了{rigid_education:元}，负担重。",
    "member_uninsured": "您家有{members_uninsured:人}今年没有参加医疗保险。",
    "dwelling_unsafe": "您家的房子鉴定为{dwelling_grade}级，住着不安全。",
    "water_unsafe": "您家喝的水不安全。",
}


#: What a clue says that no rule stands behind: who told us, not their words.
TOLD_BY = {
    "department": "有关部门向我们反映了您家的情况。",
    "event": "干部走访时了解到您家有困难。",
    "self": "您家向我们反映了困难。",
}
_QUARTERS = re.compile(r"(\d{4})年第(\d)季度至(\d{4})年第(\d)季度")


_SIGNS = frozenset({"元", "亏"})


def _loss(fen: int) -> str:
    return money(-fen)


class _Words(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        if value in (None, "") or (format_spec in _SIGNS and (value < 0) != (format_spec == "亏")):
            raise KeyError(format_spec)
        return {"元": money, "亏": _loss, "人": people_count}.get(format_spec, str)(value)


def plain(found: Finding, parameters: Mapping[str, int]) -> str:
    """One reason as one would say it at the door."""
    if found.source in TOLD_BY:
        return TOLD_BY[found.source]
    sayings = PLAIN.get(found.rule, ())
    known = {**parameters, **found.figures}
    ways = (_said(saying, known) for saying in ((sayings,) if isinstance(sayings, str) else sayings))
    told = next((way for way in ways if way), minus(found.sentence))
    return _QUARTERS.sub(_months, told)


def _said(saying: str, known: Mapping[str, Any]) -> str:
    """A sentence with its figures; empty where one is missing or does not fit."""
    try:
        return _Words().vformat(saying, (), known)
    except KeyError:
        return ""


def _months(found: re.Match[str]) -> str:
    """`2019年4月到2020年3月` for `2019年第2季度至2020年第1季度`."""
    first, last = int(found[2]) * 3 - 2, int(found[4]) * 3
    return f"{found[1]}年{first}月到{found[3]}年{last}月"
