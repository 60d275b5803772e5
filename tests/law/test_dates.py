"""Is every day covered, once? One version of each rule and one value of each parameter, from the day of signing on."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from shouwang.policy.book import POLICIES, RuleBook, rules_in_force
from shouwang.policy.forms import SIGNED, Figure, Question, Rule
from shouwang.policy.parameters import DatedValue, parameters_of
from shouwang.terms import nodes as n
from shouwang.units.collect import declared
from shouwang.units.periods import first_day, last_day, quarter
from tests.readers import both

POLICY = POLICIES["qituan-2020"]
MODULE = f"shouwang.policy.{POLICY.package}"


def days() -> Iterator[date]:
    """The day of signing, then the first and last day of every quarter until 2030."""
    yield POLICY.since
    for index in range(quarter(2020, 2), quarter(2030, 4) + 1):
        yield from (day for day in (first_day(index), last_day(index)) if day >= POLICY.since)


def test_the_day_of_signing_is_one_day() -> None:
    """办法签发之日只有一个：2020年5月14日，规则从那天起。"""
    assert POLICY.since == SIGNED == date(2020, 5, 14)


@pytest.mark.parametrize("day", days(), ids=str)
def test_every_day_has_one_version_of_each(day: date) -> None:
    """从签发到2030年，每个季度的第一天和最后一天，每条规则恰有一个版本在施行，每个参数恰有一个值。"""
    book = RuleBook.of(POLICY.id, day)
    declared_rules = list(declared(MODULE, Rule))
    assert [rule.id for rule in book.rules] == list(dict.fromkeys(rule.id for rule in book.rules))
    assert {rule.id for rule in book.rules} == {rule.id for rule in declared_rules}
    for rule in book.rules:
        in_force = [one for one in declared_rules if one.id == rule.id and one.since <= day]
        assert rule.since == max(one.since for one in in_force)
        assert [one.since for one in in_force].count(rule.since) == 1
    for name, series in parameters_of(POLICY.package).items():
        in_force = [value for value in series.values if value.since <= day]
        assert book.parameters[name] == in_force[-1].held
        assert not book.before_signing


def test_before_signing_the_first_text_is_applied_and_said() -> None:
    """签发以前的日期按最初的条文试算，并且说明是试算。"""
    book = RuleBook.of(POLICY.id, POLICY.since - timedelta(days=1))
    assert book.before_signing
    assert len(book.rules) == 11
    assert book.parameters == RuleBook.of(POLICY.id, POLICY.since).parameters


@pytest.mark.parametrize("series", parameters_of(POLICY.package).values(), ids=lambda series: series.name)
def test_a_new_value_stands_beside_the_old(monkeypatch: pytest.MonkeyPatch, series) -> None:  # type: ignore[no-untyped-def]
    """参数改值只加新的日期：之前一天用旧值，当天起用新值。"""
    turn = date(2021, 1, 1)
    later = replace(series, values=(*series.values, DatedValue(turn, series.values[-1].held + 1, "二/一/p1")))
    monkeypatch.setitem(parameters_of(POLICY.package), series.name, later)  # type: ignore[arg-type]
    old, new = (RuleBook.of(POLICY.id, day).parameters[series.name] for day in (turn - timedelta(days=1), turn))
    assert (old, new) == (series.values[-1].held, series.values[-1].held + 1)


def test_ids_and_orders_are_unique() -> None:
    """编号各不相同：规则同号须是不同日期的版本，次序不重复；数字、疑问、参数、结果列的名字也不重复。"""
    rules, figures = list(declared(MODULE, Rule)), list(declared(MODULE, Figure))
    assert len({(rule.id, rule.since) for rule in rules}) == len(rules)
    book = RuleBook.of(POLICY.id, POLICY.since)
    assert [rule.order for rule in book.rules] == list(range(1, len(book.rules) + 1))
    names = [figure.id for figure in figures] + [f"p.{name}" for name in book.parameters]
    assert len(set(names)) == len(names)
    assert len({figure.title for figure in figures}) == len(figures)
    assert len({rule.title for rule in book.rules}) == len(book.rules)
    questions = list(declared(MODULE, Question))
    assert len({one.id for one in questions}) == len({one.order for one in questions}) == len(questions)
    assert len({column.id for column in book.columns}) == len(book.columns) == 17


def test_the_order_is_that_of_the_contract() -> None:
    """规则的次序如约定第四节所列，结果列的次序如第五节。"""
    book = RuleBook.of(POLICY.id, POLICY.since)
    assert [rule.id for rule in book.rules] == [
        *("income_below_line", "rigid_spending_exceeds_income", "income_dropped", "income_after_medical_below_line"),
        *("medical_burden", "medical_aid_not_received", "child_out_of_school", "tuition_burden", "member_uninsured"),
        *("dwelling_unsafe", "water_unsafe"),
    ]
    assert [column.id for column in book.columns] == [
        *("household_id", "unit", "as_of", "window", "members", "net_income_fen", "net_income_per_head"),
        *("base_income_fen", "base_period", "rigid_fen", "tier", "route", "outcome"),
        *("rules_met", "rules_suspected", "rules_unknown", "missing_quarters"),
    ]
    assert {rule.id: rule.route for rule in book.rules if rule.route} == {
        "income_below_line": "A",
        "rigid_spending_exceeds_income": "B",
        "income_dropped": "B",
    }


def test_parameters_are_those_of_the_contract() -> None:
    """参数的名称和值如约定第四节所列；原文没有数值的都注明是谁的读法，原文有的不注。"""
    in_fen = {"monitoring_line": 8000, "severe_line": 5000, "tuition_limit": 10000, "medical_difference": 100}
    in_fen |= {"medical_burden_low": 5000, "medical_burden_other": 20000, "medical_burden_split": 10000}
    shares = {"spend_ratio": 10000, "spend_ratio_watch": 6000, "drop_ratio": 3000, "drop_ratio_watch": 2000}
    ages = {"school_age_from": 6, "school_age_to": 15}
    expected = {name: yuan * 100 for name, yuan in in_fen.items()} | shares | ages
    series = parameters_of(POLICY.package)
    assert {name: series[name].values[0].held for name in both.parameters_in_use()} == expected
    stated = {"monitoring_line", "severe_line", "school_age_from", "school_age_to"}
    assert {name for name in expected if not series[name].values[0].discretion} == stated


def test_the_columns_follow_the_rules_in_force() -> None:
    """结果列按在施行的规则生成：不再施行的规则，途径、结论和清单里都不再问它。"""
    columns = importlib.import_module(f"{MODULE}.columns").columns
    rules = rules_in_force(POLICY.package, POLICY.since)
    asked = {
        node.rule for column in columns(rules[1:]) for node in n.walk(column.node) if isinstance(node, n.OutcomeOf)
    }
    assert asked == {rule.id for rule in rules[1:]}
