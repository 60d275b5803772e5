"""Hostile files through the upload page: refused with a sentence, nothing kept, and the server as well as before."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.registry import batch_jobs
from shouwang.registry.models import BatchBody, BatchState, Household, SourceBatch, SourceRow
from tests.accounts.conftest import Person
from tests.registry.conftest import family, office
from tests.sources.hostile import REFUSED
from tests.web.test_files import BILLS, GOOD, batch_of, body, book_of, send, text_of

__all__ = ["family", "office"]

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db

#: Named like a table, yet something else; the rest of the disguises are in `tests.sources.hostile`.
DISGUISED = {
    "a workbook called csv": (lambda: book_of(BILLS, GOOD), "a.csv", "xlsx 工作簿"),
    "a table called xlsx": (lambda: text_of(BILLS, GOOD), "a.xlsx", "不是工作簿"),
    "a macro workbook": (lambda: book_of(BILLS, GOOD), "a.xlsm", "格式不支持"),
    "a parquet file": (lambda: b"PAR1" + bytes(50) + b"PAR1", "a.parquet", "格式不支持"),
    "a program": (lambda: b"MZ\x90\x00" + bytes(500), "a.exe", "格式不支持"),
    "no ending at all": (lambda: text_of(BILLS, GOOD), "medical", "格式不支持"),
    "a name that climbs": (lambda: b"<html>", "../../etc/passwd.csv", "网页"),
    "zeros called csv": (lambda: bytes(10_000), "a.csv", ""),
    "an endless line": (lambda: b"a," * 3_000_000, "a.csv", ""),
    "a quote without end": (lambda: text_of(BILLS, GOOD) + b'"' + b"x\n" * 50_000, "a.csv", "引号"),
}


@pytest.fixture
def doctor(person: Person) -> User:
    return person("doctor", "department_officer", "hospital")


def refused(client: Client, content: bytes, name: str, told: str) -> None:
    """Send a file, let the worker look at what is large, and see it refused; then a good one is still taken."""
    answer = send(client, content, name=name)
    if answer.status_code == 302:
        batch = batch_of(answer)
        batch_jobs.work_off()
        batch.refresh_from_db()
        assert batch.state == BatchState.REFUSED, name
        answer = client.get(reverse("web:batch", args=[batch.uuid]))
        assert "/" not in batch.file_name
    text = body(answer)
    assert answer.status_code == 200
    assert told in text
    assert "没有收这个文件" in text or "没有上报，请先改正" in text
    assert not SourceRow.objects.exists()
    assert not BatchBody.objects.exists()
    assert SourceBatch.objects.exclude(state=BatchState.REFUSED).count() == 0
    assert batch_of(send(client, text_of(BILLS, GOOD), name="好的.csv")).state == BatchState.STAGED


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_workbooks_are_refused(browser: Browser, doctor: User, family: Household, name: str) -> None:
    build, told = REFUSED[name]
    refused(browser(doctor), build(), f"{name}.xlsx", "空的" if name == "empty" else told)


@pytest.mark.parametrize("name", DISGUISED)
def test_disguises_are_seen_through(browser: Browser, doctor: User, family: Household, name: str) -> None:
    build, file_name, told = DISGUISED[name]
    refused(browser(doctor), build(), file_name, told)


def test_what_a_cell_says_is_never_run_nor_shown_as_markup(browser: Browser, doctor: User, family: Household) -> None:
    """Formulas and markup in cells and headings are text on the page and text in the workbook given back."""
    client = browser(doctor)
    evil = "<script>alert(1)</script>"
    batch = batch_of(
        send(client, text_of((*BILLS, evil), [("", "=cmd|' /C calc'!A0", "", evil, "=1+1", "", "", "", "1", "x")]))
    )
    text = body(client.get(reverse("web:batch", args=[batch.uuid])))
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text
    taken = client.get(reverse("web:batch_bad", args=[batch.uuid])).content
    assert b"<f>" not in taken
