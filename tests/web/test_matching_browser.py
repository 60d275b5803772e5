"""The workbench in a real browser: a walk by keyboard, without a script, and how the pages look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from shouwang.accounts.models import Unit, User
from shouwang.registry.actions import confirm_batch
from shouwang.registry.models import Household, RowOutcome, SourceBatch
from tests.registry.conftest import family, member, office, sent
from tests.registry.test_batches import doctor, stage
from tests.registry.test_workbench import contradict
from tests.web.conftest import Enter, Watched
from tests.web.test_matching import batch, row_of

__all__ = ["batch", "doctor", "family", "office", "sent", "stage"]

Look = Callable[[Watched, str], None]
pytestmark = pytest.mark.django_db


def heading(page: Any, row: int) -> None:
    """Wait until the row is shown and has the focus."""
    page.wait_for_function(
        """row => document.getElementById('bench-title')?.textContent.includes(`第 ${row} 行`)
             && document.activeElement?.matches('[data-bench-focus]')""",
        arg=row,
    )


def test_a_whole_batch_by_keyboard(
    enter: Enter, look: Look, office: User, doctor: User, batch: SourceBatch, family: Household, tree: dict[str, Unit]
) -> None:
    Unit.objects.filter(code="c1").update(name="一连")
    confirm_batch(by=doctor, batch=batch, reason="核对过原件")
    watched = enter(office)
    page = watched.open(reverse("web:matching"))
    heading(page, 2)
    look(watched, "matching")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.keyboard.press("1")
    heading(page, 3)
    assert row_of(batch, "王志刚").person.name == "王志强"
    page.keyboard.press("9")
    heading(page, 4)
    page.keyboard.press("u")
    heading(page, 3)
    page.keyboard.press("u")
    heading(page, 2)
    assert row_of(batch, "王志刚").outcome == RowOutcome.UNMATCHED
    page.keyboard.press("ArrowDown")
    assert "是这个人" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    heading(page, 3)
    assert row_of(batch, "王志刚").person.name == "王志强"
    page.keyboard.press("9")
    heading(page, 4)
    page.fill("#bench input[name=text]", "小明")
    page.keyboard.press("Enter")
    page.wait_for_selector("#found-title")
    look(watched, "matching-found")
    page.keyboard.press("0")
    heading(page, 3)
    look(watched, "matching-put-off")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.keyboard.press("0")
    page.wait_for_selector("#bench .empty")
    look(watched, "matching-over")
    assert [row_of(batch, name).outcome for name in ("李秀芝", "外地人")] == [RowOutcome.REFUSED] * 2


def test_a_key_held_down_decides_one_row(enter: Enter, office: User, batch: SourceBatch) -> None:
    page = enter(office).open(reverse("web:matching"))
    heading(page, 2)
    page.keyboard.down("0")
    page.keyboard.down("0")
    heading(page, 3)
    page.keyboard.down("0")
    page.wait_for_timeout(400)
    page.keyboard.up("0")
    assert row_of(batch, "王志刚").outcome == RowOutcome.REFUSED
    assert row_of(batch, "李秀芝").outcome == RowOutcome.UNMATCHED


def test_keys_do_nothing_outside_the_bench_and_in_fields(enter: Enter, office: User, batch: SourceBatch) -> None:
    page = enter(office).open(reverse("web:matching"))
    heading(page, 2)
    page.click("details.panel > summary")
    page.fill("#bench input[name=text]", "")
    page.keyboard.type("01")
    assert page.input_value("#bench input[name=text]") == "01"
    page.focus(".menu a")
    page.keyboard.press("0")
    page.wait_for_timeout(300)
    assert row_of(batch, "王志刚").outcome == RowOutcome.UNMATCHED


def test_the_same_without_a_script(enter: Enter, office: User, batch: SourceBatch) -> None:
    watched = enter(office, java_script_enabled=False)
    page = watched.open(reverse("web:matching"), script=False)
    page.click(".candidate button")
    page.wait_for_selector(".banner--good")
    assert "第2行：是 王志强" in page.inner_text("main")
    page.click(".bench__done button")
    assert "已撤回第2行的判定" in page.inner_text("main")
    page.click(".bench details summary")
    page.fill("#bench input[name=text]", "小红")
    page.click("#bench details button")
    assert "查到 1 人" in page.inner_text("main")


def test_the_other_pages_look_right(
    enter: Enter, look: Look, office: User, doctor: User, batch: SourceBatch, family: Household, tree: dict[str, Unit]
) -> None:
    Unit.objects.filter(code="c1").update(name="一连")
    confirm_batch(by=doctor, batch=batch, reason="核对过原件")
    contradict(office, family, "water_safe", "是", "否")
    contradict(office, member(family, "王志强").person, "health", "健康", "患有大病")
    watched = enter(office)
    pages = {
        "conflicts": reverse("web:conflicts"),
        "conflict": reverse("web:conflict", args=["person", member(family, "王志强").person.uuid, "health"]),
        "department-results": reverse("web:department_results"),
        "department-results-export": reverse("web:department_results_export"),
    }
    for name, address in pages.items():
        watched.open(address)
        look(watched, name)
