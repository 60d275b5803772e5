"""The shell in a real browser: by keyboard alone, and on paper."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.accounts.conftest import Person
from tests.web.conftest import Enter, pages_printed

pytestmark = pytest.mark.django_db
_FOCUSED = "document.activeElement.textContent.trim()"


def test_the_sheet_of_the_person_gives_the_focus_back(enter: Enter, person: Person) -> None:
    page = enter(person("zhou", "regiment_office", "r7")).open(reverse("web:home"))
    page.locator("details.person > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.person__sheet') !== null")
    page.keyboard.press("Escape")
    assert not page.evaluate("document.querySelector('details.person').open")
    assert page.evaluate("document.activeElement.matches('details.person > summary')")


def test_escape_elsewhere_leaves_the_focus_where_it_is(enter: Enter, person: Person) -> None:
    page = enter(person("zhou", "regiment_office", "r7")).open(reverse("web:home"))
    page.keyboard.press("Tab")
    assert page.evaluate(_FOCUSED) == "跳到正文"
    page.keyboard.press("Escape")
    assert page.evaluate(_FOCUSED) == "跳到正文"


def test_a_long_text_begins_on_the_page_of_its_title(enter: Enter, person: Person) -> None:
    watched = enter(person("zhou", "regiment_office", "r7"))
    watched.open(reverse("web:rulebook"))
    printed = pages_printed(watched)
    assert "规则手册" in printed[0] and "总体要求" in printed[0]


def test_a_date_shows_where_one_is_at_each_of_its_stops(enter: Enter, person: Person) -> None:
    """年、月、日和日历按钮，每停一处都看得见焦点在哪里。"""
    page = enter(person("zhou", "regiment_office", "r7")).open(reverse("web:household_new"))
    page.locator("input[type=date]").first.focus()
    for _ in range(4):
        ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert ring == "solid" and page.evaluate("document.activeElement.type") == "date"
        page.keyboard.press("Tab")
