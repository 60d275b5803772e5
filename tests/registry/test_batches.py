"""Departments' files: shown first, counted when confirmed, taken out whole; and doubtful rows decided by people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from shouwang.accounts.models import Unit, User
from shouwang.accounts.scope import AccessDenied
from shouwang.registry import batch_posting, standing
from shouwang.registry.actions import (
    Newcomer,
    NewEntry,
    Verdict,
    confirm_batch,
    decide_match,
    post_entries,
    register_household,
    reverse_entry,
    split_household,
    stage_batch,
    undo_batch,
)
from shouwang.registry.actions.batches import FileKnown, NotReady, UndoReasonNeeded
from shouwang.registry.actions.matches import DecidedBefore, OutOfReach, WhoIsIt
from shouwang.registry.batch_jobs import work_off
from shouwang.registry.batch_steps import DEAD_AFTER
from shouwang.registry.batch_stops import usual_for
from shouwang.registry.conflicts import conflict_about
from shouwang.registry.facts import facts_of_household
from shouwang.registry.models import (
    BatchState,
    BatchWork,
    Household,
    LedgerEntry,
    MedicalBill,
    PersonFact,
    SourceBatch,
    SourceRow,
)
from shouwang.registry.queries import rows_for, workbench_rows
from shouwang.sources.errors import SourceError
from shouwang.units.periods import quarter
from tests.accounts.conftest import Person as MakePerson
from tests.registry.conftest import BILL, FAMILY, OPENED, last_seq, member, number, verbs

DAY = date(2020, 5, 20)
CHECKED = "逐行核对过，是外来人员"
FATHER, MOTHER = FAMILY[0].citizen_number, FAMILY[1].citizen_number
ROWS = [
    (FATHER, "王志强", "", "2020-03-01", "5000", "1200.50"),
    ("", "李秀兰", "1972-03-01", "2020-03-02", "80", "80"),
    ("", "李秀芝", "1972-03-01", "2020-03-02", "90", "90"),
    (number("1960-01-01", 5), "外地人", "", "2020-03-03", "70", "70"),
    (FATHER, "王志强", "", "2020-03-01", "5000", "1200.50"),
    (FATHER, "王志强", "", "去年", "5000", "1200.50"),
]


@pytest.fixture
def doctor(person: MakePerson) -> User:
    return person("doctor", "department_officer", "hospital")


@pytest.fixture
def stage(tree: dict[str, Unit], doctor: User) -> Callable[..., SourceBatch]:
    def send(path: Path, table: str = "medical", by: User = doctor, department: str = "hospital") -> SourceBatch:
        unit = tree["hospital"] if department == "hospital" else tree["r7"]
        return stage_batch(
            by=by, unit=unit, table=table, path=path, file_name=path.name, department=department, as_of=DAY
        )

    return send


@pytest.fixture
def staged(family: Household, stage: Callable[..., SourceBatch], sent: Callable[..., Path]) -> SourceBatch:
    return stage(sent("住院.csv", BILL, ROWS))


def standing_bills() -> int:
    return MedicalBill.objects.standing().count()


def test_a_file_is_shown_before_it_counts(staged: SourceBatch, doctor: User) -> None:
    expected = {"read": 6, "matched": 2, "unmatched": 2, "duplicate": 1, "rejected": 1}
    assert {name: staged.counts[name] for name in expected} == expected
    assert sum(staged.counts.values()) == 2 * staged.counts["read"]
    assert staged.state == BatchState.STAGED
    assert not MedicalBill.objects.exists()
    assert verbs()[-1] == "batch.staged"
    lines = {line.row.row: line for line in rows_for(doctor, staged).rows}
    assert lines[7].row.column == "结算日期"
    assert "不是日期" in lines[7].row.reason
    assert FATHER not in str(lines[2].cells), "身份证号不完整显示"
    assert FATHER in SourceRow.objects.get(batch=staged, row=2).cells


def test_confirmed_it_counts_and_undone_it_does_not(staged: SourceBatch, doctor: User, family: Household) -> None:
    before = last_seq()
    confirm_batch(by=doctor, batch=staged, reason=CHECKED)
    assert standing_bills() == 2
    bills = [bill for row in facts_of_household(family, DAY).rows["members"] for bill in row["medical"]]
    assert [(bill["self_paid"], bill["row"]) for bill in bills] == [(120_050, 2), (8_000, 3)]
    with pytest.raises(NotReady):
        confirm_batch(by=doctor, batch=staged, reason=CHECKED)
    with pytest.raises(UndoReasonNeeded):
        undo_batch(by=doctor, batch=staged, reason=" ")
    undo_batch(by=doctor, batch=staged, reason="送错月份")
    assert standing_bills() == 0
    assert MedicalBill.objects.count() == 2, "记录还在，只是不再计入"
    assert verbs(before) == ["batch.acknowledged", "batch.confirmed", "batch.undone"]


def test_the_same_file_twice_does_nothing_and_says_so(
    staged: SourceBatch, doctor: User, stage: Callable[..., SourceBatch], sent: Callable[..., Path]
) -> None:
    again = sent("改了名字.csv", BILL, ROWS)
    before = last_seq()
    with pytest.raises(FileKnown, match="已经上报过，现在是“待确认”"):
        stage(again)
    assert (SourceBatch.objects.count(), last_seq()) == (1, before)
    undo_batch(by=doctor, batch=staged, reason="重来")
    assert stage(again).state == BatchState.STAGED


def test_unchanged_rows_of_a_fuller_file_are_left_out(
    staged: SourceBatch, doctor: User, stage: Callable[..., SourceBatch], sent: Callable[..., Path]
) -> None:
    confirm_batch(by=doctor, batch=staged, reason=CHECKED)
    fuller = [*ROWS[:2], (MOTHER, "李秀兰", "", "2020-04-02", "60", "60")]
    second = stage(sent("四月.csv", BILL, fuller))
    assert (second.counts["unchanged"], second.counts["matched"]) == (2, 1)
    confirm_batch(by=doctor, batch=second)
    assert standing_bills() == 3


def test_broken_off_in_the_middle_nothing_counts_and_again_completes(
    family: Household, stage: Callable[..., SourceBatch], sent: Callable[..., Path], doctor: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    rows = [(FATHER, "王志强", "", "2020-03-01", str(amount), "1") for amount in range(1, 1201)]
    batch = stage(sent("大.csv", BILL, rows))
    real, calls = batch_posting.publish_rows, []

    def dying(*arguments: Any) -> int:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(batch_posting, "publish_rows", dying)
    with pytest.raises(KeyboardInterrupt):
        confirm_batch(by=doctor, batch=batch)
    assert MedicalBill.objects.count() == 500, "第一段已经写入"
    assert standing_bills() == 0, "但一行也不计入"
    monkeypatch.setattr(batch_posting, "publish_rows", real)
    assert confirm_batch(by=doctor, batch=batch).state == BatchState.PUBLISHING, "可能还有人在办"
    assert work_off() == 0
    BatchWork.objects.update(beat_at=timezone.now() - 2 * DEAD_AFTER)
    assert work_off() == 1
    assert (MedicalBill.objects.count(), standing_bills()) == (1200, 1200)
    assert verbs().count("batch.confirmed") == 1


def test_a_file_that_cannot_be_read_leaves_nothing(
    family: Household, stage: Callable[..., SourceBatch], tmp_path: Path, sent: Callable[..., Path]
) -> None:
    bomb = tmp_path / "a.xlsx"
    bomb.write_bytes(b"PK\x03\x04 nonsense")
    before = last_seq()
    for path in (bomb, sent("b.csv", ("甲", "乙"), [(1, 2)])):
        with pytest.raises(SourceError):
            stage(path)
    assert (SourceBatch.objects.count(), last_seq()) == (0, before)


def test_doubtful_rows_are_decided_by_people(
    staged: SourceBatch, doctor: User, office: User, family: Household
) -> None:
    confirm_batch(by=doctor, batch=staged, reason=CHECKED)
    assert not workbench_rows(doctor).rows, "部门不判定"
    doubtful, stranger = workbench_rows(office).rows
    best = doubtful.candidates[0]
    assert best.person == member(family, "李秀兰").person
    ours, theirs = best.columns["name"]
    assert ("兰", True) in ours
    assert ("芝", True) in theirs
    with pytest.raises(AccessDenied):
        decide_match(by=doctor, row=doubtful.row, verdict=Verdict.IS, person=best.person)
    with pytest.raises(WhoIsIt):
        decide_match(by=office, row=doubtful.row, verdict=Verdict.IS)
    before = last_seq()
    decide_match(by=office, row=doubtful.row, verdict=Verdict.LATER)
    decide_match(by=office, row=doubtful.row, verdict=Verdict.IS, person=best.person)
    decide_match(by=office, row=stranger.row, verdict=Verdict.NOBODY)
    assert verbs(before) == ["match.decided"] * 3
    assert standing_bills() == 3, "批次已入库，判定即计入"
    assert not workbench_rows(office).rows
    with pytest.raises(DecidedBefore):
        decide_match(by=office, row=doubtful.row, verdict=Verdict.NOBODY)
    undo_batch(by=doctor, batch=staged, reason="全部重来")
    assert standing_bills() == 0


def test_a_row_is_never_given_to_somebody_of_another_regiment(
    staged: SourceBatch, office: User, person: MakePerson, tree: dict[str, Unit]
) -> None:
    elsewhere = person("r8", "regiment_office", "r8")
    far = register_household(
        by=elsewhere, unit=tree["c81"], number="8T-1", on=OPENED,
        members=[Newcomer("李秀芝", "户主", birth_date=date(1972, 3, 1))],
    )  # fmt: skip
    doubtful = workbench_rows(office).rows[0]
    assert all(one.person.home.regiment == tree["r7"] for one in doubtful.candidates)
    with pytest.raises(OutOfReach):
        decide_match(by=office, row=doubtful.row, verdict=Verdict.IS, person=member(far, "李秀芝").person)


LEDGER = ("户编号", "季度", "类别", "金额", "一次性", "人员编号", "来源")


def test_a_ledger_sent_back_unchanged_changes_nothing(
    family: Household, office: User, stage: Callable[..., SourceBatch], sent: Callable[..., Path]
) -> None:
    same = [NewEntry(quarter(2020, 1), "wage_income", 100_000, source="走访")] * 2
    post_entries(by=office, household=family, entries=same)
    line = ("7T-1", "2020Q1", "工资性收入", "1000", "", "", "走访")
    batch = stage(sent("台账.csv", LEDGER, [line, line, line]), "ledger", office, "")
    assert (batch.counts["unchanged"], batch.counts["accepted"]) == (2, 1)


def test_undoing_a_ledger_takes_its_corrections_and_transfers_along(
    family: Household, office: User, stage: Callable[..., SourceBatch], sent: Callable[..., Path]
) -> None:
    lines = [
        ("7T-1", "2020Q1", "工资性收入", "1000", "", "7T-1-3", "社保所"),
        ("7T-1", "2020Q1", "转移性收入", "400", "", "", ""),
    ]
    batch = stage(sent("台账.csv", LEDGER, lines), "ledger", office, "")
    confirm_batch(by=office, batch=batch)
    son = member(family, "王小明")
    new = split_household(by=office, household=family, moving=[son], head=son, number="7T-2", on=DAY, reason="")
    reverse_entry(by=office, entry=LedgerEntry.objects.get(batch=batch, row=3), reason="错")
    sums = [sum(e.amount_fen for e in standing.entries_at(DAY).filter(household=one)) for one in (family, new)]
    assert sums == [0, 100_000]
    undo_batch(by=office, batch=batch, reason="错发")
    for one in (family, new):
        assert sum(e.amount_fen for e in standing.entries_at(DAY).filter(household=one)) == 0
        assert not [e for e in standing.entries_at(DAY).filter(household=one) if e.amount_fen]


def test_late_lines_of_a_file_follow_who_has_moved(
    family: Household, office: User, stage: Callable[..., SourceBatch], sent: Callable[..., Path]
) -> None:
    son = member(family, "王小明")
    new = split_household(by=office, household=family, moving=[son], head=son, number="7T-2", on=DAY, reason="")
    batch = stage(
        sent("台账.csv", LEDGER, [("7T-1", "2020Q1", "工资性收入", "1000", "", "7T-1-3", "")]), "ledger", office, ""
    )
    confirm_batch(by=office, batch=batch)
    assert sum(e.amount_fen for e in standing.entries_at(DAY).filter(household=new)) == 100_000
    assert sum(e.amount_fen for e in standing.entries_at(DAY).filter(household=family)) == 0


def test_a_department_that_says_otherwise_makes_a_conflict(
    family: Household, office: User, stage: Callable[..., SourceBatch], sent: Callable[..., Path]
) -> None:
    who = member(family, "王志强").person
    header = ("户编号", "人员编号", "姓名", "健康状况")
    for name, value, by, department in (("a.csv", "健康", office, ""), ("b.csv", "患有大病", None, "hospital")):
        batch = stage(sent(name, header, [("7T-1", "7T-1-1", "王志强", value)]), "members", **(
            {"by": by, "department": department} if by else {}
        ))  # fmt: skip
        confirm_batch(by=by or User.objects.get(username="doctor"), batch=batch)
    conflict = conflict_about(who, "health")
    assert conflict is not None
    assert {(one.department, one.value) for one in conflict.facts} == {("", "健康"), ("hospital", "患有大病")}
    assert PersonFact.objects.standing().count() == 2


def test_only_the_department_itself_and_the_office(
    staged: SourceBatch, person: MakePerson, tree: dict[str, Unit], sent: Callable[..., Path]
) -> None:
    teacher = person("teacher", "department_officer", "school")
    path = sent("x.csv", BILL, ROWS[:1])
    with pytest.raises(AccessDenied):
        stage_batch(
            by=teacher, unit=tree["hospital"], table="medical", path=path, file_name="x.csv", department="hospital"
        )
    for act in (
        lambda: confirm_batch(by=teacher, batch=staged),
        lambda: undo_batch(by=teacher, batch=staged, reason="x"),
    ):
        with pytest.raises(AccessDenied):
            act()
    confirm_batch(by=person("office2", "regiment_office", "r7"), batch=staged, reason=CHECKED)


@pytest.mark.parametrize(("held", "told"), [(4, None), (5, 3000)])
def test_the_usual_amount_is_never_one_of_a_few(
    family: Household, stage: Callable[..., SourceBatch], sent: Callable[..., Path], doctor: User, held: int,
    told: int | None,
) -> None:  # fmt: skip
    bills = [(FATHER, "王志强", "", f"2020-02-0{day}", f"{10 * day}", f"{10 * day}") for day in range(1, held + 1)]
    confirm_batch(by=doctor, batch=stage(sent("old.csv", BILL, bills)))
    BatchWork.objects.update(measures={})  # not read from a file: only the registry knows what is usual
    usual = usual_for(stage(sent("new.csv", BILL, ROWS)))
    assert (usual and usual.median_fen) == told
