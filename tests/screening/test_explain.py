"""Why is a household monitored, or not? The chain from outcome to file and row, on the 26 situations."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from rich.console import Console

from shouwang.policy.forms import MET, NOT_MET, SUSPECTED, UNKNOWN
from shouwang.screening.aloud import to_text
from shouwang.screening.explain import explain
from shouwang.screening.explanation_json import to_json
from shouwang.screening.on_terminal import print_explanation
from shouwang.screening.reasons import HouseholdFacts
from shouwang.units.money import yuan
from tests.screening.conftest import HOUSEHOLDS, book_of, expected
from tests.screening.trials import EVERY, D, Explained, Load, rule


@pytest.mark.parametrize(("household_id", "as_of"), EVERY)
def test_every_household_has_the_outcome_of_the_screening(household_id: str, as_of: str, explained: Explained) -> None:
    explanation, row = explained(household_id, as_of), expected(as_of)[household_id]
    said = {name: "" if value is None else str(value) for name, value in explanation.household.items()}
    assert said == row
    for column, outcome in (("rules_met", MET), ("rules_suspected", SUSPECTED), ("rules_unknown", UNKNOWN)):
        assert ";".join(reason.id for reason in explanation.rules if reason.outcome is outcome) == row[column]


@pytest.mark.parametrize("household_id", HOUSEHOLDS)
def test_every_rule_is_said_in_full(household_id: str, explained: Explained) -> None:
    explanation = explained(household_id, D)
    assert [reason.id for reason in explanation.rules] == [rule.id for rule in book_of(D).rules]
    for reason in explanation.rules:
        assert reason.sentence.endswith("。"), reason.id
        assert reason.clause_text
        assert reason.formula
        assert reason.figures
        assert set(reason.named) <= {figure.id for figure in reason.figures}


def test_figures_lead_to_file_and_row(explained: Explained) -> None:
    reason = rule(explained("7T-08", D), "rigid_spending_exceeds_income")
    rigid = next(figure for figure in reason.figures if figure.id == "rigid")
    assert (rigid.value, rigid.text) == (38_000_00, "38000.00元")
    (row,) = rigid.rows
    assert (row.file, row.row) == ("ledger.csv", 67)
    assert ("金额", "38000.00元") in row.cells
    assert ("类别", "医疗刚性支出") in row.cells


@pytest.mark.parametrize("household_id", HOUSEHOLDS)
def test_the_rows_behind_net_income_add_up_to_it(household_id: str, explained: Explained, household: Load) -> None:
    reason = rule(explained(household_id, D), "income_below_line")
    net = next(figure for figure in reason.figures if figure.id == "net_income")
    lines = {line["row"]: line for line in household(household_id).rows["ledger"]}
    behind = [lines[row.row] for row in net.rows]
    total = sum(-line["amount"] if line["kind"] == "production_cost" else line["amount"] for line in behind)
    assert net.value in (total, None)


def test_bills_and_school_rows_are_shown_with_the_member_they_belong_to(explained: Explained) -> None:
    burden = rule(explained("7T-17", D), "medical_burden")
    bills = {row for figure in burden.figures for row in figure.rows if row.table == "medical"}
    assert {(row.member, row.file, row.row) for row in bills} == {("杨一17", "medical.csv", 2)}
    child = rule(explained("7T-14", D), "child_out_of_school")
    roll = [row for figure in child.figures for row in figure.rows if row.table == "school"]
    assert {(row.member, row.row) for row in roll} == {("张三14", 2), ("张三14", 3)}


def test_only_the_income_that_was_compared_with_stands_behind_it(explained: Explained) -> None:
    reason = rule(explained("7T-08", D), "rigid_spending_exceeds_income")
    base = next(figure for figure in reason.figures if figure.id == "base_income")
    assert [row.row for row in base.rows] == [62, 63, 64, 65]
    reason = rule(explained("7T-23", D), "rigid_spending_exceeds_income")
    base = next(figure for figure in reason.figures if figure.id == "base_income")
    assert [row.row for row in base.rows] == [182, 183, 184, 185]


def test_no_identity_number_is_shown(explained: Explained) -> None:
    for household_id in HOUSEHOLDS:
        text = json.dumps(to_json(explained(household_id, D)), ensure_ascii=False)
        assert not re.search(r"\d{17}[\dX]", text)


def test_exactly_on_the_line_is_pointed_out_with_both_clauses(explained: Explained) -> None:
    reason = rule(explained("7T-01", D), "income_below_line")
    assert reason.outcome is NOT_MET
    (note,) = reason.notes
    assert (note.id, note.clause) == ("boundary", "一/p2")
    assert "8000元以下" in note.clause_text
    assert "以下" in note.text
    assert "低于" in note.text


def test_a_parameter_says_whose_reading_it_is(explained: Explained) -> None:
    reason = rule(explained("7T-09", D), "income_dropped")
    drop = next(parameter for parameter in reason.parameters if parameter.name == "drop_ratio")
    assert (drop.text, drop.clause, drop.changed) == ("30%", "二/二/p1", False)
    assert "原文未给数值" in drop.discretion


# ---- how it is handed over


@pytest.mark.parametrize(("household_id", "as_of"), EVERY)
def test_the_text_reads_and_wraps(household_id: str, as_of: str, explained: Explained) -> None:
    text = to_text(explained(household_id, as_of))
    assert text.startswith(f"户 {household_id}")
    assert "None" not in text
    assert "{" not in text
    for line in text.splitlines():
        assert len(line.encode("gbk")) <= 96, line


def test_the_text_says_what_matters_first(explained: Explained) -> None:
    text = to_text(explained("7T-08", D))
    assert "疑似，请核实" in text.splitlines()[0]
    assert text.index("〔疑似〕刚性支出明显超过上年度收入") < text.index("〔不命中〕家庭人均纯收入低于监测线")
    assert "ledger.csv 第67行" in text
    assert "原文未给数值" in text


def test_json_is_plain_and_has_its_keys(explained: Explained) -> None:
    written: dict[str, Any] = json.loads(json.dumps(to_json(explained("7T-06", D)), ensure_ascii=False))
    keys = "format policy policy_title as_of before_signing household rules questions missing".split()
    assert list(written) == keys
    first = written["rules"][0]
    assert (first["id"], first["outcome"]) == ("income_below_line", "unknown")
    assert first["pending"]["scale"]["bands"][0] == {"first": None, "last": 649999, "outcome": "met"}


def test_a_terminal_takes_nothing_for_markup(household: Load) -> None:
    facts = household("7T-08")
    row = facts.rows["households"] | {"unit": "[red]一连[/red]"}
    console = Console(record=True, width=100, file=io.StringIO())
    print_explanation(explain(book_of(D), HouseholdFacts({**facts.rows, "households": row})), console)
    shown = console.export_text()
    assert "[red]一连[/red]" in shown
    assert "〔疑似〕刚性支出明显超过上年度收入" in shown


def test_without_probing_only_what_is(household: Load) -> None:
    explanation = explain(book_of(D), household("7T-06"), probing=False)
    assert explanation.missing == ()
    assert all(not reason.scales and reason.pending is None for reason in explanation.rules)


def test_a_household_of_nobody_waits_for_people(household: Load) -> None:
    facts = household("7T-08")
    alone = explain(book_of(D), HouseholdFacts({**facts.rows, "members": []}, facts.files))
    income = rule(alone, "income_below_line")
    assert income.outcome is UNKNOWN
    assert income.pending is not None
    assert "共同生活的成员" in income.pending.ways[0][0].title


def test_a_changed_parameter_is_marked(household: Load) -> None:
    book = type(book_of(D)).of("qituan-2020", book_of(D).as_of, {"monitoring_line": "8500"})
    reason = rule(explain(book, household("7T-01")), "income_below_line")
    (line,) = reason.parameters
    assert (line.text, line.changed) == ("8500.00元", True)
    assert reason.outcome is MET
    assert f"{yuan(1_500_00)}元" in reason.scales[0].texts[1]
