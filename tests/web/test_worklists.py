"""待办, 超期, 疑点, 统计 and the first page: the same number in the tab, the list and the tile; only one's own units."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shouwang.accounts.models import AuditEvent, Unit
from shouwang.accounts.roles import Level
from shouwang.casework import actions
from shouwang.casework.models import Case, ReliefKind
from shouwang.casework.queries import suspicion_lists
from shouwang.web.paging import Keyset
from shouwang.web.worklists import history, suspicions, tiles, totals
from tests.casework.conftest import ROLES, MakeHouse, Staff, do, house, staff
from tests.web.test_clues import INCOME, body, homes, listed, screened, tabs

__all__ = ["homes", "house", "staff"]

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db


def rows(page: str) -> int:
    return page.count('<th role="rowheader"')


@pytest.fixture
def busy(staff: Staff, house: MakeHouse, tree: dict[str, Unit]) -> list[Case]:
    """Cases in two companies, one of them late, with findings and relief beside them."""
    cases = [
        actions.open_case(by=worker, household=house(at))
        for at, worker in (("c1", staff.cadre), ("c2", staff.cadre_c2))
    ]
    do(staff, cases[0], "declare")
    cases[0].open_steps.update(due_on=timezone.localdate() - timedelta(days=2))
    screened(tree["r7"], [house("c1"), house("c2")], INCOME)
    actions.record_relief(by=staff.cadre, household=house("c1"), kind=ReliefKind.GOODS, amount=50_000)
    return cases


@pytest.mark.parametrize("name", [name for name in ROLES if name != "corps"])
def test_the_same_number_in_tab_list_and_tile(browser: Browser, staff: Staff, busy: list[Case], name: str) -> None:
    client = browser(staff[name])
    page = body(client.get(reverse("web:inbox")))
    counts = tabs(page)
    assert counts["全部"] == rows(page) == sum(n for label, n in counts.items() if label != "全部")
    for url in re.findall(r'<a href="(/inbox/\?kind=\w+)"', page):
        part = body(client.get(url))
        current = re.search(r'aria-current="page">[^<]+ <b>(\d+)</b>', part)
        assert current is not None and int(current[1]) == rows(part)
    first = body(client.get("/"))
    assert re.search(rf'需要我处理</span><span class="tile__figure">{counts["全部"]} ', first)


def test_overdue_and_suspicions_only_of_ones_own_units(browser: Browser, staff: Staff, busy: list[Case]) -> None:
    for name, late, missed in (("secretary", 1, 1), ("secretary_c2", 0, 1), ("office", 1, 2), ("office_r8", 0, 0)):
        client = browser(staff[name])
        assert rows(body(client.get(reverse("web:overdue")))) == late, name
        page = body(client.get(reverse("web:suspicion", args=["should_be_covered"])))
        assert rows(page) == missed, name
        told = re.findall(
            r'<a href="/suspicions/(\w+)/">.*?<b>(\d+)</b>', body(client.get(reverse("web:suspicions"))), re.S
        )
        for kind, count in told:
            assert rows(body(client.get(reverse("web:suspicion", args=[kind])))) == int(count), (name, kind)
        total = sum(int(count) for _, count in told)
        assert re.search(rf'疑点</span><span class="tile__figure">{total} ', body(client.get("/"))), name


def test_who_may_open_a_suspicion_list(browser: Browser, staff: Staff, busy: list[Case]) -> None:
    for name, opened in (("cadre", False), ("leader", True), ("division", True), ("hospital", False), ("corps", False)):
        answer = browser(staff[name]).get(reverse("web:suspicions"))
        assert answer.status_code == (200 if opened else 404), name
    client = browser(staff.cadre)
    assert client.get(reverse("web:suspicion", args=["never_seen"])).status_code == 200
    assert client.get(reverse("web:suspicion", args=["off_book"])).status_code == 404
    assert client.get(reverse("web:suspicion", args=["nonsense"])).status_code == 404


def test_an_export_follows_the_filter_and_is_recorded(
    browser: Browser, staff: Staff, busy: list[Case], tree: dict[str, Unit]
) -> None:
    address = f"{reverse('web:suspicion_export', args=['should_be_covered'])}?unit={tree['c2'].uuid}"
    client = browser(staff.office)
    assert "共 1 条" in body(client.get(address))
    assert client.post(address, {"reason": ""}).status_code == 200
    made = client.post(address, {"reason": "督导"})
    assert made["Content-Disposition"].startswith("attachment") and made.content[:2] == b"PK"
    event = AuditEvent.objects.latest("seq")
    assert event.verb == "suspicion.exported" and '"count":1' in event.facts
    assert browser(staff.secretary).get(address).status_code == 404
    assert browser(staff.office, proved=False).get(address).status_code == 302


def test_done_and_touched(browser: Browser, staff: Staff, busy: list[Case]) -> None:
    client = browser(staff.cadre)
    for name in ("done", "touched"):
        assert busy[0].number in body(client.get(reverse(f"web:{name}")))
        assert busy[1].number not in body(client.get(reverse(f"web:{name}")))
    assert browser(staff.hospital).get(reverse("web:done")).status_code == 404


def test_totals_name_no_household_and_no_small_number(browser: Browser, staff: Staff, busy: list[Case]) -> None:
    page = body(browser(staff.corps).get(reverse("web:statistics")))
    assert "少于 5" in page and not any(case.household.number in page for case in busy)
    assert "d1" in page
    exact = body(browser(staff.office).get(reverse("web:statistics")))
    assert "少于 5" not in exact and listed(exact) == []
    assert browser(staff.cadre).get(reverse("web:statistics")).status_code == 404


def test_a_department_is_asked_for_its_file(browser: Browser, staff: Staff) -> None:
    page: Any = body(browser(staff.hospital).get(reverse("web:inbox")))
    assert "上一季度还没有报送" in page and rows(page) == 1


def test_a_list_by_date_has_a_next_page(
    browser: Browser, staff: Staff, house: MakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """超期 goes by the day: its position in the address is a date."""
    monkeypatch.setattr(history, "LONGEST_OVERDUE", Keyset("due_on", size=2))
    for days in (1, 2, 2, 3):
        actions.open_case(by=staff.cadre, household=house()).open_steps.update(
            due_on=timezone.localdate() - timedelta(days=days)
        )
    client, address, seen = browser(staff.office), reverse("web:overdue"), list[str]()
    for _ in range(2):
        page = body(client.get(address))
        seen += re.findall(r'class="row-link" href="[^"]+">([^<]+)</a>', page)
        (more,) = re.findall(r'href="(\?[^"]*after=[^"]+)"', page) or [""]
        address = reverse("web:overdue") + more.replace("&amp;", "&")
    assert not more and len(seen) == len(set(seen)) == 4


def test_totals_above_a_regiment_can_be_counted_again(
    browser: Browser, staff: Staff, busy: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(staff.division)
    assert "重新统计" not in body(client.get(reverse("web:statistics")))
    monkeypatch.setattr(totals, "AGAIN", timedelta(0))
    page = body(client.get(reverse("web:statistics")))
    (again,) = re.findall(r'href="([^"]+)">重新统计', page)
    assert client.get(again.replace("&amp;", "&")).status_code == 200
    assert "unit=" in again and "fresh=1" in again


@pytest.mark.parametrize("name", ["households", "cases", "clues", "overdue"])
def test_nobody_lives_in_a_department(name: str, browser: Browser, staff: Staff) -> None:
    """Lists of households are narrowed to places; a department is none."""
    departments = Unit.objects.filter(level=Level.DEPARTMENT)
    page = body(browser(staff.office).get(reverse(f"web:{name}")))
    offered = set(re.findall(r'<option value="([0-9a-f-]{36})"', page))
    assert offered and departments and not offered & {str(one.uuid) for one in departments}


def test_suspicions_are_counted_again_when_asked(
    browser: Browser, staff: Staff, busy: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(staff.office)
    before = body(client.get(reverse("web:suspicions")))
    monkeypatch.setattr(suspicion_lists, "CAP", 1)
    monkeypatch.setattr(suspicions, "AGAIN", timedelta(0))
    kept = body(client.get(reverse("web:suspicions")))
    numbers = [re.findall(r'__count"><b>([^<]+)</b>', page) for page in (before, kept)]
    assert "重新统计" not in before and numbers[0] == numbers[1]
    (again,) = re.findall(r'href="([^"]+)">重新统计', kept)
    assert re.findall(r'__count"><b>([^<]+)</b>', body(client.get(again))) != numbers[0]


def test_a_long_list_says_so(browser: Browser, staff: Staff, busy: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (suspicion_lists, suspicions, tiles):
        monkeypatch.setattr(module, "CAP", 1)
    client = browser(staff.office)
    assert "<b>1 以上</b>" in body(client.get(reverse("web:suspicions")))
    first = body(client.get("/"))
    assert re.search(r'疑点</span><span class="tile__figure">\d+ <small>条以上.*?截至 \d{4}年', first, re.S)


def test_the_first_page_costs_so_many_queries(
    browser: Browser, staff: Staff, busy: list[Case], django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for name, most in (("office", 38), ("secretary", 30), ("division", 24)):
        client = browser(staff[name])
        with django_assert_max_num_queries(most):
            client.get("/")
