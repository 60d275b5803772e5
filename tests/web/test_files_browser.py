"""Departments' files in a real browser, at both widths: the way of one file from the template to the registry."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.registry import batch_jobs
from shouwang.registry.models import BatchState, Household, MedicalBill, SourceBatch
from shouwang.web.files import columns, sending
from tests.accounts.conftest import Person
from tests.registry.conftest import family, office
from tests.web.conftest import Enter, Watched
from tests.web.test_files import BILLS, FATHER, GOOD, STRANGER, bill, text_of

__all__ = ["family", "office"]

Look = Callable[[Watched, str], None]
pytestmark = pytest.mark.django_db

ROWS = [
    *GOOD, bill("", "李秀芝", "900", born="1972-03-01"), bill(STRANGER, "阿卜杜热西提·买买提依明江", "800"),
    bill(FATHER, "王志强", "5万元", "2020-02-30"), GOOD[0],
]  # fmt: skip


@pytest.fixture
def doctor(person: Person) -> User:
    return person("doctor", "department_officer", "hospital")


def test_from_a_file_with_other_headers_to_the_registry(
    enter: Enter, look: Look, doctor: User, office: User, family: Household, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    headers = (
        "公民身份号码",
        "患者姓名",
        "生日",
        "出院结算日期",
        "费用合计",
        "基本医保支付",
        "大病保险支付",
        "医疗救助支付",
        "个人自付(元)",
    )
    file = tmp_path / "2020年一季度住院.csv"
    file.write_bytes(text_of(headers, ROWS))
    watched = enter(doctor)
    page = watched.open(reverse("web:sources"))
    look(watched, "files")
    page.get_by_role("link", name="医疗费用结算").click()
    page.wait_for_selector("body[data-ready=yes]")
    look(watched, "files-feed")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_label("资料截至日期").fill("2020-05-20")
    page.get_by_role("button", name="上报").click()
    page.wait_for_selector("text=对应列")
    look(watched, "files-mapping")
    page.get_by_role("link", name="对应列").click()
    page.wait_for_selector("text=哪一列是哪一列")
    look(watched, "files-columns")
    page.locator("#id_column_id_number").select_option("公民身份号码")
    page.locator("#id_column_settled_on").select_option("出院结算日期")
    page.locator("#id_column_total").select_option("费用合计")
    page.locator("#id_column_birth_date").select_option("生日")
    page.get_by_role("button", name="按这样读").click()
    page.wait_for_selector("text=读到了什么")
    look(watched, "files-staged")
    page.get_by_role("button", name="确认入库").click()
    page.wait_for_selector("text=没有入库，请先改正")
    page.get_by_label("已核对原文件").check()
    page.get_by_label("为什么没有错").fill("已与住院处核对，两人不是本团居民")
    page.get_by_role("button", name="确认入库").click()
    page.wait_for_selector("text=已入库：计入 3 条")
    look(watched, "files-confirmed")
    page.get_by_role("link", name="撤销这一批").click()
    page.wait_for_selector("text=会撤掉什么")
    look(watched, "files-undo")
    assert MedicalBill.objects.standing().count() == 3

    monkeypatch.setattr(sending, "AT_ONCE_BYTES", 0)
    file.write_bytes(text_of(headers, [bill(FATHER, "王志强", "77")]))
    page = watched.open(reverse("web:source_feed", args=["hospital_bills"]))
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="上报").click()
    page.wait_for_selector("#job")
    look(watched, "files-waiting")
    assert batch_jobs.work_off() == 1
    page.wait_for_selector("text=读到了什么")
    assert SourceBatch.objects.latest("pk").state == BatchState.STAGED

    watched = enter(office)
    watched.open(reverse("web:sources"))
    look(watched, "files-office")
    with watched.page.expect_download() as taken:
        watched.page.goto(watched.base + reverse("web:batch", args=[SourceBatch.objects.earliest("pk").uuid]))
        watched.page.get_by_role("link", name=re.compile("下载只含这 3 行")).click()
    assert taken.value.suggested_filename.startswith("医疗费用结算-")


def test_the_rows_of_a_large_file_are_prepared_while_the_page_waits(
    enter: Enter, look: Look, doctor: User, family: Household, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "_FEW_ROWS", 0)
    file = tmp_path / "住院.csv"
    file.write_bytes(text_of(BILLS, ROWS))
    watched = enter(doctor)
    page = watched.open(reverse("web:source_feed", args=["hospital_bills"]))
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="上报").click()
    page.wait_for_selector("text=读到了什么")
    page.get_by_role("link", name=re.compile("下载只含这 3 行")).click()
    page.wait_for_selector("text=正在准备要改的行")
    look(watched, "files-bad-rows-waiting")
    assert batch_jobs.work_off() == 1
    page.wait_for_selector("text=（已准备好）")
    look(watched, "files-bad-rows-ready")
    with page.expect_download() as taken:
        page.get_by_role("link", name=re.compile("下载只含这 3 行")).click()
    assert taken.value.suggested_filename.startswith("医疗费用结算-")


def test_without_script_everything_goes_by_forms_and_links(
    enter: Enter, doctor: User, family: Household, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "住院.csv"
    file.write_bytes(text_of(BILLS, GOOD))
    monkeypatch.setattr(sending, "AT_ONCE_BYTES", 0)
    watched = enter(doctor, java_script_enabled=False)
    page = watched.open(reverse("web:source_feed", args=["hospital_bills"]), script=False)
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="上报").click()
    assert batch_jobs.work_off() == 1
    page.get_by_role("link", name="刷新看进度").click()
    page.get_by_role("button", name="确认入库").click()
    assert page.get_by_text("已入库：计入 3 条").is_visible()


def test_rows_like_what_is_there_are_looked_at_side_by_side(
    enter: Enter, look: Look, doctor: User, family: Household, tmp_path: Path
) -> None:
    """The way of a corrected file: seen, the former taken out, compared again, counted."""
    watched = enter(doctor)
    for name, rows in (("三月.csv", GOOD), ("三月更正.csv", [bill(FATHER, "王志强", "5200"), *GOOD[1:]])):
        (tmp_path / name).write_bytes(text_of(BILLS, rows))
        page = watched.open(reverse("web:source_feed", args=["hospital_bills"]))
        page.locator("input[type=file]").set_input_files(tmp_path / name)
        page.get_by_role("button", name="上报").click()
        page.wait_for_selector("text=这个文件")
        if name == "三月.csv":
            page.get_by_role("button", name="确认入库").click()
            page.wait_for_selector("text=已入库：计入 3 条")
    assert page.get_by_text("像是同一笔").first.is_visible()
    assert page.get_by_label("这些是另外的收支，照样记入").is_visible()
    look(watched, "files-like")
    page.get_by_role("link", name="撤销这一批").click()
    page.wait_for_selector("text=会撤掉什么")
    page.get_by_label("撤销的原因").fill("由更正的文件换下")
    page.get_by_role("button", name="撤销这一批").click()
    page.wait_for_selector("text=已撤销，这一批的内容不再计入")
    second = SourceBatch.objects.get(file_name="三月更正.csv")
    page = watched.open(reverse("web:batch", args=[second.uuid]))
    look(watched, "files-like-old")
    page.get_by_role("button", name="重新比对").click()
    page.wait_for_selector("text=还没有入库")
    page.get_by_role("button", name="确认入库").click()
    page.wait_for_selector("text=已入库：计入 3 条")
    assert sorted(MedicalBill.objects.standing().values_list("total", flat=True)) == [520_000, 600_000, 700_000]
