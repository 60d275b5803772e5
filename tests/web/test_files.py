"""Departments' files through the pages: template, upload, columns, preview, bad rows, confirming, undoing; and who sees what."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shouwang.accounts.actions import create_unit
from shouwang.accounts.models import AuditEvent, Unit, User
from shouwang.policy.feed import STANDARD, feeds
from shouwang.registry import batch_jobs, batch_reading, batch_steps, bodies
from shouwang.registry.actions import NewEntry, post_entries, record_event, record_fact
from shouwang.registry.batch_steps import DEAD_AFTER
from shouwang.registry.models import (
    BatchBody,
    BatchState,
    BatchWork,
    FactSource,
    Household,
    LedgerEntry,
    MedicalBill,
    SourceBatch,
    SourceRow,
)
from shouwang.registry.models.batch import WORKING, RowOutcome
from shouwang.registry.queries import sending_unit
from shouwang.units.periods import quarter
from shouwang.web import uploads
from shouwang.web.files import acts, sending
from tests.accounts.conftest import CONSOLE, Person
from tests.registry.conftest import FAMILY, family, member, number, office, secretary, verbs

__all__ = ["family", "office", "secretary"]

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db

FATHER, MOTHER, SON = (one.citizen_number for one in FAMILY[:3])
STRANGER = number("1960-01-01", 5)
BILLS = (
    "身份证号",
    "姓名",
    "出生日期",
    "结算日期",
    "总费用",
    "基本医保支付",
    "大病保险支付",
    "医疗救助支付",
    "个人自付",
)


def body(response: Any) -> str:
    return str(response.content.decode())


def bill(citizen: str, name: str, total: str = "5000", day: str = "2020-03-01", born: str = "") -> tuple[str, ...]:
    return (citizen, name, born, day, total, "3000", "0", "0", "2000")


GOOD = [bill(FATHER, "王志强"), bill(MOTHER, "李秀兰", "6000"), bill(SON, "王小明", "7000")]


def text_of(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    out = StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode("utf-8-sig")


def book_of(header: Sequence[str], rows: Sequence[Sequence[Any]], title: str = "Sheet1") -> bytes:
    book, out = openpyxl.Workbook(), BytesIO()
    book.active.title = title
    for row in (header, *rows):
        book.active.append(list(row))
    book.save(out)
    return out.getvalue()


def send(
    client: Client, content: bytes, feed: str = "hospital_bills", name: str = "住院.csv", as_of: str = "2020-05-20"
) -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("web:source_feed", args=[feed]), {"file": file, "as_of": as_of})


def batch_of(response: Any) -> SourceBatch:
    assert response.status_code == 302, body(response)
    return SourceBatch.objects.get(uuid=response["Location"].rstrip("/").rsplit("/", 1)[-1])


def page(client: Client, batch: SourceBatch, query: str = "") -> str:
    return body(client.get(reverse("web:batch", args=[batch.uuid]) + query))


def confirm(client: Client, batch: SourceBatch, **data: str) -> Any:
    return client.post(reverse("web:batch_confirm", args=[batch.uuid]), data)


def counted() -> int:
    return MedicalBill.objects.standing().count()


@pytest.fixture
def doctor(person: Person) -> User:
    return person("doctor", "department_officer", "hospital")


# ---- the way of one file


def test_a_file_is_shown_confirmed_and_taken_out_again(browser: Browser, doctor: User, family: Household) -> None:
    client = browser(doctor)
    batch = batch_of(send(client, text_of(BILLS, GOOD)))
    assert (batch.state, batch.feed, batch.department) == ("staged", "hospital_bills", "hospital")
    shown = page(client, batch)
    assert "确认入库" in shown
    assert "读入 3 行，一行不少" in shown
    assert FATHER not in shown
    assert counted() == 0
    confirm(client, batch)
    assert counted() == 3
    assert "已入库：计入 3 条，涉及 1 户" in page(client, batch)
    undo = reverse("web:batch_undo", args=[batch.uuid])
    assert "3 条" in body(client.get(undo))
    assert "没有撤销，请先改正" in body(client.post(undo, {"reason": ""}))
    client.post(undo, {"reason": "送错月份"})
    assert counted() == 0
    assert "送错月份" in page(client, batch)
    assert not BatchBody.objects.filter(batch=batch).exists()
    assert [verb for verb in verbs() if verb.startswith("batch.")] == [
        "batch.received", "batch.staged", "batch.confirmed", "batch.undone",
    ]  # fmt: skip


def test_the_file_lies_encrypted(browser: Browser, doctor: User, family: Household) -> None:
    batch = batch_of(send(browser(doctor), text_of(BILLS, GOOD)))
    sealed = bytes(BatchBody.objects.get(batch=batch).sealed)
    assert FATHER.encode() not in sealed
    with bodies.opened(batch) as path:
        assert FATHER in path.read_text(encoding="utf-8-sig")
        place = path
    assert not place.exists()


def test_the_same_file_twice_does_nothing_and_leads_to_the_first(
    browser: Browser, doctor: User, family: Household
) -> None:
    client = browser(doctor)
    first = batch_of(send(client, text_of(BILLS, GOOD)))
    again = send(client, text_of(BILLS, GOOD), name="改名.csv")
    assert "没有收这个文件" in body(again)
    assert "已经上报过" in body(again)
    assert reverse("web:batch", args=[first.uuid]) in body(again)
    assert SourceBatch.objects.count() == 1


@pytest.mark.parametrize("feed", [*feeds(), *STANDARD])
def test_every_template_is_read_back_as_it_is(browser: Browser, office: User, tree: dict[str, Unit], feed: str) -> None:
    """A template that its own reader refuses would be refused by everybody who filled it in."""
    found = feeds().get(feed) or STANDARD[feed]
    if sending_unit(office, found) is None:
        create_unit(
            by=CONSOLE, code=found.department, name=found.department_name, level="department", parent=tree["r7"],
            department=found.department,
        )  # fmt: skip
    client = browser(office)
    answer = client.get(reverse("web:source_template", args=[feed]))
    book = openpyxl.load_workbook(BytesIO(answer.content))
    data, help_ = book.worksheets
    headers = [cell.value for cell in data[1]]
    assert headers == [column.header for column in found.reading.columns]
    told = " ".join(str(cell.value) for row in help_.iter_rows() for cell in row if cell.value)
    assert all(header in told for header in headers)
    data.cell(2, 1).value = "没有这个人"
    out = BytesIO()
    book.save(out)
    batch = batch_of(send(client, out.getvalue(), feed, "模板.xlsx"))
    assert batch.state == "staged", page(client, batch)
    assert batch.counts["read"] == 1
    assert batch.notices == []


# ---- columns assigned and remembered

OTHER = ("公民号码", "患者", "生日", "出院日期", "费用总额(元)", "统筹支付", "大病支付", "救助支付", "自付金额", "科室")
ASSIGNED = {
    "column_id_number": "公民号码", "column_name": "患者", "column_birth_date": "生日", "column_settled_on": "出院日期",
    "column_total": "费用总额(元)", "column_basic_paid": "统筹支付", "column_catastrophic_paid": "大病支付",
    "column_aid_paid": "救助支付", "column_self_paid": "自付金额",
}  # fmt: skip


def other(rows: Sequence[Sequence[str]] = GOOD) -> bytes:
    return text_of(OTHER, [(*row, "内科") for row in rows])


def test_other_headers_are_assigned_once_and_remembered(browser: Browser, doctor: User, family: Household) -> None:
    client = browser(doctor)
    batch = batch_of(send(client, other()))
    assert batch.state == BatchState.MAPPING
    assert not SourceRow.objects.exists()
    address = reverse("web:batch_columns", args=[batch.uuid])
    asked = body(client.get(address))
    assert "科室" in asked
    assert "6529**********" in asked
    assert FATHER not in asked
    wrong = client.post(address, ASSIGNED | {"column_total": "", "column_aid_paid": "自付金额"})
    assert "对应了两次" in body(wrong)
    wrong = client.post(address, ASSIGNED | {"column_total": ""})
    assert "还缺“总费用”" in body(wrong)
    client.post(address, ASSIGNED)
    batch.refresh_from_db()
    assert (batch.state, batch.counts["matched"]) == ("staged", 3)
    assert any("科室" in notice for notice in batch.notices), "没有读的列要说"
    confirm(client, batch)
    assert sorted(MedicalBill.objects.values_list("total", flat=True)) == [500_000, 600_000, 700_000]
    again = batch_of(send(client, other([bill(FATHER, "王志强", "5100", "2020-04-01")]), name="四月.csv"))
    assert (again.state, again.counts["matched"]) == ("staged", 1)
    assert again.mapping["total"] == "费用总额(元)"
    assert "改列的对应" in page(client, again)
    ordinary = batch_of(send(client, text_of(BILLS, [bill(MOTHER, "李秀兰", "52")]), name="五月.csv"))
    assert (ordinary.state, ordinary.mapping) == ("staged", {}), "按自己的列名来的，不受上次影响"


def test_nearest_names_are_proposed(browser: Browser, doctor: User, family: Household) -> None:
    client = browser(doctor)
    headers = ("身份证号码", "病人姓名", "结算日", "总费用合计", "个人自付额")
    batch = batch_of(send(client, text_of(headers, [(FATHER, "王志强", "2020-03-01", "5", "1")])))
    asked = body(client.get(reverse("web:batch_columns", args=[batch.uuid])))
    chosen = dict(re.findall(r'name="column_(\w+)".*?<option value="([^"]*)" selected', asked, re.S))
    assert chosen["id_number"] == "身份证号码"
    assert (chosen["name"], chosen["settled_on"]) == ("病人姓名", "结算日")
    assert (chosen["total"], chosen["self_paid"]) == ("总费用合计", "个人自付额")


# ---- bad rows out and in again

MIXED = [
    *GOOD[:2], bill("", "李秀芝", "900", born="1972-03-01"), bill(STRANGER, "外来人", "=1+1"), bill(STRANGER, "外来人", "800"),
    bill(SON, "王小明", "5000", "2020-02-30"), GOOD[0],
]  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_bad_rows_go_back_whole_and_come_in_again(browser: Browser, doctor: User, family: Household, kind: str) -> None:
    client = browser(doctor)
    header, rows = (*BILLS, "备注"), [(*row, f"备注{n}") for n, row in enumerate(MIXED)]
    content = text_of(header, rows) if kind == "csv" else book_of(header, rows)
    batch = batch_of(send(client, content, name=f"住院.{kind}"))
    told = {name: n for name, n in batch.counts.items() if n}
    assert told == {"read": 7, "matched": 2, "unmatched": 2, "rejected": 2, "duplicate": 1}
    assert "日期不存在" in page(client, batch)
    answer = client.get(reverse("web:batch_bad", args=[batch.uuid]))
    book = openpyxl.load_workbook(BytesIO(answer.content))
    sheet = book.worksheets[0]
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert lines[0] == [*header, "退回原因"]
    assert [line[-2] for line in lines[1:]] == ["备注2", "备注3", "备注4", "备注5"]
    assert lines[4][0] == SON, "号码完整，才能改"
    assert "第7行" in lines[4][-1]
    assert "日期不存在" in lines[4][-1]
    assert not any(cell.data_type == "f" for line in sheet.iter_rows() for cell in line)
    confirm(client, batch, sure="on", reason="外来人员")
    for line in (2, 3, 4, 5):
        sheet.cell(line, 1).value, sheet.cell(line, 2).value = SON, "王小明"
        sheet.cell(line, 4).value = f"2020-02-0{line}"
        sheet.cell(line, 5).value = "5000"
    out = BytesIO()
    book.save(out)
    fixed = batch_of(send(client, out.getvalue(), name="改好.xlsx"))
    assert {name: n for name, n in fixed.counts.items() if n} == {"read": 4, "matched": 4}
    assert fixed.notices == ["改好.xlsx：有 1 列不认识，没有读：备注。"], "我们自己加的列不提"
    assert "batch.bad_rows_taken" in verbs()


# ---- what must not pass without a word


def test_a_slip_of_units_is_stopped_until_somebody_says_why(browser: Browser, doctor: User, family: Household) -> None:
    client = browser(doctor)
    confirm(client, batch_of(send(client, text_of(BILLS, GOOD))))
    wan = [bill(FATHER, "王志强", "0.52", "2020-04-01"), bill(MOTHER, "李秀兰", "0.61", "2020-04-02")]
    batch = batch_of(send(client, text_of(BILLS, wan), name="四月.csv"))
    assert "请核对单位是元还是万元" in page(client, batch)
    assert "没有入库，请先改正" in body(confirm(client, batch))
    assert "没有入库，请先改正" in body(confirm(client, batch, reason="没有勾选"))
    assert counted() == 3
    confirm(client, batch, sure="on", reason="确实都是小额门诊")
    assert counted() == 5
    assert "确实都是小额门诊" in page(client, batch)
    fen = [bill(SON, "王小明", "520000", "2020-05-01")]
    assert "请核对单位是元还是分" in page(client, batch_of(send(client, text_of(BILLS, fen), name="五月.csv")))


def test_a_file_about_strangers_is_stopped(browser: Browser, doctor: User, family: Household) -> None:
    client = browser(doctor)
    strangers = [bill(number("1960-01-01", place), "外来人") for place in range(5, 7)]
    batch = batch_of(send(client, text_of(BILLS, [*GOOD, *strangers])))
    assert "5 行里有 2 行对不上人或户" in page(client, batch)
    assert "没有入库，请先改正" in body(confirm(client, batch))
    assert counted() == 0


def test_two_payments_in_a_quarter_are_two_and_the_same_one_is_one(
    browser: Browser, office: User, tree: dict[str, Unit], family: Household
) -> None:
    """A day becomes a quarter; without it in the source, February's allowance would look like January's again."""
    create_unit(
        by=CONSOLE,
        code="sa",
        name="社会事务服务中心",
        level="department",
        parent=tree["r7"],
        department="social_affairs",
    )
    client = browser(office)
    header = ("身份证号", "姓名", "出生日期", "救助类别", "发放金额", "发放日期")
    january, february, relief = (
        (FATHER, "王志强", "", kind, money, day)
        for kind, money, day in (
            ("低保", "500", "2020-01-10"),
            ("低保", "500", "2020-02-10"),
            ("临时救助", "900", "2020-02-11"),
        )
    )
    for name, rows, new in (("一月", [january], 1), ("二月", [january, february, relief], 2)):
        batch = batch_of(send(client, text_of(header, rows), "social_affairs_relief", f"{name}.csv"))
        assert batch.counts["matched"] == new
        confirm(client, batch, sure="on", reason="首批")
    lines = LedgerEntry.objects.standing().order_by("pk")
    assert [(e.quarter, e.kind, e.amount_fen, e.one_off, e.household) for e in lines] == [
        (quarter(2020, 1), "transfer_income", 50_000, False, family),
        (quarter(2020, 1), "transfer_income", 50_000, False, family),
        (quarter(2020, 1), "transfer_income", 90_000, True, family),
    ]
    assert lines[0].person == member(family, "王志强").person
    assert lines[0].source == "低保特困临时救助发放（2020-01-10）"


# ---- a file that corrects an earlier one


def test_a_corrected_file_replaces_the_former_and_is_not_added_to_it(
    browser: Browser, doctor: User, family: Household
) -> None:
    client = browser(doctor)
    first = batch_of(send(client, text_of(BILLS, GOOD), name="三月.csv"))
    confirm(client, first)
    right = [bill(FATHER, "王志强", "5200"), *GOOD[1:]]
    second = batch_of(send(client, text_of(BILLS, right), name="三月更正.csv"))
    shown = page(client, second)
    assert "1 行与台账里已有的同一人、同一天结算，只是金额不同；入库后两边都在，金额会计两次" in shown
    assert "总费用 5,000.00 元" in shown
    assert "总费用 5,200.00 元" in shown
    assert "三月.csv 第2行" in shown
    undo = reverse("web:batch_undo", args=[first.uuid])
    assert undo in shown
    refused = body(confirm(client, second))
    assert "没有入库，请先改正" in refused
    assert "是更正的，撤销原来那一批" in refused
    client.post(undo, {"reason": "由更正的文件换下"})
    assert "“三月.csv”已撤销" in page(client, second)
    assert "重新比对</button>" in page(client, second)
    told = client.post(reverse("web:batch_confirm", args=[second.uuid]), follow=True)
    assert "还没有入库" in body(told)
    assert "像是同一笔" not in body(told)
    assert counted() == 0
    confirm(client, second)
    assert sorted(MedicalBill.objects.standing().values_list("total", flat=True)) == [520_000, 600_000, 700_000]


def test_another_bill_of_the_same_day_is_taken_when_somebody_says_so(
    browser: Browser, doctor: User, family: Household
) -> None:
    client = browser(doctor)
    confirm(client, batch_of(send(client, text_of(BILLS, GOOD))))
    second = batch_of(send(client, text_of(BILLS, [bill(FATHER, "王志强", "5200")]), name="又一次.csv"))
    assert "没有入库，请先改正" in body(confirm(client, second, reason="写理由不够"))
    confirm(client, second, others="on")
    assert counted() == 4
    assert "1 行：这些是另外的收支，照样记入" in page(client, second)


def test_undoing_says_which_later_file_would_miss_rows(browser: Browser, doctor: User, family: Household) -> None:
    client = browser(doctor)
    first = batch_of(send(client, text_of(BILLS, GOOD)))
    confirm(client, first)
    undo = reverse("web:batch_undo", args=[first.uuid])
    assert "请接着撤销那一批" not in body(client.get(undo))
    more = [*GOOD, bill(FATHER, "王志强", "80", "2020-04-01")]
    confirm(client, batch_of(send(client, text_of(BILLS, more), name="四月.csv")), sure="on", reason="小额")
    told = body(client.get(undo))
    assert "四月.csv" in told
    assert "其中 3 行因台账里已有而没有计入" in told


# ---- in the background


def test_a_large_file_is_read_and_posted_by_the_worker(
    browser: Browser, doctor: User, family: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "AT_ONCE_BYTES", 0)
    monkeypatch.setattr(acts, "AT_ONCE_ROWS", 0)
    client = browser(doctor)
    batch = batch_of(send(client, text_of(BILLS, GOOD)))
    assert batch.state == BatchState.QUEUED
    job = reverse("web:batch_job", args=[batch.uuid])
    assert "hx-trigger" in body(client.get(job))
    assert batch_jobs.work_off() == 1
    done = client.get(job)
    assert done["HX-Refresh"] == "true"
    assert "hx-trigger" not in body(done)
    confirm(client, batch)
    assert counted() == 0
    assert "正在入库" in page(client, batch)
    assert batch_jobs.work_off() == 1
    assert counted() == 3
    assert batch_jobs.work_off() == 0


def test_a_worker_killed_in_mid_reading_starts_over_and_nothing_is_half(
    browser: Browser, doctor: User, family: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "AT_ONCE_BYTES", 0)
    client = browser(doctor)
    rows = [bill(FATHER, "王志强", str(total)) for total in range(1, 1_201)]
    batch = batch_of(send(client, text_of(BILLS, rows)))
    real, calls = batch_reading.Beat.__call__, []

    def dying(self: Any, *told: Any) -> None:
        calls.append(told)
        if told[0] == batch_reading.COMPARING and told[1] == 1_000:
            raise KeyboardInterrupt
        real(self, *told)

    monkeypatch.setattr(batch_reading.Beat, "__call__", dying)
    with pytest.raises(KeyboardInterrupt):
        batch_jobs.work_off()
    monkeypatch.setattr(batch_reading.Beat, "__call__", real)
    assert SourceRow.objects.count() == 500
    work = BatchWork.objects.get(batch=batch)
    assert (work.done, work.total) == (500, 1_200)
    assert batch_jobs.work_off() == 0, "可能还有人在办"
    BatchWork.objects.update(beat_at=timezone.now() - 2 * DEAD_AFTER)
    assert batch_jobs.work_off() == 1
    batch.refresh_from_db()
    assert (batch.state, SourceRow.objects.count(), batch.counts["matched"]) == ("staged", 1_200, 1_200)


def test_a_process_that_wakes_up_too_late_writes_nothing(
    browser: Browser, doctor: User, family: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "AT_ONCE_BYTES", 0)
    batch = batch_of(send(browser(doctor), text_of(BILLS, GOOD)))
    late = batch_steps.claim(batch, WORKING)
    assert late is not None
    BatchWork.objects.update(beat_at=timezone.now() - 2 * DEAD_AFTER)
    beat = batch_steps.Beat(late)
    assert batch_jobs.work_off() == 1
    with pytest.raises(batch_steps.TakenOver):
        beat("", 1, 1)


# ---- what cannot be used


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"PK\x03\x04 nonsense", "a.xlsx", "找不到目录"),
        (b"<html></html>", "a.csv", "网页"),
        (b"", "a.csv", "空的"),
        ("甲\n乙\n".encode(), "a.csv", "找不到表头"),
        (b"%PDF-1.7", "a.pdf", "格式不支持"),
        ("身份证号,姓名\n王,".encode() + "王志强,总费用\n".encode("gb18030") * 9, "a.csv", "编码"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_sentence_and_not_kept(
    browser: Browser, doctor: User, family: Household, content: bytes, name: str, told: str
) -> None:
    client = browser(doctor)
    answer = send(client, content, name=name)
    text = page(client, batch_of(answer)) if answer.status_code == 302 else body(answer)
    assert told in text
    assert "请" in text
    assert not SourceRow.objects.exists()
    assert not BatchBody.objects.exists()
    assert SourceBatch.objects.exclude(state=BatchState.REFUSED).count() == 0


def test_what_is_too_large_is_not_even_kept(
    browser: Browser, doctor: User, family: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LARGEST_REQUEST", 1_000)
    client = browser(doctor)
    answer = send(client, text_of(BILLS, GOOD * 20))
    assert "超过 64 MB" in body(answer)
    assert not SourceBatch.objects.exists()


def test_a_day_that_has_not_come_is_refused(browser: Browser, doctor: User, family: Household) -> None:
    answer = send(browser(doctor), text_of(BILLS, GOOD), as_of="2999-01-01")
    assert "还没有到" in body(answer)
    assert not SourceBatch.objects.exists()


# ---- who sees what


def test_a_department_sees_its_own_files_only(
    client: Client, browser: Browser, doctor: User, office: User, secretary: User, person: Person, family: Household
) -> None:
    batch = batch_of(send(browser(doctor), text_of(BILLS, MIXED)))
    pages = [
        reverse(f"web:{name}", args=[batch.uuid])
        for name in ("batch", "batch_job", "batch_columns", "batch_undo", "batch_bad")
    ]
    teacher = person("teacher", "department_officer", "school")
    elsewhere = person("far", "regiment_office", "r8")
    for user in (teacher, elsewhere, secretary, person("zu", "leading_group_head", "r7")):
        browser(user)
        assert all(client.get(address).status_code == 404 for address in pages), user
        assert confirm(client, batch, sure="on", reason="x").status_code == 404
        assert client.post(pages[3], {"reason": "x"}).status_code == 404
        listed = client.get(reverse("web:sources"))
        assert listed.status_code == (404 if user not in (teacher, elsewhere) else 200)
        assert batch.file_name not in body(listed)
    browser(teacher)
    assert client.get(reverse("web:source_feed", args=["hospital_bills"])).status_code == 404
    assert send(client, text_of(BILLS, GOOD)).status_code == 404
    assert client.get(reverse("web:source_feed", args=["medical"])).status_code == 404, "标准表是团办的"
    browser(office)
    assert client.get(pages[0]).status_code == 200
    assert "住院.csv" in body(client.get(reverse("web:sources")))
    batch.refresh_from_db()
    assert batch.state == BatchState.STAGED


def test_numbers_are_masked_on_every_page_of_a_batch(browser: Browser, doctor: User, family: Household) -> None:
    client = browser(doctor)
    batch = batch_of(send(client, text_of(BILLS, MIXED)))
    for show in ("bad", "all", *RowOutcome.values):
        shown = page(client, batch, f"?show={show}")
        assert not re.search(r"\d{17}[\dXx]", re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|<dd>[0-9a-f]{12}</dd>", "", shown)), (
            show
        )


# ---- exported and sent back


def test_every_exported_table_comes_back_unchanged_and_one_change_is_one(
    browser: Browser, office: User, family: Household, tree: dict[str, Unit]
) -> None:
    client = browser(office)
    post_entries(by=office, household=family, entries=[NewEntry(quarter(2020, 1), "wage_income", 100, source="=走访")])
    record_event(by=office, household=family, occurred_on=date(2020, 2, 1), cause="因病", note="住院")
    record_fact(by=office, about=family, kind="water_safe", value="是", as_of=date(2020, 1, 1), source=FactSource.VISIT)
    given = {
        "medical": (BILLS, GOOD),
        "school": (
            ("姓名", "出生日期", "学籍状态", "年级", "截至日期"),
            [("王小红", "2009-06-01", "在读", "小学", "2020-03-01")],
        ),
        "insurance": (("身份证号", "年度", "参保状态"), [(FATHER, "2020", "参保"), (MOTHER, "2020", "停保")]),
    }
    for table, (header, rows) in given.items():
        confirm(client, batch_of(send(client, text_of(header, rows), table, f"{table}.csv")), sure="on", reason="首批")
    changes = {
        "households": ("饮水安全", "否"), "members": ("劳动技能", "技能劳动力"), "ledger": ("金额", "7"), "events": ("说明", "出院"),
        "medical": ("总费用", "9"), "school": ("年级", "七年级"), "insurance": ("参保状态", "未参保"),
    }  # fmt: skip
    assert changes.keys() == STANDARD.keys()
    for table, (header, value) in changes.items():
        answer = client.post(reverse("web:household_export"), {"table": table, "reason": "核对"})
        book = openpyxl.load_workbook(BytesIO(answer.content))
        sheet = book.worksheets[0]
        count = sheet.max_row - 1
        same = batch_of(send(client, answer.content, table, f"{table}-导出.xlsx"))
        assert {n: c for n, c in same.counts.items() if c} == {"read": count, "unchanged": count}, table
        place = [cell.value for cell in sheet[1]].index(header) + 1
        sheet.cell(2, place).value = value
        out = BytesIO()
        book.save(out)
        changed = batch_of(send(client, out.getvalue(), table, f"{table}-改.xlsx"))
        assert (changed.counts["unchanged"], changed.counts["matched"] + changed.counts["accepted"]) == (count - 1, 1)
        assert "没有变化</th>" in page(client, changed) or count == 1
        confirm(client, changed, sure="on", reason="更正", others="on")
        changed.refresh_from_db()
        assert changed.state == BatchState.CONFIRMED
    assert AuditEvent.objects.filter(verb="registry.exported").count() == 7


def test_what_somebody_else_sent_is_only_said_to_be_there(
    browser: Browser, doctor: User, office: User, family: Household
) -> None:
    """A bill the office brought, corrected by the hospital: the hospital may not see the office's file, nor the household."""
    theirs = batch_of(send(browser(office), text_of(BILLS, [GOOD[0]]), feed="medical", name="汇总.csv"))
    confirm(browser(office), theirs)
    assert counted() == 1
    client = browser(doctor)
    batch = batch_of(send(client, text_of(BILLS, [bill(FATHER, "王志强", "5100")])))
    shown = page(client, batch, "?show=like")
    assert "其他单位报送的，内容不在您的权限内" in shown
    assert "总费用 5,100.00" in shown
    assert "汇总.csv" not in shown
