"""Net income over four quarters, per head, and what it is compared with (二/一, 二/四/3; contract 3 and 4)."""

from __future__ import annotations

from shouwang.policy.forms import Measure, figure
from shouwang.policy.qituan_2020.indicators.facts import counted, ledger, members, p, present
from shouwang.terms.build import Term, choose
from shouwang.terms.context import (
    LAST_YEAR,
    LAST_YEAR_TEXT,
    LAST_YEAR_WORDS,
    WINDOW,
    WINDOW_WORDS,
    YEAR_AGO,
    YEAR_BEFORE,
    YEAR_BEFORE_TEXT,
    YEAR_BEFORE_WORDS,
)
from shouwang.terms.nodes import RATIO_SCALE
from shouwang.terms.tables import INCOME_KINDS

_income = ledger.where(ledger.kind.is_in(*INCOME_KINDS))
_costs = ledger.where(ledger.kind.is_in("production_cost"))
#: A quarter is covered by a row of income or of production cost, an amount of 0 included. Missing is not zero.
covered = ledger.where(ledger.kind.is_in(*INCOME_KINDS, "production_cost")).quarters(ledger.quarter)


def net_over(span: Term) -> Term:
    """Income less production cost over a span; unknown unless all its quarters are covered."""
    in_span = ledger.quarter.within(span)
    net = _income.where(in_span).total(ledger.amount) - _costs.where(in_span).total(ledger.amount)
    return net.only_if(covered.cover(span))


@figure(clause="二/四/3", measure=Measure.TEXT)
def window() -> Term:
    """计算期：最近四个已经结束的自然季度，按整年度依季递延"""
    return WINDOW_WORDS


@figure(clause="二/四/3", measure=Measure.TEXT)
def year_before() -> Term:
    """上年同期：计算期之前的四个季度"""
    return YEAR_BEFORE_WORDS


@figure(clause="二/一/p1", measure=Measure.YUAN)
def net_income() -> Term:
    """家庭纯收入：计算期内工资性、生产经营性、财产性、转移性收入之和，减生产经营性支出；一次性收入计入；缺一个季度即为未知"""
    return net_over(WINDOW)


@figure(clause="二/二/p1", measure=Measure.YUAN)
def net_income_year_before() -> Term:
    """上年同期纯收入：计算期之前四个季度的家庭纯收入"""
    return net_over(YEAR_BEFORE)


@figure(clause="二/二/p1", measure=Measure.YUAN)
def net_income_last_year() -> Term:
    """上年度纯收入：上一个自然年的家庭纯收入"""
    return net_over(LAST_YEAR)


@figure(clause="二/一/p1", measure=Measure.PEOPLE)
def members_counted() -> Term:
    """共同生活人口：截至当日共同生活、共用收支的成员人数"""
    return counted.count()


@figure(clause="二/一/p1", measure=Measure.PEOPLE)
def heads() -> Term:
    """人均的分母：共同生活人口；没有成员时人均无从谈起，为未知"""
    return members_counted.term.only_if(members_counted.term > 0)


@figure(clause="二/二/p1", measure=Measure.PEOPLE)
def members_year_ago() -> Term:
    """一年前共同生活人口：一年前当日共同生活、共用收支的成员人数"""
    return members.where(present(YEAR_AGO)).count()


@figure(clause="二/二/p1", measure=Measure.PEOPLE)
def heads_year_ago() -> Term:
    """一年前人口：一年前当日的共同生活人口；没有成员时为未知"""
    return members_year_ago.term.only_if(members_year_ago.term > 0)


@figure(clause="二/一/p1", measure=Measure.YUAN)
def net_income_per_head() -> Term:
    """家庭人均纯收入：家庭纯收入除以共同生活人口，向下取到分，只用于显示；判断时不作除法"""
    return net_income.term.per(heads.term)


@figure(clause="二/二/p1", measure=Measure.YUAN)
def per_head_year_before() -> Term:
    """上年同期人均纯收入：上年同期纯收入除以一年前人口，向下取到分，只用于显示"""
    return net_income_year_before.term.per(heads_year_ago.term)


def before_and_fall() -> tuple[Term, Term]:
    """Income a head a year before, and by how much it fell, both times the two numbers of people.

    Without dividing: netP/m - netW/n >= r·netP/m  <=>  netP·n - netW·m >= r·netP·n, for m, n > 0.
    """
    before = net_income_year_before.term * heads.term
    return before, before - net_income.term * heads_year_ago.term


@figure(clause="二/二/p1", measure=Measure.PERCENT)
def drop_share() -> Term:
    """人均纯收入降幅：比上年同期人均减少的百分比，向下取到万分之一，只用于显示"""
    before, fall = before_and_fall()
    return (fall * RATIO_SCALE).per(before)


@figure(clause="二/二/p1", measure=Measure.TEXT)
def drop_level() -> Term:
    """降幅的程度：属于大幅度缩减，或只达到关注比例"""
    before, fall = before_and_fall()
    return choose((fall >= p.drop_ratio.of(before), "属于大幅度缩减"), otherwise="达到关注比例")


@figure(clause="二/二/p1", measure=Measure.YUAN)
def base_income() -> Term:
    """对照收入：上年度纯收入；上年度不全时用上年同期纯收入"""
    return net_income_last_year.term.or_else(net_income_year_before.term)


def _base_label(last_year: Term, year_before: Term) -> Term:
    return choose(
        (net_income_last_year.term.known(), last_year),
        (net_income_year_before.term.known(), year_before),
        otherwise="",
    )


@figure(clause="二/二/p1", measure=Measure.TEXT)
def base_period() -> Term:
    """对照期：对照收入取自哪一段"""
    return _base_label(LAST_YEAR_TEXT, YEAR_BEFORE_TEXT)


@figure(clause="二/二/p1", measure=Measure.TEXT)
def base_words() -> Term:
    """对照期的说法：上年度，或上年度不全时的上年同期"""
    return _base_label(LAST_YEAR_WORDS, YEAR_BEFORE_WORDS)


def _missing(span: Term) -> Term:
    """The quarters of a span that are not covered, in words; a sentence that lists them stays whole where none is."""
    return choose((covered.cover(span), "无"), otherwise=covered.missing_from(span, words=True))


@figure(clause="二/四/3", measure=Measure.TEXT)
def missing_quarters() -> Term:
    """缺少的季度：计算期内没有任何收入或经营支出记录的季度"""
    return _missing(WINDOW)


@figure(clause="二/二/p1", measure=Measure.TEXT)
def missing_year_before() -> Term:
    """上年同期缺少的季度：上年同期没有任何收入或经营支出记录的季度"""
    return _missing(YEAR_BEFORE)


@figure(clause="二/二/p1", measure=Measure.TEXT)
def missing_last_year() -> Term:
    """上年度缺少的季度：上一个自然年没有任何收入或经营支出记录的季度"""
    return _missing(LAST_YEAR)
