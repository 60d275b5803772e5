"""The auditors' pages: find, read, verify, anchor."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.audit_chain import anchors
from shouwang.accounts.models import AuditEvent, Unit
from shouwang.accounts.models.audit import Result
from tests.accounts.conftest import Person, needs_sqlite

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db
TRAIL = "/audit/"


def body(response: Any) -> str:
    return str(response.content.decode())


def seqs(page: str) -> list[int]:
    return [int(number) for number in re.findall(r"第 (\d+) 条</small>", page)]


@pytest.fixture
def auditor(browser: Browser, person: Person, tree: dict[str, Unit]) -> Client:
    wang, li = person("wang", "cadre", "c1"), person("li", "cadre", "c81")
    audit.note(by=wang, verb="session.begun", target=wang, taken_over=True)
    audit.note(by=wang, verb="access.denied", target=tree["c1"], result=Result.DENIED, why="试探")
    audit.note(by=li, verb="session.begun", target=li)
    return browser(person("zhang", "auditor", "r7"))


def test_the_list_is_newest_first_and_scoped(auditor: Client) -> None:
    page = body(auditor.get(TRAIL))
    shown = seqs(page)
    assert shown == sorted(shown, reverse=True)
    mine = AuditEvent.objects.filter(unit__regiment__code="r7").order_by("-seq").values_list("seq", flat=True)
    assert shown == list(mine[:50])
    outside = AuditEvent.objects.get(verb="session.begun", unit__code="c81")
    assert outside.seq not in shown
    assert auditor.get(reverse("web:event", args=[outside.seq])).status_code == 404


@pytest.mark.parametrize(
    ("query", "verbs"),
    [
        ("person=wang", {"登录", "越权访问被拒"}),
        ("person=li", set()),
        ("verb=access.denied", {"越权访问被拒"}),
        ("result=denied", {"越权访问被拒"}),
        ("person=wang&since={today}&until={today}", {"登录", "越权访问被拒"}),
        ("person=wang&until=2001-01-01", set()),
        ("person=wang&verb=session.begun&target=accounts.user", {"登录"}),
    ],
)
def test_filters(auditor: Client, query: str, verbs: set[str]) -> None:
    page = body(auditor.get(f"{TRAIL}?{query.format(today=timezone.localdate().isoformat())}"))
    assert set(re.findall(r'class="row-link"[^>]*>([^<]+)<', page)) == verbs
    assert ("没有符合条件的审计记录" in page) == (not verbs)


def test_filtering_by_unit(auditor: Client, tree: dict[str, Unit]) -> None:
    page = body(auditor.get(f"{TRAIL}?unit={tree['c1'].uuid}"))
    assert seqs(page) == list(AuditEvent.objects.filter(unit=tree["c1"]).order_by("-seq").values_list("seq", flat=True))
    assert str(tree["c81"].uuid) not in page


def test_one_event_in_words(auditor: Client) -> None:
    denied = AuditEvent.objects.get(verb="access.denied")
    page = body(auditor.get(reverse("web:event", args=[denied.seq])))
    for words in ("越权访问被拒", "试探", "拒绝", "原因", denied.mac):
        assert words in page


def test_verifying_says_what_was_found_and_is_recorded(auditor: Client) -> None:
    page = body(auditor.post("/audit/check/", {"anchors": ""}))
    assert "没有发现改动" in page
    assert "没有找到锚点" in page
    assert AuditEvent.objects.latest("seq").verb == "audit.verified"
    assert "写法不对" in body(auditor.post("/audit/check/", {"anchors": "nonsense"}))
    assert "与留存的锚点不符" in body(auditor.post("/audit/check/", {"anchors": "1:hmac-sha256:1:00"}))
    assert "末尾的记录被截掉了" in body(auditor.post("/audit/check/", {"anchors": "99999:hmac-sha256:1:00"}))
    assert AuditEvent.objects.latest("seq").result == Result.FAILED


@needs_sqlite
@pytest.mark.django_db(transaction=True)
def test_a_changed_record_is_found(auditor: Client) -> None:
    with connection.cursor() as cursor:
        saved = cursor.execute("SELECT sql FROM sqlite_master WHERE name='audit_no_update'").fetchone()[0]
        cursor.execute("DROP TRIGGER audit_no_update")
        cursor.execute("UPDATE accounts_auditevent SET verb='x' WHERE seq=3")
        cursor.execute(saved)
    page = body(auditor.post("/audit/check/", {"anchors": ""}))
    assert "审计链已断开" in page
    assert "第3条" in page


def test_an_anchor_is_kept_and_printed(auditor: Client) -> None:
    assert auditor.get("/audit/anchor/").status_code == 405
    page = body(auditor.post("/audit/anchor/"))
    made = anchors()[-1]
    assert f"{made.seq}:{made.mac}" in page
    assert django_settings.SHOUWANG_ANCHORS.exists()
    assert "1 个锚点相符" in body(auditor.post("/audit/check/", {"anchors": f"{made.seq}:{made.mac}"})).replace(
        "2 个", "1 个"
    )
