"""Rigid spending, medical burden, and the causes that explain a shock (二/二/p1, 二/三/1, 二/三/3; contract 4)."""

from __future__ import annotations

from shouwang.policy.forms import Measure, figure
from shouwang.policy.qituan_2020.indicators.facts import billed, bills, counted, events, ledger, medical, p
from shouwang.policy.qituan_2020.indicators.income import base_income, net_income
from shouwang.terms.build import Term, choose, joined, larger
from shouwang.terms.context import AS_OF, WINDOW, WINDOW_START
from shouwang.terms.nodes import RATIO_SCALE
from shouwang.terms.tables import CAUSES

_in_window = ledger.where(ledger.quarter.within(WINDOW))
_recent_events = events.where((events.occurred_on >= WINDOW_START) & (events.occurred_on <= AS_OF))


def spent_on(kind: str) -> Term:
    """Ledger lines of one kind inside the window."""
    return _in_window.where(ledger.kind.is_in(kind)).total(ledger.amount)


@figure(clause="二/二/p1", measure=Measure.YUAN)
def rigid_medical_ledger() -> Term:
    """台账医疗支出：计算期内台账登记的医疗刚性支出"""
    return spent_on("rigid_medical")


@figure(clause="二/三/3", measure=Measure.YUAN)
def rigid_medical_bills() -> Term:
    """结算自付：计算期内与本户成员匹配的医疗结算中的个人自付"""
    return billed(medical.self_paid)


@figure(clause="二/二/p1", measure=Measure.YUAN)
def rigid_medical() -> Term:
    """医疗刚性支出：台账医疗支出与结算自付，取较大的一个"""
    return larger(rigid_medical_ledger.term, rigid_medical_bills.term)


@figure(clause="二/二/p1", measure=Measure.YUAN)
def rigid_education() -> Term:
    """教育刚性支出：计算期内台账登记的教育刚性支出"""
    return spent_on("rigid_education")


@figure(clause="二/二/p1", measure=Measure.YUAN)
def rigid_disaster() -> Term:
    """灾害刚性支出：计算期内台账登记的灾害刚性支出"""
    return spent_on("rigid_disaster")


@figure(clause="二/二/p1", measure=Measure.YUAN)
def rigid_other() -> Term:
    """其他刚性支出：计算期内台账登记的其他刚性支出"""
    return spent_on("rigid_other")


@figure(clause="二/二/p1", measure=Measure.YUAN)
def rigid() -> Term:
    """刚性支出：医疗、教育、灾害、其他刚性支出之和；没有记录为零"""
    return rigid_medical.term + rigid_education.term + rigid_disaster.term + rigid_other.term


@figure(clause="二/二/p1", measure=Measure.PERCENT)
def rigid_share() -> Term:
    """刚性支出占比：刚性支出占对照收入的百分比，向下取到万分之一，只用于显示"""
    return (rigid.term * RATIO_SCALE).per(base_income.term)


def exceeds_income() -> Term:
    """明显超过: more than the ratio of the base income, or any base income that is not above 0."""
    return (base_income.term <= 0) | (rigid.term > p.spend_ratio.of(base_income.term))


@figure(clause="二/二/p1", measure=Measure.TEXT)
def spend_level() -> Term:
    """支出的程度：收入不是正数，或支出明显超过收入，或只达到关注比例"""
    return choose(
        (base_income.term <= 0, "收入不是正数，支出明显超过收入"),
        (exceeds_income(), "支出明显超过收入"),
        otherwise="支出达到收入的关注比例",
    )


@figure(clause="二/三/3", measure=Measure.YUAN)
def claims() -> Term:
    """理赔收入：计算期内台账登记的理赔收入"""
    return spent_on("claim_income")


@figure(clause="二/三/3", measure=Measure.YUAN)
def income_after_medical() -> Term:
    """扣除医疗后收入：家庭纯收入加理赔收入，减医疗刚性支出"""
    return net_income.term + claims.term - rigid_medical.term


@figure(clause="二/三/3", measure=Measure.YUAN)
def after_insurance() -> Term:
    """报销后负担：计算期内匹配的医疗总费用，减基本医保支付和大病保险支付"""
    return billed(medical["total"]) - billed(medical.basic_paid) - billed(medical.catastrophic_paid)


@figure(clause="二/三/3", measure=Measure.YUAN)
def aid() -> Term:
    """医疗救助：计算期内匹配的医疗救助支付"""
    return billed(medical.aid_paid)


@figure(clause="二/二/p1", measure=Measure.TRUTH)
def cause() -> Term:
    """有事由：计算期首日至今登记了因病、因灾、失业等任何一种变故"""
    return _recent_events.exist()


@figure(clause="二/三/1", measure=Measure.TEXT)
def causes() -> Term:
    """事由：计算期首日至今登记的变故种类"""
    return joined(*((_recent_events.where(events.cause.is_in(one)).exist(), one) for one in CAUSES), separator="、")


@figure(clause="二/二/p1", measure=Measure.TEXT)
def cause_words() -> Term:
    """事由的说法：登记了事由，或没有登记事由、须核实原因"""
    return choose((cause.term, "已登记事由"), otherwise="没有登记事由，请核实原因")


@figure(clause="二/四/2", measure=Measure.TRUTH)
def both_medical_sources() -> Term:
    """医疗支出两处都有：台账和结算数据都有计算期内的医疗支出"""
    in_ledger = _in_window.where(ledger.kind.is_in("rigid_medical")).exist()
    return in_ledger & counted.where(bills.exist()).exist()
