"""二(一)(二) who is monitored: income below the line, spending that outruns income, income that collapses."""

from __future__ import annotations

from shouwang.policy.forms import MET, NOT_MET, SUSPECTED, UNKNOWN, Decision, decide, rule
from shouwang.policy.qituan_2020.indicators.facts import p
from shouwang.policy.qituan_2020.indicators.income import (
    base_income,
    before_and_fall,
    heads,
    net_income,
)
from shouwang.policy.qituan_2020.indicators.spending import cause, exceeds_income, income_after_medical, rigid


@rule(clause="二/一/p1", order=1, route="A")
def income_below_line() -> Decision:
    """家庭人均纯收入低于监测线

    命中：{window}家庭纯收入{net_income}，共同生活{heads}，人均{net_income_per_head}，低于监测线{p.monitoring_line}。
    不命中：{window}家庭纯收入{net_income}，共同生活{heads}，人均{net_income_per_head}，不低于监测线{p.monitoring_line}。
    资料不足：不能判断人均纯收入是否低于监测线{p.monitoring_line}：
    计算期{window}缺少收入记录的季度：{missing_quarters}；共同生活{members_counted}。
    """
    line = p.monitoring_line * heads.term
    return decide(
        (net_income.term < line, MET),
        # 低于 excludes the line itself; 一/p2 says 以下, so a household exactly on it is pointed out.
        notes=(("boundary", net_income.term == line),),
    )


@rule(clause="二/二/p1", order=2, route="B")
def rigid_spending_exceeds_income() -> Decision:
    """刚性支出明显超过上年度收入

    命中：{window}刚性支出{rigid}，{base_words}纯收入{base_income}，{spend_level}
    （超过{p.spend_ratio}即为明显超过），登记的事由：{causes}。
    疑似：{window}刚性支出{rigid}，{base_words}纯收入{base_income}，{spend_level}
    （达到{p.spend_ratio_watch}关注，超过{p.spend_ratio}为明显超过）；{cause_words}。
    不命中：{window}刚性支出{rigid}，对照收入{base_income}；没有达到关注比例{p.spend_ratio_watch}。
    资料不足：{window}刚性支出{rigid}，但上年度和上年同期的收入记录都不全，无从对照。
    缺少的季度：上年度{missing_last_year}；上年同期{missing_year_before}。
    """
    exceeds = exceeds_income()
    return decide(
        (rigid.term <= 0, NOT_MET),
        (exceeds & cause.term, MET),
        (exceeds, SUSPECTED),
        (rigid.term >= p.spend_ratio_watch.of(base_income.term), SUSPECTED),
    )


@rule(clause="二/二/p1", order=3, route="B")
def income_dropped() -> Decision:
    """收入大幅度缩减

    命中：人均纯收入由{year_before}的{per_head_year_before}降到{window}的{net_income_per_head}，
    降幅{drop_share}，达到{p.drop_ratio}，登记的事由：{causes}。
    疑似：人均纯收入由{year_before}的{per_head_year_before}降到{window}的{net_income_per_head}，
    降幅{drop_share}，{drop_level}
    （达到{p.drop_ratio_watch}关注，达到{p.drop_ratio}为大幅度缩减）；{cause_words}。
    不命中：人均纯收入由{year_before}的{per_head_year_before}变为{window}的{net_income_per_head}，
    未达到关注比例{p.drop_ratio_watch}。
    资料不足：不能比较两年的人均纯收入。计算期缺少的季度：{missing_quarters}；上年同期缺少的季度：{missing_year_before}；
    共同生活现有{members_counted}，一年前{members_year_ago}。
    """
    before, fall = before_and_fall()
    collapsed = fall >= p.drop_ratio.of(before)
    return decide(
        # Any of the four figures unknown: unknown, even where the income of the year before was not above 0.
        (~fall.known(), UNKNOWN),
        (before <= 0, NOT_MET),
        (collapsed & cause.term, MET),
        (collapsed, SUSPECTED),
        (fall >= p.drop_ratio_watch.of(before), SUSPECTED),
    )


@rule(clause="二/三/3", order=4)
def income_after_medical_below_line() -> Decision:
    """扣除医疗支出后人均低于监测线

    疑似：家庭纯收入{net_income}加理赔{claims}，减医疗刚性支出{rigid_medical}后为{income_after_medical}，
    共同生活{heads}，扣除后人均低于监测线{p.monitoring_line}；按原文不直接纳入，请会议研判。
    不命中：人均纯收入已经低于监测线，或扣除医疗支出后仍不低于监测线{p.monitoring_line}。
    资料不足：人均纯收入不能判断，扣除医疗支出后的人均也不能判断。缺少的季度：{missing_quarters}；
    共同生活{members_counted}。
    """
    return decide(
        (income_below_line.is_(UNKNOWN), UNKNOWN),
        (income_below_line.is_(MET), NOT_MET),
        (income_after_medical.term < p.monitoring_line * heads.term, SUSPECTED),
    )
