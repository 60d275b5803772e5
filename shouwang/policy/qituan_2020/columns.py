"""The household row of the results under 七团办法 (contract 5), in the order of the file."""

from __future__ import annotations

from collections.abc import Sequence

from shouwang.policy import results
from shouwang.policy.forms import MET, SUSPECTED, UNKNOWN, ResultColumn, Rule, result_column
from shouwang.policy.qituan_2020.indicators import income, spending
from shouwang.policy.qituan_2020.indicators.facts import household, p
from shouwang.terms.build import Term, choose
from shouwang.terms.context import AS_OF_TEXT, WINDOW, WINDOW_TEXT


def tier() -> Term:
    """三/p2: severe at or below the severe line, low under the monitoring line, else above; unknown where income is."""
    net, heads = income.net_income.term, income.heads.term
    return choose((net <= p.severe_line * heads, "severe"), (net < p.monitoring_line * heads, "low"), otherwise="above")


def columns(rules: Sequence[Rule]) -> tuple[ResultColumn, ...]:
    """The columns, for the rules in force."""
    return (
        result_column("household_id", "户编号", household("household_id")),
        result_column("unit", "连队", household("unit")),
        result_column("as_of", "截至日期", AS_OF_TEXT),
        result_column("window", "计算期：四个季度", WINDOW_TEXT),
        result_column("members", "共同生活人口", income.members_counted.term),
        result_column("net_income_fen", "家庭纯收入（分）", income.net_income.term),
        result_column(
            "net_income_per_head", "人均纯收入（元，向下取到分）", income.net_income_per_head.term.hundredths()
        ),
        result_column("base_income_fen", "对照收入（分）", income.base_income.term),
        result_column("base_period", "对照期", income.base_period.term),
        result_column("rigid_fen", "刚性支出（分）", spending.rigid.term),
        result_column("tier", "档次：severe 较重、low 较低、above 线上", tier()),
        result_column("route", "纳入途径：A 收入、B 骤增骤减", results.route(rules)),
        result_column("outcome", "结论", results.outcome(rules)),
        result_column("rules_met", "命中的规则", results.rules_with(rules, MET)),
        result_column("rules_suspected", "疑似的规则", results.rules_with(rules, SUSPECTED)),
        result_column("rules_unknown", "资料不足的规则", results.rules_with(rules, UNKNOWN)),
        result_column("missing_quarters", "计算期缺少的季度", income.covered.missing_from(WINDOW)),
    )
