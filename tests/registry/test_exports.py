"""What may leave the registry and come back, who was first when two act at once, and changing the head."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.http import Http404

from shouwang.accounts.models import Unit, User
from shouwang.accounts.scope import AccessDenied
from shouwang.registry.actions import (
    Newcomer,
    NewEntry,
    add_member,
    change_head,
    export_table,
    post_entries,
    record_event,
    register_household,
    stage_batch,
)
from shouwang.registry.actions.belonging import RelationUnknown
from shouwang.registry.actions.exports import ExportEmpty, ExportReasonNeeded, ExportTooLarge, ExportUnknown
from shouwang.registry.actions.locking import ChangedMeanwhile
from shouwang.registry.actions.members import HeadAlready
from shouwang.registry.models import ChangeKind, Household, Membership
from shouwang.registry.queries import HouseholdFilter, companies_for, entry_for, member_for, registry_counts
from shouwang.terms.tables import BY_NAME
from shouwang.units.periods import quarter
from tests.accounts.conftest import Person
from tests.registry.conftest import FAMILY, OPENED, last_seq, member, verbs

pytestmark = pytest.mark.django_db


@pytest.fixture
def abroad(person: Person, tree: dict[str, Unit]) -> Household:
    """A household of another regiment."""
    other = person("other", "regiment_office", "r8")
    people = (Newcomer("赵铁柱", "户主", joined_on=OPENED),)
    return register_household(by=other, unit=tree["c81"], number="8T-1", on=OPENED, members=people)


@pytest.mark.parametrize("table", ["list", "households", "members", "ledger", "events"])
def test_only_ones_own_territory_leaves(office: User, family: Household, abroad: Household, table: str) -> None:
    for household, by in ((family, office), (abroad, User.objects.get(username="other"))):
        post_entries(by=by, household=household, entries=[NewEntry(quarter(2024, 1), "wage_income", 1)])
        record_event(by=by, household=household, occurred_on=date(2024, 2, 1), cause="因病", note="")
    before = last_seq()
    made = export_table(by=office, table=table, wanted=HouseholdFilter(), reason="核对")
    rows = [list(row) for row in made.rows]
    assert {row[0] for row in rows} == {"7T-1"}
    assert made.count == len(rows)
    assert all(len(row) == len(made.columns) for row in rows)
    assert verbs(before) == ["registry.exported"]
    if table in BY_NAME:
        assert made.columns == BY_NAME[table].columns


def test_an_export_is_refused_aloud(office: User, secretary: User, family: Household) -> None:
    def ask(by: User = office, table: str = "members", reason: str = "核对", **more: object) -> object:
        return export_table(by=by, table=table, wanted=HouseholdFilter(**more.pop("asked", {})), reason=reason, **more)  # type: ignore[arg-type]

    before = last_seq()
    with pytest.raises(ExportUnknown):
        ask(table="users")
    with pytest.raises(ExportReasonNeeded):
        ask(reason=" ")
    with pytest.raises(ExportEmpty):
        ask(asked={"name": "没有此人"})
    with pytest.raises(ExportTooLarge, match="4 行"):
        ask(limit=3)
    with pytest.raises(AccessDenied):
        ask(by=secretary)
    assert verbs(before) == []


def test_whole_numbers_are_a_permission_of_their_own(office: User, person: Person, family: Household) -> None:
    whole = export_table(by=office, table="members", wanted=HouseholdFilter(), reason="x", full_numbers=True)
    assert {row[3] for row in whole.rows} == {one.citizen_number for one in FAMILY}
    division = person("division", "division_office", "d1")
    with pytest.raises(AccessDenied):
        export_table(by=division, table="members", wanted=HouseholdFilter(), reason="x", full_numbers=True)


def test_a_text_kept_as_written_is_known_again_as_a_file_gives_it_back(
    office: User, family: Household, tree: dict[str, Unit], sent: Callable[..., Path]
) -> None:
    """Cells are read with half-width punctuation; the line must not be counted twice for that."""
    lines = [NewEntry(quarter(2024, 1), "wage_income", 500, source="走访：２０２４年")]
    post_entries(by=office, household=family, entries=lines)
    header = ("户编号", "季度", "类别", "金额", "一次性", "人员编号", "来源")
    row = ("7T-1", "2024Q1", "工资性收入", "5.00", "否", "", "走访：２０２４年")
    path = sent("ledger.csv", header, [row, row])
    batch = stage_batch(by=office, unit=tree["r7"], table="ledger", path=path, file_name="ledger.csv")
    assert (batch.counts["unchanged"], batch.counts["accepted"]) == (1, 1)


def test_who_comes_second_is_told_who_did_what(office: User, secretary: User, family: Household) -> None:
    baby = Newcomer("王小宝", "之孙子")
    add_member(by=secretary, household=family, newcomer=baby, kind=ChangeKind.BIRTH, on=date(2024, 1, 1))
    with pytest.raises(ChangedMeanwhile, match=r"secretary于\d\d月\d\d日 \d\d:\d\d办理出生：王小宝"):
        add_member(
            by=office, household=family, newcomer=Newcomer("王小贝", "之孙女"), kind=ChangeKind.BIRTH,
            on=date(2024, 1, 1), version=family.version,
        )  # fmt: skip


def test_the_head_changes_and_the_former_row_stays(secretary: User, family: Household) -> None:
    wife, before = member(family, "李秀兰"), last_seq()
    with pytest.raises(RelationUnknown):
        change_head(by=secretary, household=family, new_head=wife, former_relation="户主", reason="x")
    with pytest.raises(HeadAlready):
        change_head(
            by=secretary, household=family, new_head=member(family, "王志强"), former_relation="配偶", reason="x"
        )
    change_head(by=secretary, household=family, new_head=wife, former_relation="配偶", reason="本人要求")
    assert (member(family, "李秀兰").relation, member(family, "王志强").relation) == ("户主", "配偶")
    former = Membership.objects.filter(household=family).exclude(superseded_at=None)
    assert set(former.values_list("person__name", "relation")) == {("王志强", "户主"), ("李秀兰", "配偶")}
    assert verbs(before) == ["head.changed"]


def test_things_are_found_only_within_ones_territory(
    office: User, secretary: User, family: Household, abroad: Household, tree: dict[str, Unit]
) -> None:
    (entry,) = post_entries(by=office, household=family, entries=[NewEntry(quarter(2024, 1), "wage_income", 1)])
    assert entry_for(secretary, family, str(entry.pk)) == entry
    stranger = abroad.memberships.get().person
    for key in ("nonsense", "0", "9" * 30):
        with pytest.raises(Http404):
            entry_for(secretary, family, key)
    with pytest.raises(Http404):
        member_for(office, abroad, stranger.uuid)
    with pytest.raises(Http404):
        member_for(office, family, stranger.uuid)
    assert registry_counts(office) == (1, 4)
    assert set(companies_for(office)) == {tree["c1"], tree["c2"]}
    assert set(companies_for(secretary)) == {tree["c1"]}
