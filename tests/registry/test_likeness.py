"""A corrected file must not come in beside what it corrects: rows like something held are found, shown and answered for."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shouwang.accounts.models import AuditEvent, Unit, User
from shouwang.registry.actions import (
    NewEntry,
    compare_again,
    confirm_batch,
    post_entries,
    receive_file,
    reverse_entry,
    stage_batch,
    undo_batch,
)
from shouwang.registry.actions.batches import LikeUnanswered, StopsUnanswered
from shouwang.registry.batch_changes import AnotherAtWork, ComparisonOld, changed_since, leaning_on
from shouwang.registry.batch_jobs import work_off
from shouwang.registry.batch_steps import work_of
from shouwang.registry.batch_stops import like_of
from shouwang.registry.models import BatchState, Household, LedgerEntry, MedicalBill, SourceBatch
from shouwang.registry.queries.likeness import former_batches, like_rows, likenesses
from shouwang.units.periods import quarter
from tests.accounts.conftest import Person as MakePerson
from tests.registry.conftest import BILL, FAMILY, member, number
from tests.web.test_files import text_of

pytestmark = pytest.mark.django_db
DAY = date(2020, 5, 20)
FATHER, MOTHER = FAMILY[0].citizen_number, FAMILY[1].citizen_number
LEDGER = ("户编号", "季度", "类别", "金额", "一次性", "人员编号", "来源")
Send = Callable[..., SourceBatch]


@pytest.fixture
def doctor(person: MakePerson) -> User:
    return person("doctor", "department_officer", "hospital")


@pytest.fixture
def send(tree: dict[str, Unit], office: User, family: Household) -> Send:
    """`send("ledger", rows)`: a file of the office's, or of the hospital's, received and read."""

    def receive(
        table: str, rows: list[tuple[str, ...]], by: User = office, header: tuple[str, ...] = LEDGER
    ) -> SourceBatch:
        unit, department = (tree["r7"], "") if by == office else (tree["hospital"], "hospital")
        batch = receive_file(
            by=by, unit=unit, feed=table, file_name=f"{SourceBatch.objects.count() + 1}.csv",
            content=text_of(header, rows), department=department, as_of=DAY,
        )  # fmt: skip
        work_off()
        batch.refresh_from_db()
        assert batch.state == BatchState.STAGED
        return batch

    return receive


def wage(
    fen: str, kind: str = "工资性收入", when: str = "2020Q1", who: str = "7T-1-1", source: str = "社保所"
) -> tuple[str, ...]:
    return ("7T-1", when, kind, fen, "", who, source)


def test_the_same_line_with_another_amount_is_answered_for(send: Send, office: User, family: Household) -> None:
    first = send("ledger", [wage("1000"), wage("400", "转移性收入")])
    confirm_batch(by=office, batch=first)
    second = send("ledger", [wage("1200"), wage("400", "转移性收入")])
    assert (second.counts["accepted"], second.counts["unchanged"], like_of(second)) == (1, 1, 1)
    with pytest.raises(LikeUnanswered, match=r"1 行与台账里已有的.*金额会计两次"):
        confirm_batch(by=office, batch=second, reason="随便写一句不算")
    assert LedgerEntry.objects.count() == 2
    (one,) = likenesses(office, second, list(like_rows(office, second)))
    assert (one.row.row, one.new["amount_fen"], one.old.amount_fen, one.batch) == (2, 120_000, 100_000, first)  # type: ignore[union-attr]
    assert [(former.batch, former.rows) for former in former_batches(office, second)] == [(first, 1)]
    confirm_batch(by=office, batch=second, others=True)
    assert sum(LedgerEntry.objects.standing().values_list("amount_fen", flat=True)) == 260_000
    told = AuditEvent.objects.get(verb="batch.acknowledged")
    assert json.loads(told.facts)["answer"] == "1 行：这些是另外的收支，照样记入"
    assert second.steps.get(state=BatchState.PUBLISHING).reason == "1 行：这些是另外的收支，照样记入"


@pytest.mark.parametrize(
    "other",
    [
        wage("1200", when="2020Q2"), wage("1200", kind="经营性收入"), wage("1200", who="7T-1-2"), wage("1200", who=""),
        wage("1200", source="走访"), wage("1000"),
    ],
    ids=["another quarter", "another kind", "another person", "the whole household", "another source", "the same again"],
)  # fmt: skip
def test_what_is_not_the_same_thing_is_not_asked_about(
    send: Send, office: User, family: Household, other: tuple[str, ...]
) -> None:
    confirm_batch(by=office, batch=send("ledger", [wage("1000")]))
    assert like_of(send("ledger", [other, wage("7", source="别的")])) == 0


def test_what_a_file_repeats_is_nobodys_former_figure(send: Send, office: User, family: Household) -> None:
    """March's wage beside January's and February's, which stand in the file too, whichever comes first."""
    confirm_batch(by=office, batch=send("ledger", [wage("1000"), wage("1100")]))
    assert like_of(send("ledger", [wage("1200"), wage("1000"), wage("1100")])) == 0
    assert like_of(send("ledger", [wage("1200"), wage("1100")])) == 1
    assert like_of(send("ledger", [wage("1200"), wage("1300"), wage("1400")])) == 2, "两笔旧的，只像得了两笔"


def test_a_line_put_right_by_hand_is_like_nothing(send: Send, office: User, family: Household) -> None:
    confirm_batch(by=office, batch=send("ledger", [wage("1000")]))
    reverse_entry(by=office, entry=LedgerEntry.objects.get(), reason="错")
    assert like_of(send("ledger", [wage("1200")])) == 0


def test_a_line_entered_by_hand_is_found_too(send: Send, office: User, family: Household) -> None:
    entry = NewEntry(quarter(2020, 1), "wage_income", 100_000, person=member(family, "王志强").person, source="社保所")
    post_entries(by=office, household=family, entries=[entry])
    batch = send("ledger", [wage("1200")])
    assert like_of(batch) == 1
    (one,) = likenesses(office, batch, list(like_rows(office, batch)))
    assert (one.old.amount_fen, one.batch) == (100_000, None)  # type: ignore[union-attr]
    assert former_batches(office, batch) == []


@pytest.mark.parametrize(
    ("table", "header", "first", "then"),
    [
        ("medical", BILL, (FATHER, "王志强", "", "2020-03-01", "5000", "1200"), (FATHER, "王志强", "", "2020-03-01", "5000", "900")),
        ("school", ("身份证号", "学籍状态", "截至日期"), (FATHER, "在读", "2020-03-01"), (FATHER, "休学", "2020-03-01")),
        ("insurance", ("身份证号", "年度", "参保状态"), (FATHER, "2020", "参保"), (FATHER, "2020", "停保")),
        ("events", ("户编号", "发生日期", "事由", "说明"), ("7T-1", "2020-02-01", "因病", "住院"), ("7T-1", "2020-02-01", "因病", "门诊")),
    ],
)  # fmt: skip
def test_every_table_knows_its_likes(
    send: Send, office: User, family: Household, table: str, header: tuple[str, ...], first: tuple[str, ...],
    then: tuple[str, ...],
) -> None:  # fmt: skip
    confirm_batch(by=office, batch=send(table, [first], header=header))
    batch = send(table, [then], header=header)
    assert like_of(batch) == 1
    with pytest.raises(LikeUnanswered):
        confirm_batch(by=office, batch=batch)
    (one,) = likenesses(office, batch, list(like_rows(office, batch)))
    assert one.old is not None
    assert one.batch is not None


def test_units_and_likes_are_two_questions(send: Send, doctor: User, family: Household) -> None:
    confirm_batch(
        by=doctor, batch=send("hospital_bills", [(FATHER, "王志强", "", "2020-03-01", "5000", "1200")], doctor, BILL)
    )
    wan = send("hospital_bills", [(FATHER, "王志强", "", "2020-03-01", "0.5", "0.12")], doctor, BILL)
    with pytest.raises(StopsUnanswered):
        confirm_batch(by=doctor, batch=wan, others=True)
    with pytest.raises(LikeUnanswered):
        confirm_batch(by=doctor, batch=wan, reason="单位没有错")
    confirm_batch(by=doctor, batch=wan, reason="单位没有错", others=True)
    assert MedicalBill.objects.standing().count() == 2


def test_a_department_is_not_shown_what_others_sent(send: Send, office: User, doctor: User, family: Household) -> None:
    confirm_batch(
        by=office, batch=send("medical", [(FATHER, "王志强", "", "2020-03-01", "5000", "1200")], office, BILL)
    )
    batch = send("hospital_bills", [(FATHER, "王志强", "", "2020-03-01", "5100", "1200")], doctor, BILL)
    assert like_of(batch) == 1
    (one,) = likenesses(doctor, batch, list(like_rows(doctor, batch)))
    assert (one.old, one.batch) == (None, None)
    assert former_batches(doctor, batch) == []
    (one,) = likenesses(office, batch, list(like_rows(office, batch)))
    assert one.old is not None


def test_a_lot_is_one_question_to_the_database(send: Send, office: User, family: Household) -> None:
    confirm_batch(by=office, batch=send("ledger", [wage(str(n)) for n in range(1, 21)]))

    def asked(rows: int) -> int:
        with CaptureQueriesContext(connection) as context:
            batch = send("ledger", [wage(f"{n}.5") for n in range(1, rows + 1)])
        assert like_of(batch) == min(rows, 20)
        undo_batch(by=office, batch=batch, reason="x")
        return len(context)

    assert asked(2) == asked(40)


# ---- the registry moves on between reading and confirming


def test_two_files_read_before_either_counted_do_not_count_twice(send: Send, office: User, family: Household) -> None:
    first, second = send("ledger", [wage("1000")]), send("ledger", [wage("1000"), wage("5", source="别的")])
    assert second.counts["accepted"] == 2
    confirm_batch(by=office, batch=first)
    with pytest.raises(ComparisonOld, match="另一个同类文件已入库"):
        confirm_batch(by=office, batch=second)
    again = compare_again(by=office, batch=second)
    assert (again.state, again.counts["accepted"], again.counts["unchanged"]) == ("staged", 1, 1)
    assert changed_since(again) is None
    confirm_batch(by=office, batch=again)
    assert sum(LedgerEntry.objects.standing().values_list("amount_fen", flat=True)) == 100_500


def test_the_former_batch_undone_its_equal_rows_count_in_the_new_one(
    send: Send, office: User, family: Household
) -> None:
    """The advice the page gives; without a new comparison the rows that did not change would be lost."""
    first = send("ledger", [wage("1000"), wage("400", "转移性收入")])
    confirm_batch(by=office, batch=first)
    second = send("ledger", [wage("1200"), wage("400", "转移性收入")])
    undo_batch(by=office, batch=first, reason="由更正的文件换下")
    with pytest.raises(ComparisonOld, match="已撤销"):
        confirm_batch(by=office, batch=second, others=True)
    again = compare_again(by=office, batch=second)
    assert (again.counts["accepted"], like_of(again)) == (2, 0)
    confirm_batch(by=office, batch=again)
    assert sum(LedgerEntry.objects.standing().values_list("amount_fen", flat=True)) == 160_000


def test_undoing_the_first_after_the_second_counted_names_the_second(
    send: Send, office: User, family: Household
) -> None:
    first = send("ledger", [wage("1000"), wage("400", "转移性收入")])
    confirm_batch(by=office, batch=first)
    assert not leaning_on(first)
    second = send("ledger", [wage("1200"), wage("400", "转移性收入")])
    confirm_batch(by=office, batch=second, others=True)
    assert list(leaning_on(first)) == [second]
    assert not leaning_on(second)


def test_what_never_counted_changes_nothing(send: Send, office: User, family: Household) -> None:
    first, second = send("ledger", [wage("1000")]), send("ledger", [wage("5", source="别的")])
    undo_batch(by=office, batch=first, reason="不收")
    assert changed_since(second) is None
    confirm_batch(by=office, batch=second)


def test_while_another_is_being_posted_one_waits(send: Send, office: User, family: Household) -> None:
    first, second = send("ledger", [wage("1000")]), send("ledger", [wage("1200")])
    confirm_batch(by=office, batch=first, later=True)
    with pytest.raises(AnotherAtWork):
        confirm_batch(by=office, batch=second)
    work_off()
    with pytest.raises(ComparisonOld):
        confirm_batch(by=office, batch=second)
    assert like_of(compare_again(by=office, batch=second)) == 1


def test_a_batch_without_its_file_is_refused_aloud(
    family: Household, office: User, tree: dict[str, Unit], sent: Callable[..., Path]
) -> None:
    batches = [
        stage_batch(by=office, unit=tree["r7"], table="ledger", path=path, file_name=path.name)
        for path in (sent("a.csv", LEDGER, [wage("1")]), sent("b.csv", LEDGER, [wage("2")]))
    ]
    confirm_batch(by=office, batch=batches[0])
    with pytest.raises(ComparisonOld, match="请撤销这一批，再上报一次"):
        confirm_batch(by=office, batch=batches[1])


def test_the_list_is_bounded_and_the_count_is_not(
    send: Send, office: User, family: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shouwang.registry.batch_reading.MOST_PAIRS", 2)
    confirm_batch(by=office, batch=send("ledger", [wage(str(n)) for n in range(1, 4)]))
    batch = send("ledger", [wage(f"{n}.5") for n in range(1, 4)])
    assert (like_of(batch), len(work_of(batch).measures["pairs"]), like_rows(office, batch).count()) == (3, 2, 2)


def test_strangers_are_like_nobody(send: Send, office: User, family: Household) -> None:
    rows = [(number("1960-01-01", 5), "外地人", "", "2020-03-01", "5000", "1200")]
    confirm_batch(by=office, batch=send("medical", rows, office, BILL), reason="外来人员")
    assert like_of(send("medical", [(*rows[0][:4], "6000", "1200")], office, BILL)) == 0
