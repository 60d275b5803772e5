"""Who enters and who leaves under changed parameters, on the 26 situations and on made-up dirt."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from shouwang.intake.facts import Facts, Intake
from shouwang.policy.book import RuleBook
from shouwang.screening import side_by_side as beside
from shouwang.screening.engines import DuckDB
from shouwang.screening.simulate import CHANGES, DifferentQuestion, simulate
from shouwang.screening.simulation import Count, unit_order
from shouwang.sources.package import open_package
from tests.screening.conftest import expected

AS_OF = date(2020, 5, 20)


def book(as_of: date = AS_OF, **overrides: str) -> RuleBook:
    return RuleBook.of("qituan-2020", as_of, overrides)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def run(cases: Facts, folder: Path, as_of: date = AS_OF, **overrides: str) -> list[dict[str, str]]:
    simulate(book(as_of), book(as_of, **overrides), DuckDB(cases.connection), folder)
    return rows_of(folder / "changes.csv")


def test_a_line_of_8500_takes_in_the_household_on_8000(cases: Facts, tmp_path: Path) -> None:
    """By hand: 7T-01 has exactly 8000.00 a head, below 8500. 7T-05 has exactly 8500.00, which is not below it. Everybody
    else has less than 8000 already, or 8900 and more; after medical spending nobody else falls between the lines."""
    (row,) = run(cases, tmp_path, monitoring_line="8500")
    assert {name: row[name] for name in CHANGES[:11]} == {
        "household_id": "7T-01",
        "unit": "一连",
        "members": "3",
        "outcome_before": "not_met",
        "outcome_after": "met",
        "route_before": "",
        "route_after": "A",
        "tier_before": "above",
        "tier_after": "low",
        "net_income_per_head": "8000.00",
        "change": "进入",
    }


def test_a_lower_line_lets_out_those_above_it(cases: Facts, tmp_path: Path) -> None:
    """By hand, a line of 6500: 7T-02 (7999.99) and 7T-22 (7500.00) leave; 7T-11 (6200), 7T-03 (5000), 7T-04 (4200) and
    7T-19 stay. After medical spending 7T-24 has 22000 for three heads: below 24000 but not below 19500, so it is suspected
    no longer, and only its medical burden is left, a matter for a department."""
    changed = {row["household_id"]: row for row in run(cases, tmp_path, monitoring_line="6500")}
    assert {name for name, row in changed.items() if row["change"] == "退出"} == {"7T-02", "7T-22"}
    assert {name for name, row in changed.items() if row["change"] == "进入"} == set()
    assert (changed["7T-24"]["outcome_before"], changed["7T-24"]["outcome_after"]) == ("suspected", "special")
    assert changed["7T-24"]["change"] == "其他"


def test_before_and_after_are_what_two_screenings_say(cases: Facts, tmp_path: Path) -> None:
    as_of = date(2020, 7, 1)
    changed = run(cases, tmp_path, as_of, monitoring_line="8500", drop_ratio="0.4", school_age_to="13")
    before = expected("2020-07-01")
    assert changed
    for row in changed:
        was = before[row["household_id"]]
        for name in ("outcome", "route", "tier", "rules_met", "rules_suspected", "rules_unknown"):
            assert row[f"{name}_before"] == was[name]
        assert row["members"] == was["members"]


@pytest.mark.parametrize("overrides", [{"monitoring_line": "8500"}, {"spend_ratio": "0.5", "drop_ratio_watch": "0.1"}])
def test_computing_once_and_computing_twice_agree(
    overrides: dict[str, str], cases: Facts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = run(cases, tmp_path, **overrides)
    monkeypatch.setattr(beside, "_shared", lambda *_: None)
    assert run(cases, tmp_path, **overrides) == once


def test_only_the_ledger_free_part_is_computed_again() -> None:
    columns = beside._columns(book(), beside.COMPARED)
    assert "figure.net_income" in (beside._shared(book(), book(monitoring_line="8500"), columns) or {})
    assert beside._shared(book(), book(school_age_to="16"), columns) is None


def test_nothing_changed_is_said_as_such(cases: Facts, tmp_path: Path) -> None:
    assert run(cases, tmp_path) == []
    written = json.loads((tmp_path / "simulation.json").read_text(encoding="utf-8"))
    assert written["parameters"] == []
    assert written["totals"]["met_before"] == written["totals"]["met_after"]


def test_two_dates_are_not_a_simulation(cases: Facts, tmp_path: Path) -> None:
    with pytest.raises(DifferentQuestion):
        simulate(book(), book(date(2020, 7, 1)), DuckDB(cases.connection), tmp_path)


def test_households_and_people_are_counted_together(cases: Facts, tmp_path: Path) -> None:
    simulation = simulate(book(), book(monitoring_line="8500"), DuckDB(cases.connection), tmp_path)
    whole, *others = list(simulation.summaries())
    assert whole.all == Count(26, sum(int(row["members"]) for row in expected("2020-05-20").values()))
    assert (whole.met_before.households, whole.met_after.households) == (10, 11)
    assert whole.enters == Count(1, 3)
    for scope in ("连队", "档次"):
        lines = [line for line in others if line.scope == scope]
        for name in ("all", "met_before", "met_after", "enters", "leaves", "other"):
            total = [getattr(line, name) for line in lines]
            assert Count(sum(c.households for c in total), sum(c.people for c in total)) == getattr(whole, name), name
    written = {row["name"]: row for row in rows_of(tmp_path / "summary.csv")}
    assert (written["一连"]["enters_households"], written["一连"]["enters_people"]) == ("1", "3")
    assert written["low"]["enters_households"] == "1"
    assert simulation.moves() == [("not_met", "met", Count(1, 3))]


def test_the_json_has_parameters_with_clause(cases: Facts, tmp_path: Path) -> None:
    run(cases, tmp_path, monitoring_line="8500", drop_ratio="0.35")
    written: dict[str, Any] = json.loads((tmp_path / "simulation.json").read_text(encoding="utf-8"))
    line, drop = written["parameters"]
    assert (line["name"], line["before"], line["after"], line["clause"]) == (
        *("monitoring_line", "8000.00元", "8500.00元"),
        "二/一/p1",
    )
    assert "8000元" in line["clause_text"]
    assert "原文未给数值" in drop["discretion"]


def test_the_page_prints_alone(cases: Facts, tmp_path: Path) -> None:
    simulate(
        *(book(), book(monitoring_line="8500"), DuckDB(cases.connection), tmp_path),
        html=True,
        sources=["households.csv", "ledger.csv"],
    )
    page = (tmp_path / "simulation.html").read_text(encoding="utf-8")
    assert "进入1户3人" in page
    assert "8500.00元" in page
    assert "households.csv、ledger.csv" in page
    assert "@page { size: A4" in page
    assert not re.search(r"<script|<link|<img|src=|href=|url\(|https?:|@import", page)


def dirty_package(folder: Path) -> Path:
    """Two households whose unit and id would run, were they taken at their word."""
    folder.mkdir()
    unit = "<script>alert(1)</script>&\"'"
    quoted = unit.replace('"', '""')
    (folder / "households.csv").write_text(f'户编号,连队\n=1+1,"{quoted}"\n652901198003011018,二连\n', encoding="utf-8")
    (folder / "members.csv").write_text(
        "户编号,人员编号,姓名,身份证号\n=1+1,a,甲,\n652901198003011018,b,<b>乙</b>,\n", encoding="utf-8"
    )
    quarters = ("2019Q2", "2019Q3", "2019Q4", "2020Q1")
    lines = [
        f"{household},{quarter},工资性收入,2050\n"
        for household in ("=1+1", "652901198003011018")
        for quarter in quarters
    ]
    (folder / "ledger.csv").write_text("户编号,季度,类别,金额\n" + "".join(lines), encoding="utf-8")
    return folder


def test_what_a_package_brings_in_is_only_text(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        package = open_package(dirty_package(tmp_path / "package"), tmp_path / "staged")
        Intake(connection, tmp_path).take_in(package)
        out = tmp_path / "out"
        out.mkdir()
        simulate(
            *(book(), book(monitoring_line="8500"), DuckDB(connection), out), html=True, sources=["<i>households.csv"]
        )
    page = (out / "simulation.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;" in page
    assert "&lt;i&gt;households.csv" in page
    raw = (out / "changes.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    ids = [row["household_id"] for row in rows_of(out / "changes.csv")]
    assert sorted(ids) == ["\t652901198003011018", "'=1+1"]


def test_units_stand_in_the_order_of_their_numbers() -> None:
    units = ["团部", "十一连", "二连", "21连", "十连", "二十三连", "一连", "3连"]
    assert sorted(units, key=unit_order) == ["一连", "二连", "3连", "十连", "十一连", "21连", "二十三连", "团部"]
