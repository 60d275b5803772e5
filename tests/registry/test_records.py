"""Lines and their corrections, facts and their conflicts, events, documents."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import Error, transaction

from shouwang.accounts.crypto import SealedDataDamaged
from shouwang.accounts.models import User
from shouwang.accounts.scope import AccessDenied
from shouwang.registry import standing
from shouwang.registry.actions import (
    NewEntry,
    post_entries,
    read_document,
    record_document,
    record_event,
    record_fact,
    reverse_entry,
    settle_conflict,
    withdraw_event,
)
from shouwang.registry.actions.documents import DocumentKnown, DocumentRefused
from shouwang.registry.actions.events import CauseUnknown, NoteNeeded, WithdrawnBefore
from shouwang.registry.actions.facts import FactUnknown, FactWrong, NoConflict, ReasonNeeded
from shouwang.registry.actions.ledger import CannotReverse, EntryWrong, NothingToPost
from shouwang.registry.conflicts import conflict_about, conflicts_of
from shouwang.registry.facts import facts_of_household
from shouwang.registry.models import (
    DocumentBody,
    FactSource,
    Household,
    LedgerEntry,
    PersonFact,
)
from shouwang.units.periods import quarter
from tests.accounts.conftest import Person as MakePerson
from tests.registry.conftest import last_seq, member, verbs

Q1 = quarter(2020, 1)
DAY = date(2020, 5, 20)


def test_a_wrong_line_is_corrected_by_another(family: Household, office: User) -> None:
    before = last_seq()
    (entry,) = post_entries(by=office, household=family, entries=[NewEntry(Q1, "wage_income", 500_000)])
    negative = reverse_entry(by=office, entry=entry, reason="多记一个零")
    assert (negative.amount_fen, negative.corrects) == (-500_000, entry)
    assert verbs(before) == ["ledger.posted", "ledger.reversed"]
    for wrong in (entry, negative):
        with pytest.raises(CannotReverse):
            reverse_entry(by=office, entry=wrong, reason="再来")
    with pytest.raises(NothingToPost):
        post_entries(by=office, household=family, entries=[])


def test_one_bad_line_stops_them_all(family: Household, office: User) -> None:
    lines = [NewEntry(Q1, "wage_income", 1), NewEntry(Q1, "pocket_money", 1)]
    with pytest.raises(EntryWrong, match="第 2 笔"):
        post_entries(by=office, household=family, entries=lines)
    assert not LedgerEntry.objects.exists()


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_ledger_cannot_be_rewritten(change: str, family: Household, office: User) -> None:
    post_entries(by=office, household=family, entries=[NewEntry(Q1, "wage_income", 1)])
    rows = LedgerEntry.objects.filter(household=family)
    act = {"update": lambda: rows.update(amount_fen=2), "delete": lambda: rows._raw_delete(rows.db)}[change]
    with pytest.raises(Error, match="只增不改"), transaction.atomic():
        act()


def test_the_latest_fact_holds_and_a_later_day_wins(family: Household, office: User) -> None:
    who = member(family, "王小红").person
    for day, value in ((date(2020, 3, 1), "小学"), (date(2019, 9, 1), "学龄前儿童"), (date(2020, 5, 1), "辍学")):
        record_fact(by=office, about=who, kind="schooling", value=value, as_of=day, source=FactSource.VISIT)
    record_fact(by=office, about=family, kind="water_safe", value="否", as_of=DAY, source=FactSource.SELF)

    def schooling(day: date) -> str:
        rows = facts_of_household(family, day).rows
        return next(row["schooling"] for row in rows["members"] if row["name"] == "王小红")

    assert [schooling(day) for day in (date(2019, 12, 1), date(2020, 4, 1), DAY)] == ["学龄前儿童", "小学", "辍学"]
    assert facts_of_household(family, DAY).rows["households"]["water_safe"] is False
    assert facts_of_household(family, date(2020, 5, 19)).rows["households"]["water_safe"] is None


def test_sources_that_differ_are_shown_and_settled(family: Household, office: User) -> None:
    who = member(family, "王志强").person
    told = {"by": office, "about": who, "kind": "health"}
    record_fact(**told, value="健康", as_of=date(2020, 1, 1), source=FactSource.SELF)
    assert conflict_about(who, "health") is None
    record_fact(**told, value="长期慢性病", as_of=date(2020, 2, 1), source=FactSource.VISIT)
    conflict = conflict_about(who, "health")
    assert conflict is not None
    assert [(one.source, one.value) for one in conflict.facts] == [("visit", "长期慢性病"), ("self", "健康")]
    with pytest.raises(ReasonNeeded):
        settle_conflict(**told, value="健康", reason=" ")
    before = last_seq()
    settled = settle_conflict(**told, value="健康", reason="查看了体检报告")
    assert settled.as_of == date(2020, 2, 1)
    assert verbs(before) == ["conflict.settled"]
    assert conflicts_of([who, family]) == []
    rows = facts_of_household(family, DAY).rows["members"]
    assert next(row["health"] for row in rows if row["name"] == "王志强") == "健康"
    assert PersonFact.objects.filter(person=who).count() == 3, "原来的说法都还在"
    with pytest.raises(NoConflict):
        settle_conflict(**told, value="健康", reason="再核")
    record_fact(**told, value="患有大病", as_of=date(2020, 5, 1), source=FactSource.SELF)
    assert conflict_about(who, "health") is not None, "核定之后又有不同的说法"


def test_facts_are_spelled_as_files_spell_them(family: Household, office: User) -> None:
    told = {"by": office, "about": family, "as_of": DAY, "source": FactSource.VISIT}
    assert record_fact(**told, kind="dwelling_grade", value=" Ｃ ").value == "C"
    with pytest.raises(FactWrong, match="没有这一选项"):
        record_fact(**told, kind="dwelling_grade", value="E")
    with pytest.raises(FactUnknown):
        record_fact(**told, kind="health", value="健康")


def test_events_and_their_withdrawal(family: Household, office: User, secretary: User) -> None:
    event = record_event(by=secretary, household=family, occurred_on=date(2020, 4, 2), cause="因灾", note="冰雹")
    assert [row["cause"] for row in facts_of_household(family, DAY).rows["events"]] == ["因灾"]
    withdraw_event(by=office, event=event, reason="不是本户")
    assert not standing.events_at(DAY).exists()
    with pytest.raises(WithdrawnBefore):
        withdraw_event(by=office, event=event, reason="再撤")
    with pytest.raises(CauseUnknown):
        record_event(by=office, household=family, occurred_on=DAY, cause="倒霉")
    with pytest.raises(NoteNeeded):
        record_event(by=office, household=family, occurred_on=DAY, cause="其他")


def test_documents_are_sealed_and_every_reading_is_on_record(
    family: Household, secretary: User, person: MakePerson
) -> None:
    content = b"%PDF-1.7 canary-" + b"x" * 1000
    kept = record_document(by=secretary, household=family, title="诊断证明", file_name="a.pdf", content=content)
    sealed = bytes(DocumentBody.objects.get(document=kept).sealed)
    assert b"canary" not in sealed
    before = last_seq()
    assert read_document(by=secretary, document=kept) == content
    assert verbs(before) == ["document.read"]
    with pytest.raises(AccessDenied):
        read_document(by=person("far", "company_secretary", "c2"), document=kept)
    with pytest.raises(DocumentKnown):
        record_document(by=secretary, household=family, title="又", file_name="b.pdf", content=content)
    with pytest.raises(DocumentRefused):
        record_document(by=secretary, household=family, title="x", file_name="x.pdf", content=b"MZ\x90")
    DocumentBody.objects.filter(document=kept).update(sealed=sealed[:-1] + b"!")
    kept.refresh_from_db()
    with pytest.raises(SealedDataDamaged):
        read_document(by=secretary, document=kept)


def test_who_may_record_what(family: Household, person: MakePerson) -> None:
    cadre = person("cadre", "cadre", "c1")
    record_event(by=cadre, household=family, occurred_on=DAY, cause="因病")
    who = member(family, "王小红").person
    record_fact(by=cadre, about=who, kind="health", value="健康", as_of=DAY, source=FactSource.VISIT)
    before = last_seq()
    with pytest.raises(AccessDenied):
        record_fact(by=cadre, about=who, kind="health", value="健康", as_of=DAY, source=FactSource.SELF)
    with pytest.raises(AccessDenied):
        post_entries(by=cadre, household=family, entries=[NewEntry(Q1, "wage_income", 1)])
    assert last_seq() == before
