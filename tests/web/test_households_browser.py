"""The registry in a real browser: the list, one household with everything, a form, the export page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.urls import reverse

from shouwang.accounts.models import Unit, User
from shouwang.casework.models import Clue, ClueLine, ClueSource, ScreeningRun
from shouwang.registry.actions import Newcomer, NewEntry, post_entries, record_fact, register_household
from shouwang.registry.models import FactSource, Household
from shouwang.units.periods import quarter
from tests.registry.conftest import OPENED, family, member, number, office
from tests.web.conftest import Enter, Watched
from tests.web.test_households import act, fill

__all__ = ["family", "office"]

Look = Callable[[Watched, str], None]
pytestmark = pytest.mark.django_db
LONG_NAME = "阿卜杜热西提·买买提依明江·吐尔逊尼亚孜"


def busy(office: User, household: Household) -> None:
    """A household with a clue, a conflict, six quarters and papers of every kind."""
    fill(office, household)
    first = quarter(2023, 1)
    kinds = ("wage_income", "production_income", "production_cost", "rigid_medical")
    post_entries(
        by=office, household=household,
        entries=[
            NewEntry(first + n, kind, 345_600 * (n + 1) // (place + 1), source="走访入户")
            for n in range(5) for place, kind in enumerate(kinds)
        ],
    )  # fmt: skip
    for name, kind, value in (
        ("李秀兰", "labour", "弱劳动力或半劳动力"), ("王小明", "schooling", "非在校生"), ("王小红", "schooling", "小学"),
    ):  # fmt: skip
        record_fact(
            by=office, about=member(household, name).person, kind=kind, value=value, as_of=date(2024, 1, 1),
            source=FactSource.VISIT,
        )  # fmt: skip
    run = ScreeningRun.objects.create(
        unit=household.regiment, policy="qituan-2020", policy_sha256="0" * 64, as_of=date(2024, 6, 30)
    )
    clue = Clue.objects.create(
        household=household,
        source=ClueSource.SCREENING,
        outcome="met",
        fingerprint="f",
        raised_on=date(2024, 7, 1),
        run=run,
    )
    ClueLine.objects.create(
        clue=clue, source=ClueSource.SCREENING, run=run, rule="medical_burden", outcome="met", clause="二/三/3",
        sentence="2023年第2季度至2024年第1季度医疗费用经基本医保和大病保险支付后仍负担34000.00元，高于负担线。",
        figures={"after_insurance": 3_400_000}, fingerprint="f",
    )  # fmt: skip


def test_the_registry_looks_right(
    enter: Enter, look: Look, office: User, family: Household, tree: dict[str, Unit]
) -> None:
    Unit.objects.filter(code="c1").update(name="一连")
    Unit.objects.filter(code="r7").update(name="七团")
    for n in range(12):
        people = (Newcomer(LONG_NAME if n == 3 else f"样例{n}", "户主", number("1980-02-02", n), joined_on=OPENED),)
        register_household(
            by=office, unit=tree["c1" if n % 3 else "c2"], number=f"7T-1{n:02}", on=OPENED, members=people
        )
    busy(office, family)
    watched = enter(office)
    page = watched.open(reverse("web:households"))
    look(watched, "households")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.fill("input[name=name]", "小明")
    page.click(".filters button[type=submit]")
    page.wait_for_url("**name=**")
    assert page.locator("tbody tr").count() == 1
    page.click("tbody a.row-link")
    page.wait_for_selector("[data-chart][data-drawn]")
    assert page.locator("[data-chart] svg").count() == 1
    look(watched, "household")


@pytest.mark.parametrize("name", ["ledger", "split", "settle", "add", "document"])
def test_the_forms_look_right(enter: Enter, look: Look, office: User, family: Household, name: str) -> None:
    made = fill(office, family)
    key = f"{made['head'].person.uuid}:health" if name == "settle" else ""
    watched = enter(office)
    page = watched.open(act(family, name, key))
    if name == "ledger":
        page.fill("input[name=amount_1]", "三千")
        page.click("main button[type=submit]")
        page.wait_for_selector(".errors")
    look(watched, f"household-{name}")


@pytest.mark.parametrize(
    "name", ["household_new", "household_export", "person_search", "household_member", "household_reveal"]
)
def test_the_other_pages_look_right(enter: Enter, look: Look, office: User, family: Household, name: str) -> None:
    made = fill(office, family)
    args = [family.uuid, made["head"].person.uuid] if name in ("household_member", "household_reveal") else []
    watched = enter(office)
    watched.open(reverse(f"web:{name}", args=args))
    look(watched, name.replace("_", "-"))
