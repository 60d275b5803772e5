"""One family's way from a hospital's file to the filing with 师市, by hand in a browser, by the people whose turn it is.

Nobody is told what to press but by the page: each starts from 待办, finds the family there, and takes the main button.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from shouwang.accounts.models import Unit, User
from shouwang.casework.actions import run_screening
from shouwang.casework.models import Case, Clue
from shouwang.casework.queries import heads_of
from shouwang.casework.screenings import work_off
from shouwang.registry.loading import load_package
from shouwang.registry.models import Household, Membership
from shouwang.terms.tables import MEDICAL
from tests.accounts.conftest import CONSOLE
from tests.casework.conftest import FORMS, MakeHouse, Staff, house, staff
from tests.web.conftest import Enter, Watched
from tests.web.test_cases import named, screened

__all__ = ["house", "staff"]

Look = Callable[[Watched, str], None]
pytestmark = pytest.mark.django_db

CASES, AS_OF = Path(__file__).parents[1] / "cases", date(2020, 5, 20)
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
        #: Whose family it is: what everybody looks for.
        self.head = HEAD
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
        page.click(f"a.row-link:has-text('{title}'):has-text('{self.head}')")
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


def open_and_file(walker: Walker, family: Household) -> Case:
    """From the clue in the cadre's worklist through every step of the procedure."""
    page = walker.task("cadre", "新线索")
    page.click("a.button--main:has-text('立案')")
    page.wait_for_selector("main form button[type=submit]")
    page.click("main form button[type=submit]")
    page.wait_for_selector(".banner--good")
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
    return Case.objects.get(household=family)


def test_from_a_clue_to_the_filing(walker: Walker, look: Look, family: Household) -> None:
    case = open_and_file(walker, family)
    assert case.status == "confirmed"
    assert Clue.objects.get(household=family).state == "opened"
    walker.at("division", reverse("web:case", args=[case.number]))
    look(walker.windows["division"], "walk-filed")
    assert walker.troubles() == []


@pytest.fixture
def regiment(tree: dict[str, Unit], settings: Any) -> Unit:
    """The 26 situations as a regiment whose households have been screened once."""
    settings.SCREENING_DAY = AS_OF
    for code, name in (("c1", "一连"), ("c2", "二连")):
        Unit.objects.filter(pk=tree[code].pk).update(name=name)
    load_package(by=CONSOLE, unit=tree["r7"], path=CASES / "package", as_of=AS_OF, create_units=True)
    run_screening(by=CONSOLE, regiment=tree["r7"], as_of=AS_OF)
    assert work_off() == 1
    return tree["r7"]


def hospital_file(folder: Path, patient: Membership) -> Path:
    """A bill that outruns the family's income, the same patient once more with a slip in the name, and a day that is none."""
    born = patient.person.birth_date
    rows = (
        (patient.person.citizen, patient.person.name, born, "2020-03-20", "386000", "92000", "31000", "0", "263000"),
        ("", f"{patient.person.name[:-1]}某", born, "2020-03-21", "1860", "1240", "0", "0", "620"),
        (patient.person.citizen, patient.person.name, born, "2020-02-30", "1860", "1240", "0", "0", "620"),
    )
    path = folder / "医院费用.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([[column.header for column in MEDICAL.columns], *rows])
    return path


def test_from_a_hospitals_file_to_the_filing(walker: Walker, look: Look, regiment: Unit, tmp_path: Path) -> None:
    family = Household.objects.get(number="7T-01")
    patient = family.memberships.exclude(person__citizen_index="").order_by("pk")[0]
    walker.head = heads_of([family.pk])[family.pk]
    assert not Clue.objects.filter(household=family).exists(), "到现在没有人注意过这一户"
    page = walker.at("hospital", reverse("web:sources"))
    page.click("text=医疗费用结算")
    page.set_input_files("input[type=file]", hospital_file(tmp_path, patient))
    page.click("main button:has-text('上报')")
    page.wait_for_selector("text=逐行结果")
    assert "日期不存在" in page.inner_text("main")
    look(walker.windows["hospital"], "walk-file")
    page.check("input[type=checkbox][name=sure]")
    page.fill("textarea[name=reason]", "已与病案室核对")
    page.click("main button:has-text('确认入库')")
    page.wait_for_selector("text=已入库")
    page = walker.at("office", reverse("web:matching"))
    look(walker.windows["office"], "walk-matching")
    page.click("article:has-text('7T-01') button:has-text('是这个人')")
    page.wait_for_selector("text=没有等待判定的行")
    page = walker.at("office", reverse("web:screenings"))
    page.click("text=发起筛查")
    page.wait_for_selector("input[name=purpose]")
    page.check("input[name=purpose][value=changed]", force=True)
    page.click("main button:has-text('开始筛查')")
    page.wait_for_selector(".banner--good")
    assert work_off() == 1
    clue = Clue.objects.get(household=family)
    assert (
        clue.outcome == "suspected" and "263620.00元" in clue.lines.get(rule="rigid_spending_exceeds_income").sentence
    )
    case = open_and_file(walker, family)
    assert case.status == "confirmed"
    assert walker.troubles() == []
