"""The papers of a case in the browser: what is listed is what can be had, a file is a file, nothing outside one's units."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse

from shouwang.accounts import sessions
from shouwang.accounts.models import AuditEvent, Unit
from shouwang.casework.models import Case
from shouwang.documents import fonts
from shouwang.registry.models import Household
from tests.casework.conftest import Staff, do
from tests.documents.conftest import CITIZENS, NAMES, Walk, case, family, go, house, named_units, staff, text_of_docx
from tests.web.conftest import Enter, Watched, pages_printed

__all__ = ["case", "family", "go", "house", "named_units", "staff"]
Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db


def body(response: Any) -> str:
    return str(response.content.decode())


def shelf(case: Case) -> str:
    return reverse("web:case_papers", args=[case.number])


def file(case: Case, kind: str, form: str) -> str:
    return reverse("web:case_paper", args=[case.number, kind, form])


@pytest.fixture
def finished(case: Case, go: Walk) -> Case:
    return go(case)


def test_every_link_of_the_list_gives_its_file(browser: Browser, staff: Staff, finished: Case) -> None:
    """没有点了才说不行的链接。"""
    client = browser(staff.office)
    page = body(client.get(shelf(finished)))
    links = sorted(
        {part.split('"')[0].replace("&amp;", "&") for part in page.split('href="') if "/papers/" in part.split('"')[0]}
    )
    assert len(links) > 16
    for link in links:
        response = client.get(link)
        assert response.status_code == 200, link
    assert "含完整身份证号" in page


def test_the_file_has_a_chinese_name_and_is_not_kept(browser: Browser, staff: Staff, finished: Case) -> None:
    response = browser(staff.cadre).get(file(finished, "visit", "docx"))
    assert unquote(response["Content-Disposition"]) == f"attachment; filename*=utf-8''走访记录-{finished.number}.docx"
    assert response["Cache-Control"] == "no-store, private" and "wordprocessingml" in response["Content-Type"]
    assert NAMES[0] in text_of_docx(response.content)


def test_what_waits_says_for_what(browser: Browser, staff: Staff, case: Case, go: Walk) -> None:
    go(case, "visit")
    client = browser(staff.cadre)
    page = body(client.get(shelf(case)))
    assert "等办完“连（社区）走访”" in page and "可以打印待填表" in page
    assert file(case, "visit", "pdf") in page and file(case, "confirm", "pdf") not in page
    refused = client.get(file(case, "confirm", "pdf"))
    assert refused.status_code == 422 and "还不能生成" in body(refused) and shelf(case) in body(refused)


@pytest.mark.parametrize("name", ["cadre_c2", "office_r8", "division_d2", "hospital", "corps"])
def test_nothing_outside_ones_units(browser: Browser, staff: Staff, finished: Case, name: str) -> None:
    client = browser(staff[name])
    for address in (
        shelf(finished),
        reverse("web:case_letter", args=[finished.number]),
        file(finished, "visit", "pdf"),
    ):
        assert client.get(address).status_code == 404
    assert client.get(reverse("web:case_papers", args=["r7-1999-00001"])).status_code == 404
    assert not AuditEvent.objects.filter(verb="paper.made").exists()


def test_the_company_gets_no_filing(browser: Browser, staff: Staff, finished: Case) -> None:
    client = browser(staff.secretary)
    assert "备案报告" not in body(client.get(shelf(finished)))
    assert client.get(file(finished, "file", "zip")).status_code == 404


def test_whole_numbers_need_a_fresh_proof(browser: Browser, staff: Staff, finished: Case) -> None:
    """完整身份证号和备案材料：先重新验证身份；没有查看权的，链接没有，地址也打不开。"""
    address = file(finished, "declare", "docx") + "?full=1"
    client = browser(staff.office)
    session = client.session
    del session[sessions.PROVED]
    session.save()
    for guarded in (address, file(finished, "file", "pdf")):
        asked = client.get(guarded)
        assert asked.status_code == 302 and asked["Location"].startswith(reverse("accounts:second_factor"))
    assert client.get(file(finished, "visit", "pdf")).status_code == 200
    assert CITIZENS[0] in text_of_docx(browser(staff.secretary).get(address).content)
    client = browser(staff.member)
    assert "含完整身份证号" not in body(client.get(shelf(finished)))
    assert client.get(address).status_code == 404
    assert CITIZENS[0] not in text_of_docx(client.get(file(finished, "declare", "docx")).content)


def test_the_letter_as_a_page(browser: Browser, staff: Staff, case: Case, go: Walk) -> None:
    client, address = browser(staff.cadre), reverse("web:case_letter", args=[case.number])
    go(case, "confirm")
    early = client.get(address)
    assert early.status_code == 422 and "才写信告诉本人" in body(early)
    do(staff, case, "confirm", "refused", note="儿子<b>已经</b>就业")
    page = body(client.get(address))
    assert "古丽娜同志" in page and "您家这次没有纳入监测和帮扶" in page and "儿子&lt;b&gt;已经&lt;/b&gt;就业" in page
    assert AuditEvent.objects.filter(verb="paper.made", facts__contains='"form":"page"').count() == 1


def test_no_fonts_is_said_on_a_page(
    browser: Browser, staff: Staff, finished: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Nothing:
        def families(self) -> list[str]:
            return []

    monkeypatch.setattr(fonts, "_search", lambda folder, stamp: Nothing())
    response = browser(staff.cadre).get(file(finished, "visit", "pdf"))
    assert response.status_code == 422 and "没有中文字体" in body(response)


def test_the_blank_application(browser: Browser, staff: Staff, named_units: dict[str, Unit]) -> None:
    address = reverse("web:blank_application", args=["docx"])
    response = browser(staff.cadre).get(address)
    assert "三连" in text_of_docx(response.content) and "（空白）.docx" in unquote(response["Content-Disposition"])
    assert browser(staff.cadre).get(reverse("web:blank_application", args=["exe"])).status_code == 422
    assert browser(staff.leader).get(address).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_in_a_browser(
    enter: Enter, staff: Staff, case: Case, go: Walk, look: Callable[[Watched, str], None], family: Household
) -> None:
    """两个页面在 1440 和 390 宽都能用，没有脚本错误，axe 无发现。"""
    go(case, "file")
    watched = enter(staff.office)
    page = watched.open(shelf(case))
    assert page.locator("h1").inner_text() == "文书"
    look(watched, "documents-papers")
    with page.expect_download() as download:
        page.locator("a[href$='letter.pdf']").click()
    assert download.value.suggested_filename == f"告知信-{case.number}.pdf"
    watched.open(reverse("web:case_letter", args=[case.number]))
    look(watched, "documents-letter")
    printed = pages_printed(watched)
    assert len(printed) <= 2 and "给您家的告知信" in printed[0] and "为什么" in printed[0]
    watched.open(file(case, "appeal_review", "pdf"))
    assert "文书没有生成" in page.content()
