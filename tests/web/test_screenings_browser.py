"""Screenings, the rule book and a change of a parameter in a real browser, at both widths, by keyboard where it matters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from shouwang.accounts.models import Unit
from shouwang.casework import actions, screenings
from shouwang.casework.models import ParameterChange, ScreeningRun
from shouwang.registry.models import Household
from tests.casework.conftest import MakeHouse, Staff, house, staff
from tests.web.conftest import Enter, Watched
from tests.web.test_rulebook import earning, tomorrow

__all__ = ["house", "staff"]

Look = Callable[[Watched, str], None]
pytestmark = pytest.mark.django_db


@pytest.fixture
def town(house: MakeHouse) -> list[Household]:
    """A few dozen households of every kind of income, in two companies."""
    return [earning(house("c1" if place % 3 else "c2"), 3000 + 400 * place) for place in range(30)]


def test_a_screening_from_the_button_to_the_comparison(
    enter: Enter, look: Look, staff: Staff, town: list[Household], tree: dict[str, Unit]
) -> None:
    watched = enter(staff.office)
    page = watched.open(reverse("web:screenings"))
    look(watched, "screenings-empty")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.click("text=发起筛查")
    page.wait_for_selector("body[data-ready=yes]")
    look(watched, "screening-new")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.focus("text=开始筛查")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=排队中")
    look(watched, "screening-running")
    screenings.work_off()
    page.wait_for_selector("text=各单位结论", timeout=10_000)  # without a click: the page asks every second
    first = ScreeningRun.objects.get()
    earning(town[0], 20_000)
    earning(town[1], 100)
    actions.run_screening(by=staff.office, regiment=tree["r7"])
    screenings.work_off()
    second = ScreeningRun.objects.latest("pk")
    watched.open(reverse("web:screenings"))
    look(watched, "screenings")
    watched.open(reverse("web:screening", args=[second.uuid]))
    look(watched, "screening")
    watched.open(reverse("web:screening_compare"))
    look(watched, "screening-compare")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.click("text=数字有变 1")
    page.wait_for_selector(f"text={town[1].number}")
    look(watched, "screening-compare-moved")
    watched.open(f"{reverse('web:screening_export', args=[first.uuid])}?outcome=met")
    look(watched, "screening-export")


def test_the_rule_book(enter: Enter, look: Look, staff: Staff) -> None:
    watched = enter(staff.cadre)
    pages = {
        "rulebook": reverse("web:rulebook"),
        **{
            f"rulebook-{part}": reverse("web:rulebook_part", args=["qituan_2020", part])
            for part in ("rules", "figures", "parameters", "procedure")
        },
        "rulebook-clause": reverse("web:clause", args=["qituan_2020", "二/三/3"]),
        "rulebook-parameter": reverse("web:parameter", args=["drop_ratio"]),
        "rulebook-policies": reverse("web:parameter", args=["policy"]),
    }
    for name, address in pages.items():
        watched.open(address)
        look(watched, name)


def test_a_change_from_trial_to_signature(
    enter: Enter, look: Look, staff: Staff, town: list[Household], house: MakeHouse
) -> None:
    watched = enter(staff.office)
    page = watched.open(reverse("web:parameter", args=["monitoring_line"]))
    page.click("text=试算或提出修改")
    page.wait_for_selector("body[data-ready=yes]")
    page.fill("[name=value]", "九千")
    page.click("button[name=propose]")
    page.wait_for_selector(".errors")
    assert ["422" in said for said in watched.troubles] == [True], "the browser notes the refused form, nothing else"
    watched.troubles.clear()
    look(watched, "parameter-new")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.fill("[name=value]", "9000")
    page.click("text=只试算，不提出")
    page.wait_for_selector("text=只看影响")
    look(watched, "parameter-trial-waiting")
    screenings.work_off()
    page.wait_for_selector("text=试算的影响", timeout=10_000)
    look(watched, "parameter-trial")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.click("text=提出这项修改")
    page.wait_for_selector("body[data-ready=yes]")
    assert page.input_value("[name=value]") == "9000"
    page.fill("[name=from_date]", tomorrow().isoformat())
    page.fill("[name=reason]", "领导小组第 3 次会议研究")
    page.click("button[name=propose]")
    page.wait_for_selector("text=等第二人复核")
    screenings.work_off()
    change = ParameterChange.objects.get()
    signer: Any = enter(staff.head)
    page = signer.open(reverse("web:parameter_change", args=[change.uuid]))
    look(signer, "parameter-change")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.click("text=复核签字")
    page.wait_for_selector("text=签字同意")
    look(signer, "parameter-sign")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.click("button:has-text('签字同意')")
    page.wait_for_selector("text=已签字，待生效")
    signer.open(reverse("web:parameter_changes"))
    look(signer, "parameter-changes")
