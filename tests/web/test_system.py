"""系统状态: what the system administrator sees on the morning round, and can do about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shouwang.accounts.audit_chain import anchor
from shouwang.accounts.models import AuditEvent, Unit
from shouwang.casework.models import RunState, ScreeningRun
from shouwang.casework.queries import condition
from shouwang.registry.actions import receive_file
from shouwang.units.room import NoRoom, Room
from tests.accounts.conftest import Person, needs_sqlite

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db
ADDRESS = "/system/"


def body(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture(autouse=True)
def _places(settings: Any, tmp_path: Path) -> None:
    settings.SHOUWANG_BACKUPS, settings.SHOUWANG_ANCHORS = tmp_path / "backups", tmp_path / "anchors"


@pytest.fixture
def admin(person: Person) -> Any:
    return person("gao", "system_admin", "r7")


def unwell(user: Any) -> dict[str, str]:
    return {sign.title: sign.words for sign in condition.signs(user) if not sign.well}


def test_only_who_looks_after_the_machine_sees_it(browser: Browser, person: Person, admin: Any) -> None:
    assert browser(person("wang", "regiment_office", "r7")).get(ADDRESS).status_code == 404
    assert "系统状态" in body(browser(admin).get(ADDRESS))


def test_what_was_never_done_is_said(admin: Any) -> None:
    assert unwell(admin) == {"备份": "还没有做过", "恢复演练": "还没有做过", "审计锚点": "还没有做过"}


@needs_sqlite
@pytest.mark.django_db(transaction=True)
def test_backup_and_drill_by_button(browser: Browser, admin: Any) -> None:
    client = browser(admin)
    assert "已备份为 shouwang-" in body(client.post("/system/backup/", follow=True))
    assert "逐表核对" in body(client.post("/system/drill/", follow=True))
    anchor()
    assert unwell(admin) == {}
    assert "各项正常" in body(client.get(ADDRESS))
    done = AuditEvent.objects.filter(verb__startswith="backup.").values_list("verb", "actor__username")
    assert list(done.order_by("seq")) == [("backup.made", "gao"), ("backup.drilled", "gao")]


def test_a_drill_without_a_backup_says_so(browser: Browser, admin: Any) -> None:
    assert "里没有备份" in body(browser(admin).post("/system/drill/"))


def test_what_is_too_old_is_said(admin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    anchor()
    later = timezone.now() + timedelta(days=3)
    monkeypatch.setattr(condition.timezone, "now", lambda: later)
    assert unwell(admin)["审计锚点"] == "最近一次超过 2 天"


def test_work_that_nobody_does_is_said_within_ones_units(admin: Any, person: Person, tree: dict[str, Unit]) -> None:
    came = timezone.now() - timedelta(minutes=10)
    for code in ("r7", "r8"):
        ScreeningRun.objects.create(unit=tree[code], state=RunState.QUEUED, as_of=came.date(), created_at=came)
    receive_file(
        by=(officer := person("he", "department_officer", "hospital")), unit=officer.unit, feed="medical",
        file_name="a.csv", content="身份证号,姓名\n".encode(), department="hospital",
    )  # fmt: skip
    assert "后台任务" not in unwell(admin), "the file came just now: the worker may be about to take it"
    later = timezone.now() + timedelta(minutes=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(condition.timezone, "now", lambda: later)
        assert unwell(admin)["后台任务"] == "2 项在办或排队，已有几分钟没有进展"


def test_a_full_disk_is_said_and_no_file_is_taken(
    browser: Browser, admin: Any, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Room(free=1 << 29, total=100 << 30)
    monkeypatch.setattr("shouwang.units.room.room_in", lambda _: full)
    monkeypatch.setattr(condition, "room_in", lambda _: full)
    assert "已暂停接收文件" in unwell(admin)["磁盘"]
    assert "系统状态" in body(browser(admin).get("/"))
    officer = person("he", "department_officer", "hospital")
    with pytest.raises(NoRoom):
        receive_file(
            by=officer, unit=officer.unit, feed="medical", file_name="a.csv", content=b"x", department="hospital"
        )
