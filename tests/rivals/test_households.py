"""Conditions over people who are not there, and flags that must stay with whom they are about; by both readers."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from shouwang.intake.facts import Facts
from shouwang.intake.screening import screen_into
from shouwang.intake.session import facts_of
from shouwang.policy.book import RuleBook
from shouwang.screening.engines import DuckDB
from shouwang.screening.explain import explain
from shouwang.screening.household import load_household
from tests.rivals import packages

AS_OF = date(2020, 5, 20)
CHILD, ADULT = "2010-01-01", "1980-01-01"
#: `alone`: children without any adult, wanting for nothing. `one out`: one of three siblings left school. `cousin`: next door.
PEOPLE = {
    "alone": [("甲", "户主", CHILD, "小学"), ("乙", "之兄弟姐妹", "2012-01-01", "小学")],
    "one out": [
        ("丙", "户主", ADULT, ""), ("丁", "之子", CHILD, "小学"), ("戊", "之女", "2011-01-01", "辍学"),
        ("己", "之子", "2012-01-01", "小学"),
    ],
    "cousin": [("庚", "户主", ADULT, ""), ("辛", "之子", CHILD, "小学")],
}  # fmt: skip


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packages.write(
        tmp_path_factory.mktemp("rivals") / "package",
        households=[(name, "一连", "A", "是") for name in PEOPLE],
        members=[
            (name, f"{name}-{place}", who, relation, born, school, "居民")
            for name, people in PEOPLE.items()
            for place, (who, relation, born, school) in enumerate(people, 1)
        ],
        ledger=[line for name in PEOPLE for line in packages.income(name, "30000")],
    )


@contextmanager
def taken_in(package: Path) -> Iterator[Facts]:
    with facts_of(package, lazy=True) as (facts, _):
        yield facts


@pytest.fixture(scope="module")
def screened(package: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    out = tmp_path_factory.mktemp("rivals-results")
    with facts_of(package, lazy=False) as (facts, account):
        screen_into(out, facts, account, RuleBook.of("qituan-2020", AS_OF), DuckDB(facts.connection))
    with (out / "households.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["household_id"]: row for row in csv.DictReader(file)}


def explained(package: Path, household: str) -> tuple[str, dict[str, str], str]:
    """The outcome, each rule's, and the figures behind the children's."""
    with taken_in(package) as facts:
        files = {name: facts.file_of(name) for name in facts.accepted}
        found = explain(RuleBook.of("qituan-2020", AS_OF), load_household(facts.connection, household, files))
    rules = {rule.id: rule.outcome.value for rule in found.rules}
    behind = next(rule for rule in found.rules if rule.id == "child_out_of_school")
    return found.household["outcome"], rules, "；".join(f"{figure.id} {figure.text}" for figure in behind.figures)


def test_a_household_without_adults_meets_nothing_by_having_none(
    package: Path, screened: dict[str, dict[str, str]]
) -> None:
    """“每个成年人都……”对着没有成年人的户，不能当作成立（PolicyEngine #8071）。"""
    outcome, rules, _ = explained(package, "alone")
    row = screened["alone"]
    assert (outcome, row["outcome"]) == ("not_met", "not_met")
    assert set(rules.values()) == {"not_met"}
    assert row["rules_met"] == row["rules_suspected"] == row["rules_unknown"] == ""
    assert row["members"] == "2"


def test_one_childs_flag_stays_with_that_child(package: Path, screened: dict[str, dict[str, str]]) -> None:
    """一个孩子辍学：这一户要看，别的孩子不算在内，别的户不受影响（PolicyEngine #7904）。"""
    outcome, rules, behind = explained(package, "one out")
    assert rules["child_out_of_school"] == "met"
    assert screened["one out"]["rules_met"] == "child_out_of_school"
    assert outcome == screened["one out"]["outcome"] == "special"
    assert screened["cousin"]["rules_met"] == screened["cousin"]["rules_suspected"] == ""
    assert explained(package, "cousin")[1]["child_out_of_school"] == "not_met"
    assert "1人" in behind, "一个孩子失学，不是三个"
    assert "3人" in behind, "三个孩子在学龄"
