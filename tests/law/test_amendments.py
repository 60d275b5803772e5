"""Amendments stand beside what was in force: a screening as of an old date uses the rules and parameters of that date."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from shouwang.policy import book as books
from shouwang.policy.book import RuleBook
from shouwang.policy.forms import MET, SUSPECTED, Decision, Rule, decide
from shouwang.policy.qituan_2020.indicators.facts import p
from shouwang.policy.qituan_2020.indicators.income import heads, net_income
from shouwang.policy.qituan_2020.rules.scope import income_below_line
from shouwang.screening.engines import DuckDB
from shouwang.screening.run import screen
from shouwang.terms.evaluate import Evaluator
from tests.readers import both
from tests.spec.tables import facts_from

TURN = date(2021, 1, 1)
OLD, NEW = date(2020, 12, 31), TURN
LEDGER = "户 | 季 | 金额\n1 | 2019Q1-2019Q4 | 8000\n1 | 2020Q1-2020Q4 | 8000\n2 | 2020Q1-2020Q4 | 9000\n2 | 2019Q4 | 0"


@income_below_line.amended(since=TURN, clause="一/p2")
def amended() -> Decision:
    """家庭人均纯收入在监测线以下

    命中：{window}家庭纯收入{net_income}，在监测线{p.monitoring_line}以下（含）。
    疑似：人均高于监测线而不到其一倍半。
    资料不足：不明。
    """
    line = p.monitoring_line * heads.term
    return decide((net_income.term <= line, MET), (net_income.term + net_income.term < line + line + line, SUSPECTED))


@pytest.fixture
def with_amendment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The policy as if the amendment had been written below the rule."""
    found = books._declared

    def declared(package: str, kind: type) -> list[object]:
        return [*found(package, kind), amended] if kind is Rule else found(package, kind)

    monkeypatch.setattr(books, "_declared", declared)
    return


def screened(day: date, folder: Path) -> tuple[dict[str, dict[str, str]], list[dict[str, str]]]:
    """A whole screening of two households, from files."""
    book = RuleBook.of(both.POLICY, day)
    engine = both.Bulk()
    engine.load(facts_from(book.context, dict.fromkeys(both.TABLE_NAMES, "") | {"ledger": LEDGER}, []))
    folder.mkdir()
    screen(book, DuckDB(engine.connection), folder)
    with (folder / "households.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["household_id"]: row for row in csv.DictReader(file)}
    return rows, [json.loads(line) for line in (folder / "findings.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.usefixtures("with_amendment")
def test_each_date_uses_the_version_in_force(tmp_path: Path) -> None:
    """修订自2021年起：前一天的筛查仍按原文（低于，不含8000元），当天起按修订（以下，含8000元）。"""
    rows, findings = screened(OLD, tmp_path / "old")
    assert rows["1"]["route"] == ""
    assert "income_below_line" not in rows["1"]["rules_met"]
    assert not any(found["rule"] == "income_below_line" and found["household_id"] == "1" for found in findings)
    rows, findings = screened(NEW, tmp_path / "new")
    assert (rows["1"]["route"], rows["1"]["outcome"]) == ("A", "met")
    assert "income_below_line" in rows["2"]["rules_suspected"]
    (found,) = (one for one in findings if one["rule"] == "income_below_line" and one["household_id"] == "1")
    assert found["clause"] == "一/p2"
    assert found["sentence"] == "2020年家庭纯收入8000.00元，在监测线8000.00元以下（含）。"


@pytest.mark.usefixtures("with_amendment")
def test_other_rules_ask_the_version_in_force() -> None:
    """别的规则问“收入低于线”的结论时，得到的也是当日施行的版本，逐户读法一样。"""
    for day, expected in ((OLD, "not_met"), (NEW, "met")):
        book = RuleBook.of(both.POLICY, day)
        tables = dict.fromkeys(both.TABLE_NAMES, "") | {"ledger": LEDGER}
        facts = facts_from(book.context, tables, [])[0]
        rules = [book.rule("income_below_line").node, book.rule("income_after_medical_below_line").node]
        values = Evaluator(book.context).values(rules, facts)
        assert values["rule.income_below_line"] == expected
        assert values["rule.income_after_medical_below_line"] == "not_met"
        assert [rule.id for rule in book.rules].count("income_below_line") == 1


def test_without_the_amendment_nothing_changes() -> None:
    """没有写下修订，两个日期用的是同一个版本。"""
    assert RuleBook.of(both.POLICY, OLD).rule("income_below_line") is RuleBook.of(both.POLICY, NEW).rule(
        "income_below_line"
    )
    assert RuleBook.of(both.POLICY, NEW).rule("income_below_line") is income_below_line


def test_an_amendment_keeps_id_order_and_route() -> None:
    """修订沿用原规则的编号、次序和途径，自己的日期和条款。"""
    kept = (income_below_line.id, income_below_line.order, income_below_line.route)
    assert (amended.id, amended.order, amended.route) == kept
    assert (amended.since, amended.clause) == (TURN, "一/p2")
