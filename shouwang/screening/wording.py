"""What words does a rule book lend to its explanations? Titles, labels, units and remarks, gathered for the readers."""

from __future__ import annotations

from typing import Any

from shouwang.policy.forms import Measure
from shouwang.terms import nodes as n
from shouwang.terms.tables import Column, Type
from shouwang.units.money import yuan
from shouwang.units.periods import quarter_words

#: The outcome of a household as a whole (contract 4).
HOUSEHOLD_OUTCOMES = {
    "met": "命中，应研判纳入",
    "suspected": "疑似，请核实",
    "special": "专项，交部门处理",
    "unknown": "资料不足，不能判断",
    "not_met": "不命中",
}
TIERS = {"severe": "较重一档", "low": "较低一档", "above": "线上", "": "不明"}
#: Remarks of a rule -> what they say and the clause that shows it.
NOTES = {
    "boundary": (
        "恰好在线上：二/一/p1 写的是“低于”，不含线本身，因此不算低于；而 一/p2 写的是“以下”，读法不同，请会议留意。",
        "一/p2",
    ),
}


def measured(measure: Measure, value: Any) -> str:
    """A figure's value as a sentence says it: `8000.00元`, `4人`, `80.85%`, `是`, 不明."""
    if value is None:
        return n.UNKNOWN_WORDS
    if measure is Measure.PEOPLE:
        return f"{value}人"
    if measure in (Measure.YUAN, Measure.PERCENT):
        return f"{yuan(value)}{measure.value}"
    if measure is Measure.TRUTH:
        return "是" if value else "否"
    return str(value) or "无"


def cell(column: Column, value: Any) -> str:
    """A stored cell as a person wrote it."""
    if column.type is Type.MONEY:
        return f"{yuan(value)}元"
    if column.type is Type.QUARTER:
        return quarter_words(value)
    if column.type is Type.YES_NO:
        return "是" if value else "否"
    shown = (written for written, stored in column.choices.items() if stored == value)
    return next(shown, str(value))
