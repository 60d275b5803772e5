"""The generator's truth is what the contract makes of the files it wrote."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from shouwang.demo.expected import OUTCOMES
from shouwang.demo.generate import Summary, generate
from shouwang.demo.troubles import GAPS, MEMBER_FAULTS, REJECTS, ROW_FAULTS, SITUATIONS
from tests.demo import reading
from tests.demo.conftest import SEED, table

AS_OF = date(2020, 5, 20)


def _differences(folder: Path, package: reading.Package, on: date) -> list[tuple[str, str, str, str]]:
    cases = reading.cases(package)
    return [
        (row["household_id"], column, row[column], value)
        for row in table(folder / "truth.csv")
        if row["recoverable"] == "是"
        for column, value in reading.judge(cases[row["household_id"]], on).items()
        if row[column] != value
    ]


def test_every_clean_household_is_judged_as_the_truth_says(clean: Summary, clean_package: reading.Package) -> None:
    assert _differences(clean.folder, clean_package, AS_OF) == []
    assert clean.unrecoverable == 0
    assert clean_package.rejected == []


def test_every_recoverable_household_survives_the_faults(spoiled: Summary, spoiled_package: reading.Package) -> None:
    assert _differences(spoiled.folder, spoiled_package, AS_OF) == []


def test_another_day_changes_the_truth_and_not_the_tables(
    tmp_path: Path, clean: Summary, clean_package: reading.Package
) -> None:
    later = generate(tmp_path, 2000, SEED, faults=False, as_of=date(2020, 7, 1))
    assert (tmp_path / "ledger.csv").read_bytes() == (clean.folder / "ledger.csv").read_bytes()
    assert _differences(tmp_path, clean_package, date(2020, 7, 1)) == []
    assert later.outcomes != clean.outcomes


def test_faults_do_not_change_the_truth(spoiled: Summary, clean: Summary) -> None:
    without = [{**row, "recoverable": ""} for row in table(spoiled.folder / "truth.csv")]
    assert without == [{**row, "recoverable": ""} for row in table(clean.folder / "truth.csv")]


def test_every_row_is_matched_as_the_truth_says(spoiled: Summary, spoiled_package: reading.Package) -> None:
    rejected = set(spoiled_package.rejected)
    rows = table(spoiled.folder / "truth_matching.csv")
    for row in rows:
        key = (row["file"], int(row["row"]))
        if row["expected"] == "rejected":
            assert key in rejected, row
        elif row["expected"]:
            assert spoiled_package.matched[key] == (row["expected"], row["expected_member_id"]), row
    assert rejected == {(row["file"], int(row["row"])) for row in rows if row["expected"] == "rejected"}
    told = {(row["file"], int(row["row"])) for row in rows}
    assert set(spoiled_package.matched) <= told


def test_every_fault_and_situation_is_there(spoiled: Summary) -> None:
    kinds = {*ROW_FAULTS, *MEMBER_FAULTS, *REJECTS, "parts_do_not_sum", "namesake", "total_row"}
    assert kinds - set(spoiled.faults) == set()
    assert {*SITUATIONS, *GAPS} - set(spoiled.situations) == set()


def test_the_rates_of_faults_are_an_office_s(spoiled: Summary) -> None:
    department = sum(spoiled.rows[name] for name in ("medical", "school", "insurance"))
    assert 0.01 < sum(spoiled.faults[kind] for kind in ROW_FAULTS) / department < 0.05
    rejects = sum(spoiled.faults[kind] for kind in REJECTS)
    assert 0.0003 < rejects / sum(spoiled.rows.values()) < 0.002


def test_most_households_are_fine(spoiled: Summary) -> None:
    share = {outcome: spoiled.outcomes[outcome] / 2000 for outcome in OUTCOMES}
    assert 0.74 < share["not_met"] < 0.84
    assert 0.03 < share["unknown"] < 0.05
    assert 0.03 < share["suspected"] < 0.07
    below = spoiled.tiers["severe"] + spoiled.tiers["low"]
    assert 0.06 < below / 2000 < 0.10
    assert 0.02 < spoiled.tiers["severe"] / 2000 < 0.035
    assert 0.01 < (spoiled.routes["B"] + spoiled.routes["A+B"]) / 2000 < 0.025


@pytest.mark.parametrize(
    ("code", "figure"), [("boundary_8000", 800_000), ("boundary_5000", 500_000), ("boundary_below", 800_000)]
)
def test_boundaries_are_exact(clean: Summary, code: str, figure: int) -> None:
    rows = [row for row in table(clean.folder / "truth.csv") if code in row["situation_codes"].split(";")]
    less = 1 if code == "boundary_below" else 0
    assert rows
    for row in rows:
        assert int(row["expected_net_income_fen"]) == figure * int(row["expected_members"]) - less


def test_planted_situations_have_their_outcomes(clean: Summary) -> None:
    found: dict[str, Counter[str]] = {}
    for row in table(clean.folder / "truth.csv"):
        for code in row["situation_codes"].split(";"):
            found.setdefault(code, Counter())[row["expected_outcome"]] += 1
    for code in ("low", "severe", "boundary_below", "boundary_5000", "venture_loss"):
        assert set(found[code]) == {"met"}
    assert "met" not in found["boundary_8000"]
    for code in ("away", "missing"):
        assert set(found[code]) <= {"unknown", "special"}
    for code in GAPS:
        assert "not_met" not in found[code]
