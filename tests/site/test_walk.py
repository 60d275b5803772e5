"""One family's way from a clue to the filing with 师市, by hand in a browser, by the people whose turn it is.

Nobody is told what to press but by the page: each starts from 待办, finds the family there, and takes the main button.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.casework.models import Case, Clue
from shouwang.registry.models import Household
from tests.casework.conftest import FORMS, MakeHouse, Staff, house, staff
from tests.web.conftest import Enter, Watched
from tests.web.test_cases import named, screened

__all__ = ["house", "staff"]

Look = Callable[[Watched, str], None]
pytestmark = pytest.mark.django_db

HEAD = "古丽娜尔·艾山"
#: Whose turn it is, which step they find in their worklist, and who signs beside them.
TURNS = (
    ("cadre", "declare", "本人申报", ""),
    ("cadre", "visit", "连（社区）走访", "secretary"),
    ("member", "assess", "两委评估", ""),
    ("secretary", "report", "上报团场", ""),
    ("office", "compare", "部门比对筛查", ""),
    ("office2", "check", "实地入户核查", ""),
    ("leader", "confirm", "领导小组确认", ""),
    ("office", "file", "报师市备案", ""),
    ("division", "receipt", "师市备案回执", ""),
)


@pytest.fixture
def family(house: MakeHouse) -> Household:
    """A family the screening has found, and nothing else has happened to."""
    home = named(house("c1", "", "", ""), HEAD)
    screened(home)
    return home


class Walker:
    """Everybody's own browser window."""

    def __init__(self, enter: Enter, staff: Staff) -> None:
        self.enter, self.staff = enter, staff
        self.windows: dict[str, Watched] = {}

    def at(self, who: str, path: str) -> Any:
        if who not in self.windows:
            user: User = self.staff[who]
            self.windows[who] = self.enter(user)
        self.windows[who].open(path)
        return self.windows[who].page

    def task(self, who: str, title: str) -> Any:
        """Open the task of that title from the person's own worklist."""
        page = self.at(who, reverse("web:inbox"))
        page.click(f"a.row-link:has-text('{title}'):has-text('{HEAD}')")
        page.wait_for_selector("body[data-ready=yes]")
        return page

    def troubles(self) -> list[str]:
        return [trouble for watched in self.windows.values() for trouble in watched.troubles]


@pytest.fixture
def walker(enter: Enter, staff: Staff) -> Walker:
    return Walker(enter, staff)


def fill(page: Any, form: dict[str, Any]) -> None:
    """The first way on, then every field as a person fills it in: marks what is to be marked, types what is typed."""
    ways = page.locator("[name=way][type=radio]")
    if ways.count():
        ways.first.check(force=True)
    for name, value in form.items():
        answers = [str(one) for one in (value if isinstance(value, list) else [value])]
        for answer in answers:
            mark = page.locator(f"[name=e_{name}]:is([type=radio], [type=checkbox])[value='{answer}']")
            if mark.count():
                mark.check(force=True)
        typed = page.locator(f"textarea[name=e_{name}], input[name=e_{name}]:not([type=radio], [type=checkbox])")
        if typed.count() and typed.is_visible():
            typed.fill("、".join(answers))


def submit(page: Any) -> None:
    """The main button; where the page asks to check the answers first, they are checked and signed."""
    page.click("form.act .button--main")
    page.wait_for_selector("body[data-ready=yes]")
    if page.locator("button:has-text('核对无误，签字')").count():
        page.click("button:has-text('核对无误，签字')")
    page.wait_for_selector(".banner--good, .errors")
    assert page.locator(".errors").count() == 0, page.inner_text(".errors")


def test_from_a_clue_to_the_filing(walker: Walker, look: Look, family: Household) -> None:
    page = walker.task("cadre", "新线索")
    page.click("a.button--main:has-text('立案')")
    page.wait_for_selector("main form button[type=submit]")
    page.click("main form button[type=submit]")
    page.wait_for_selector(".banner--good")
    case = Case.objects.get(household=family)
    for who, step, title, second in TURNS:
        page = walker.task(who, title)
        page.click(f"text=办理“{title}”")
        page.wait_for_selector("form.act")
        fill(page, FORMS.get(step, {}))
        submit(page)
        if second:
            page = walker.task(second, title)
            page.click("main button:has-text('核对无误，签字')")
            page.wait_for_selector(".banner--good")
    case.refresh_from_db()
    assert case.status == "confirmed"
    assert Clue.objects.get(household=family).state == "opened"
    page = walker.at("division", reverse("web:case", args=[case.number]))
    look(walker.windows["division"], "walk-filed")
    assert walker.troubles() == []
