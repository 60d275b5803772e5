"""One household's facts come out of the relations as the evaluator wants them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from shouwang.intake.facts import Facts, Intake
from shouwang.screening.household import NoSuchHousehold, load_household
from shouwang.screening.reasons import HouseholdFacts
from shouwang.sources.package import open_package

Load = Callable[[str], HouseholdFacts]


def test_rows_keep_their_number_in_the_file(household: Load) -> None:
    facts = household("7T-08")
    assert facts.rows["households"]["unit"] == "二连"
    assert [row["row"] for row in facts.rows["ledger"]] == list(range(59, 69))
    assert facts.rows["ledger"][-2]["amount"] == 38_000_00
    assert facts.rows["events"] == [
        {"hid": 7, "row": 3, "occurred_on": date(2020, 1, 9), "cause": "因病", "note": None}
    ]
    assert facts.files["ledger"] == "ledger.csv"


def test_members_carry_their_matched_rows(household: Load) -> None:
    (patient, *others) = household("7T-17").rows["members"]
    assert [bill["self_paid"] for bill in patient["medical"]] == [40_000_00]
    assert all(member["medical"] == [] for member in others)
    assert [row["status"] for member in household("7T-14").rows["members"] for row in member["school"]] == [
        "在读",
        "辍学",
    ]


def test_a_bill_given_twice_counts_once(household: Load) -> None:
    assert [len(member["medical"]) for member in household("7T-18").rows["members"]] == [1, 0]


def test_blank_is_unknown(household: Load) -> None:
    facts = household("7T-21").rows
    assert facts["households"]["dwelling_grade"] is None
    assert facts["households"]["water_safe"] is None
    assert facts["ledger"] == facts["events"] == []


def test_an_id_is_read_as_packages_are(cases: Facts) -> None:
    assert load_household(cases.connection, " ７Ｔ-08 ").rows["households"]["household_id"] == "7T-08"


def test_a_household_that_is_not_there_is_said_with_its_neighbours(cases: Facts) -> None:
    with pytest.raises(NoSuchHousehold) as error:
        load_household(cases.connection, "7T-80")
    sentence = str(error.value)
    assert "7T-80" in sentence
    assert "7T-08" in sentence or "7T-20" in sentence
    assert sentence.endswith("〔HOU-01〕")


def test_quotes_in_an_id_are_only_text(cases: Facts) -> None:
    with pytest.raises(NoSuchHousehold, match="DROP"):
        load_household(cases.connection, "'; DROP TABLE households; --{household}")


def test_an_empty_package_has_no_neighbours_to_name(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "households.csv").write_text("户编号,连队\n", encoding="utf-8")
    (package / "members.csv").write_text("户编号,人员编号,姓名,身份证号\n", encoding="utf-8")
    (package / "ledger.csv").write_text("户编号,季度,类别,金额\n", encoding="utf-8")
    with duckdb.connect() as connection:
        Intake(connection, tmp_path).take_in(open_package(package, tmp_path / "staged"))
        with pytest.raises(NoSuchHousehold, match="一户也没有"):
            load_household(connection, "1")
