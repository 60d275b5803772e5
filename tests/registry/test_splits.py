"""Splitting and merging: lines follow the people by date, and both halves have a figure on the same day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.db.models import Sum

from shouwang.accounts.models import Unit, User
from shouwang.intake.session import connect
from shouwang.policy.book import RuleBook
from shouwang.registry import standing
from shouwang.registry.actions import (
    Newcomer,
    NewEntry,
    merge_households,
    post_entries,
    record_event,
    record_fact,
    register_household,
    reverse_entry,
    split_household,
)
from shouwang.registry.actions.splits import HeadStays, NobodyMoves
from shouwang.registry.facts import facts_of_household
from shouwang.registry.models import FactSource, Household, LedgerEntry
from shouwang.registry.snapshot import write_facts
from shouwang.screening.engines import DuckDB
from shouwang.screening.explain import Explainer
from shouwang.screening.run import screen
from shouwang.units.periods import quarter
from tests.registry.conftest import OPENED, last_seq, member, number, verbs

DAY = date(2020, 5, 20)
QUARTERS = [quarter(2018, 2) + i for i in range(8)]


@pytest.fixture
def earning(family: Household, office: User) -> Household:
    """王小明 earns wages; the land is the whole family's."""
    son = member(family, "王小明").person
    for index in QUARTERS:
        lines = [
            NewEntry(index, "wage_income", 600_000, person=son),
            NewEntry(index, "production_income", 1_000_001),
            NewEntry(index, "production_cost", 200_000),
        ]
        post_entries(by=office, household=family, entries=lines)
    return family


def split(household: Household, by: User, **more: Any) -> Household:
    son = member(household, "王小明")
    return split_household(
        by=by, household=household, moving=[son], head=son, number="7T-9", on=DAY, reason="结婚分户", **more
    )


def figures(household: Household, day: date = DAY) -> dict[str, Any]:
    explanation = Explainer(RuleBook.of("qituan-2020", day, {})).explain(
        facts_of_household(household, day), probing=False
    )
    return dict(explanation.household) | {rule.id: rule.outcome.value for rule in explanation.rules}


def fen(household: Household, day: date = DAY) -> int:
    total: int = standing.entries_at(day).filter(household=household).aggregate(sum=Sum("amount_fen"))["sum"] or 0
    return total


def test_both_halves_have_a_figure_on_the_same_day(earning: Household, office: User) -> None:
    whole = figures(earning)
    new = split(earning, office)
    old, own = figures(earning), figures(new)
    assert (old["members"], own["members"]) == (3, 1)
    assert old["net_income_fen"] + own["net_income_fen"] == whole["net_income_fen"]
    # A quarter of the land's income and costs, cut to the fen line by line, and all of the wages.
    assert own["net_income_fen"] == 4 * (600_000 + 250_000 - 50_000)
    assert not old["missing_quarters"]
    assert not own["missing_quarters"]
    assert "unknown" not in {old["income_dropped"], own["income_dropped"]}, "去年的人口和收入也随人走"


def test_yesterday_stays_as_it_was(earning: Household, office: User) -> None:
    eve = DAY - timedelta(days=1)
    before = figures(earning, eve)
    new = split(earning, office)
    assert figures(earning, eve) == before
    assert new not in standing.households_at(eve)


def test_no_fen_is_made_or_lost(earning: Household, office: User) -> None:
    total = fen(earning)
    new = split(earning, office)
    assert fen(earning) + fen(new) == total
    moved = LedgerEntry.objects.filter(transfer__isnull=False)
    assert moved.aggregate(sum=Sum("amount_fen"))["sum"] == 0
    assert moved.filter(counts_from=DAY).count() == moved.count()


def test_a_later_line_of_the_one_who_left_follows(earning: Household, office: User) -> None:
    new = split(earning, office)
    was_old, was_new = fen(earning), fen(new)
    son = member(new, "王小明").person
    (entry,) = post_entries(
        by=office, household=earning, entries=[NewEntry(quarter(2020, 1), "wage_income", 12_345, person=son)]
    )
    assert (fen(earning), fen(new)) == (was_old, was_new + 12_345)
    reverse_entry(by=office, entry=entry, reason="重复登记")
    assert (fen(earning), fen(new)) == (was_old, was_new)


def test_taking_back_a_shared_line_takes_back_both_parts(earning: Household, office: User) -> None:
    shared = LedgerEntry.objects.filter(household=earning, kind="production_income").order_by("pk")[0]
    new = split(earning, office)
    was_old, was_new = fen(earning), fen(new)
    reverse_entry(by=office, entry=shared, reason="登记有误")
    assert fen(new) == was_new - 250_000
    assert fen(earning) == was_old - 750_001


def test_split_twice_on_one_day(earning: Household, office: User) -> None:
    total = fen(earning)
    first = split(earning, office)
    daughter = member(earning, "王小红")
    second = split_household(
        by=office, household=earning, moving=[daughter], head=daughter, number="7T-10", on=DAY, reason="投靠"
    )
    assert fen(earning) + fen(first) + fen(second) == total
    assert [figures(one)["members"] for one in (earning, first, second)] == [2, 1, 1]
    assert not figures(second)["missing_quarters"]


def test_there_and_back_again(earning: Household, office: User) -> None:
    whole = figures(earning)
    new = split(earning, office)
    record_event(by=office, household=new, occurred_on=date(2020, 4, 1), cause="失业")
    merge_households(by=office, household=new, into=earning, on=DAY, reason="回迁", relations={"7T-9-1": "之子"})
    together = figures(earning)
    for figure in ("members", "net_income_fen", "base_income_fen", "tier", "income_dropped"):
        assert together[figure] == whole[figure], figure
    new.refresh_from_db()
    assert new.closed_on == DAY
    assert fen(new) == 0
    assert [event.cause for event in standing.events_at(DAY).filter(household=earning)] == ["失业"]
    back = earning.memberships.get(person__name="王小明", left_on=None)
    assert (back.relation, back.counted_from) == ("之子", OPENED)


def test_merging_tells_which_quarters_only_one_knew(earning: Household, office: User, tree: dict[str, Unit]) -> None:
    head = Newcomer("赵六", "户主", number("1980-01-01", 77), joined_on=OPENED)
    other = register_household(by=office, unit=tree["c2"], number="7T-5", on=OPENED, members=[head])
    merge_households(by=office, household=other, into=earning, on=DAY, reason="再婚", relations={"7T-5-1": "其他"})
    assert "7T-5 缺 2018Q2" in other.changes.get(kind="merged").reason


def test_one_event_each_and_refusals(earning: Household, office: User) -> None:
    before = last_seq()
    with pytest.raises(NobodyMoves):
        split_household(
            by=office, household=earning, moving=[], head=member(earning, "王小明"), number="x", on=DAY, reason=""
        )
    head = member(earning, "王志强")
    with pytest.raises(HeadStays):
        split_household(by=office, household=earning, moving=[head], head=head, number="x", on=DAY, reason="")
    assert verbs(before) == []
    new = split(earning, office)
    merge_households(by=office, household=new, into=earning, on=DAY, reason="")
    assert verbs(before) == ["household.split", "household.merged"]


def test_screening_all_sees_what_the_page_sees(
    earning: Household, office: User, tree: dict[str, Unit], tmp_path: Path
) -> None:
    """The two readers of the registry agree where people have moved: `snapshot` for all, `facts` for one."""
    new = split(earning, office)
    record_fact(
        by=office, about=member(new, "王小明").person, kind="health", value="残疾", as_of=DAY, source=FactSource.VISIT
    )
    book = RuleBook.of("qituan-2020", DAY, {})
    (tmp_path / "out").mkdir()
    with connect(tmp_path) as connection:
        counts = write_facts(tmp_path / "facts", connection, DAY, tree["r7"])
        screen(book, DuckDB(connection), tmp_path / "out")
        health = connection.execute("SELECT name, health FROM members WHERE health IS NOT NULL").fetchall()
    assert (counts["households"], counts["members"]) == (2, 4)
    assert health == [("王小明", "残疾")]
    rows = {row["household_id"]: row for row in pq.read_table(tmp_path / "out" / "households.parquet").to_pylist()}
    for household in (earning, new):
        page, row = figures(household), rows[household.number]
        for figure in (
            "members",
            "net_income_fen",
            "base_income_fen",
            "tier",
            "outcome",
            "rules_met",
            "missing_quarters",
        ):
            assert (row[figure] or "") == (page[figure] or ""), (household, figure)
