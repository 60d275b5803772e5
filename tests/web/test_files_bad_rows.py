"""The workbook of bad rows of a large file: prepared by the worker, kept sealed, handed out, void when a row is decided."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shouwang.accounts.models import User
from shouwang.accounts.scope import AccessDenied
from shouwang.registry import bad_row_jobs, batch_jobs, workbook
from shouwang.registry.actions import Verdict, compare_again, decide_match, take_back_match, undo_batch
from shouwang.registry.actions.bad_rows import NothingBad, ask_bad_rows, take_bad_rows
from shouwang.registry.batch_steps import DEAD_AFTER
from shouwang.registry.models import BadRowsBook, Household, RowOutcome, SourceBatch, SourceRow
from shouwang.web.files import columns
from tests.accounts.conftest import Person
from tests.registry.conftest import family, last_seq, office, verbs
from tests.web.test_files import BILLS, GOOD, MIXED, SON, STRANGER, batch_of, body, book_of, doctor, page, send, text_of

__all__ = ["doctor", "family", "office"]

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db
LINK = "下载只含这 4 行的工作簿"


@pytest.fixture(autouse=True)
def nothing_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_FEW_ROWS", 0)


@pytest.fixture
def batch(browser: Browser, doctor: User, family: Household) -> SourceBatch:
    rows = [(*row, f"备注{n}") for n, row in enumerate(MIXED)]
    return batch_of(send(browser(doctor), text_of((*BILLS, "备注"), rows)))


def bad_url(batch: SourceBatch) -> str:
    return reverse("web:batch_bad", args=[batch.uuid])


def polled(client: Client, batch: SourceBatch) -> Any:
    return client.get(reverse("web:batch_job", args=[batch.uuid]))


def lines(content: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    return [[cell.value for cell in line] for line in sheet.iter_rows()]


def prepared(doctor: User, batch: SourceBatch) -> list[list[Any]]:
    """Asked for, prepared by the worker, taken."""
    ask_bad_rows(by=doctor, batch=batch)
    batch_jobs.work_off()
    taken = take_bad_rows(by=doctor, batch=batch)
    assert taken is not None
    return lines(taken.content)


def test_the_worker_prepares_it_and_the_page_hands_it_out(
    browser: Browser, doctor: User, batch: SourceBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, before = browser(doctor), last_seq()
    assert LINK in page(client, batch)
    sent_back = client.get(bad_url(batch))
    assert (sent_back.status_code, sent_back["Location"]) == (302, reverse("web:batch", args=[batch.uuid]) + "#rows")
    shown = page(client, batch)
    assert "正在准备要改的行" in shown
    assert "排队等待准备" in shown
    assert LINK not in shown
    assert client.get(bad_url(batch)).status_code == 302, "再点一次，不再排一次队"
    waiting = polled(client, batch)
    assert "hx-get" in body(waiting)
    assert "HX-Refresh" not in waiting
    assert batch_jobs.work_off() == 1
    assert batch_jobs.work_off() == 0
    assert polled(client, batch)["HX-Refresh"] == "true"
    assert f"{LINK}</a>（已准备好）" in page(client, batch)

    def read_again(*_: object) -> None:
        raise AssertionError("the file is read once, not at every download")

    monkeypatch.setattr(bad_row_jobs.peek, "original", read_again)
    for _ in range(2):
        taken = client.get(bad_url(batch))
        assert taken["Content-Type"] == workbook.CONTENT_TYPE
        assert "no-store" in taken["Cache-Control"]
        head, *rows = lines(taken.content)
        assert head == [*BILLS, "备注", "退回原因"]
        assert [row[-2] for row in rows] == ["备注2", "备注3", "备注4", "备注5"]
        assert rows[3][0] == SON, "号码完整，才能改"
    assert verbs(before) == ["batch.bad_rows_asked", "batch.bad_rows_taken", "batch.bad_rows_taken"]


def test_one_way_for_small_and_large(
    browser: Browser, doctor: User, batch: SourceBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = prepared(doctor, batch)
    BadRowsBook.objects.all().delete()
    monkeypatch.setattr(columns, "_FEW_ROWS", 2_000)
    at_once = browser(doctor).get(bad_url(batch))
    assert lines(at_once.content) == late
    monkeypatch.setattr(columns, "_FEW_BYTES", 10)
    BadRowsBook.objects.all().delete()
    assert browser(doctor).get(bad_url(batch)).status_code == 302, "行少而文件大，也由后台准备"


def test_a_file_of_many_lots_is_read_beside_its_bad_rows(
    browser: Browser, doctor: User, family: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bad rows first, last, and far apart; a sign of life on the way says how far the file is."""
    monkeypatch.setattr(bad_row_jobs, "_BEAT", 100)
    rows = [(STRANGER, f"外来{n}", "", "2020-03-01", str(n), "0", "0", "0", "0") for n in range(700)]
    for place in (0, 350, 699):
        rows[place] = (*rows[place][:3], "2020-02-30", *rows[place][4:])
    batch = batch_of(send(browser(doctor), book_of(BILLS, rows), name="住院.xlsx"))
    batch_jobs.work_off()
    SourceRow.objects.filter(batch=batch, outcome=RowOutcome.UNMATCHED).update(outcome=RowOutcome.REFUSED)
    beats: list[int] = []
    still_mine = bad_row_jobs._still_mine

    def heard(batch: SourceBatch, mine: Any, **changes: Any) -> None:
        beats.append(changes["done"])
        still_mine(batch, mine, **changes)

    monkeypatch.setattr(bad_row_jobs, "_still_mine", heard)
    head, *found = prepared(doctor, batch)
    assert head == [*BILLS, "退回原因"]
    assert [row[1] for row in found] == ["外来0", "外来350", "外来699"]
    assert beats == [1, 101, 201, 301, 401, 501, 601, 701, 701]


def test_it_lies_sealed_beside_its_batch_and_leaves_with_it(doctor: User, batch: SourceBatch) -> None:
    prepared(doctor, batch)
    book = BadRowsBook.objects.get(batch=batch)
    assert book.rows == 4
    assert not bytes(book.sealed).startswith(b"PK")
    undo_batch(by=doctor, batch=batch, reason="送错了")
    assert not BadRowsBook.objects.exists()
    head, *rows = prepared(doctor, batch)
    assert (head[-1], len(rows)) == ("退回原因", 4), "原文件删了，行还在"
    assert "备注" not in head


def test_a_decision_makes_it_anew(doctor: User, office: User, batch: SourceBatch) -> None:
    assert len(prepared(doctor, batch)) == 5
    row = batch.rows.filter(outcome=RowOutcome.UNMATCHED).earliest("row")
    decided = decide_match(by=office, row=row, verdict=Verdict.NOBODY)
    assert not BadRowsBook.objects.exists()
    assert len(prepared(doctor, batch)) == 4
    take_back_match(by=office, row=decided)
    assert len(prepared(doctor, batch)) == 5


def test_compared_again_it_is_made_anew(doctor: User, batch: SourceBatch) -> None:
    prepared(doctor, batch)
    compare_again(by=doctor, batch=batch)
    assert not BadRowsBook.objects.exists()


def test_a_decision_in_the_middle_voids_what_is_being_prepared(
    doctor: User, office: User, batch: SourceBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = bad_row_jobs.write

    def interrupted(*args: Any, **kwargs: Any) -> None:
        write(*args, **kwargs)
        row = batch.rows.filter(outcome=RowOutcome.UNMATCHED).earliest("row")
        decide_match(by=office, row=row, verdict=Verdict.NOBODY)
        ask_bad_rows(by=doctor, batch=batch)

    monkeypatch.setattr(bad_row_jobs, "write", interrupted)
    ask_bad_rows(by=doctor, batch=batch)
    assert bad_row_jobs.perform(batch) is False
    assert take_bad_rows(by=doctor, batch=batch) is None, "旧的结果不当作新的交出去"
    monkeypatch.setattr(bad_row_jobs, "write", write)
    assert len(prepared(doctor, batch)) == 4


def test_of_two_processes_one_gets_it_and_a_dead_one_loses_it(doctor: User, batch: SourceBatch) -> None:
    ask_bad_rows(by=doctor, batch=batch)
    first = bad_row_jobs._claim(batch)
    assert first is not None
    assert bad_row_jobs.perform(batch) is False
    BadRowsBook.objects.update(beat_at=timezone.now() - DEAD_AFTER * 2)
    assert bad_row_jobs.perform(batch) is True
    with pytest.raises(bad_row_jobs.Void):
        bad_row_jobs._still_mine(batch, first, done=1)
    assert take_bad_rows(by=doctor, batch=batch) is not None


def test_what_goes_wrong_is_said_and_can_be_tried_again(
    browser: Browser, doctor: User, batch: SourceBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "LARGEST", 3)
    client = browser(doctor)
    client.get(bad_url(batch))
    batch_jobs.work_off()
    shown = page(client, batch)
    assert "要改的行没有准备好" in shown
    assert "超过 Excel 一张表的 3 行" in shown
    assert "再准备一次" in shown
    assert polled(client, batch)["HX-Refresh"] == "true"
    monkeypatch.undo()
    monkeypatch.setattr(columns, "_FEW_ROWS", 0)
    assert client.get(bad_url(batch)).status_code == 302
    batch_jobs.work_off()
    assert len(lines(client.get(bad_url(batch)).content)) == 5


def test_only_those_who_may_send_the_batch(
    browser: Browser, doctor: User, office: User, person: Person, batch: SourceBatch
) -> None:
    prepared(doctor, batch)
    assert browser(office).get(bad_url(batch)).status_code == 200, "团办可以代各部门报"
    teacher, chief = person("teacher", "department_officer", "school"), person("zu", "leading_group_head", "r7")
    for user in (teacher, chief, person("far", "regiment_office", "r8")):
        assert browser(user).get(bad_url(batch)).status_code == 404
        for act in (ask_bad_rows, take_bad_rows):
            with pytest.raises(AccessDenied):
                act(by=user, batch=batch)


def test_nothing_bad_is_nothing_to_prepare(browser: Browser, doctor: User, family: Household) -> None:
    good = batch_of(send(browser(doctor), text_of(BILLS, GOOD)))
    with pytest.raises(NothingBad):
        ask_bad_rows(by=doctor, batch=good)
    assert not BadRowsBook.objects.exists()
