"""The disk runs full in the middle of the work: told in words, nothing half done, and once there is room again it goes on (R3).

The limit is SQLite's own (`max_page_count`): the same error at the same place as a full disk, on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shouwang.accounts.backup.content import describe, differences
from shouwang.casework import actions
from shouwang.casework.models import Case
from shouwang.registry.models import Household
from shouwang.terms.tables import CAUSES
from tests.accounts.conftest import needs_sqlite, sign_in
from tests.casework.conftest import MakeHouse, Staff, do
from tests.reliability.invariants import broken

pytestmark = [needs_sqlite, pytest.mark.django_db(transaction=True)]


def _pragma(text: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {text}")
        return cursor.fetchone()


@pytest.fixture
def fill() -> Iterator[Callable[[int], None]]:
    """`fill(3)`: room for three pages more. Freed again at the end."""

    def limit(pages: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")  # earlier tests leave free pages behind, which would be room
        _pragma(f"max_page_count={_pragma('page_count')[0] + pages}")

    yield limit
    free()


def free() -> None:
    _pragma("max_page_count=4294967294")


def until_full(act: Callable[[], object]) -> int:
    """Repeat an act until there is no room for it. How often it succeeded."""
    for times in range(5_000):
        before, full = describe("default"), False
        try:
            act()
        except OperationalError as error:
            full = "disk is full" in str(error)
            if not full:
                raise
        if full:
            assert differences(before, describe("default")) == [], "一项办理要么全在，要么全无"
            return times
    raise AssertionError("磁盘始终没有满")


def test_an_act_is_whole_or_not_there_and_goes_on_when_there_is_room(
    staff: Staff, case: Case, house: MakeHouse, fill: Callable[[int], None]
) -> None:
    homes: list[Household] = [house() for _ in range(60)]
    people = [staff.cadre, staff.secretary]
    fill(3)
    told = iter(homes)
    done = until_full(lambda: actions.report_clue(by=people[0], household=next(told), sentence="房顶漏雨" * 200))
    assert done > 0, "限制之内应当还能办成"
    assert broken() == []
    free()
    do(staff, case, "declare")
    actions.report_clue(by=people[0], household=next(told), sentence="房顶漏雨")
    assert broken() == []


def test_the_page_says_that_the_disk_is_full(
    staff: Staff, house: MakeHouse, client: Client, fill: Callable[[int], None]
) -> None:
    home, client.raise_request_exception = house(), False
    sign_in(client, staff.cadre)
    assert _report(client, home).status_code == 302
    fill(0)
    answers = [_report(client, home) for _ in range(30)]
    full = next(answer for answer in answers if answer.status_code == 507)
    assert "磁盘已满" in full.content.decode() and "没有保存" in full.content.decode()
    assert {answer.status_code for answer in answers} <= {302, 507}
    assert broken() == []
    free()
    assert _report(client, home).status_code == 302


def _report(client: Client, home: Household) -> Any:
    answer = {
        "sentence": "房顶漏雨" * 150,
        "source": "event",
        "cause": CAUSES[0],
        "occurred_on": timezone.localdate().isoformat(),
    }
    return client.post(f"{reverse('web:clue_new')}?household={home.uuid}", answer)
