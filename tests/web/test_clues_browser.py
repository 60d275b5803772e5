"""Clues, worklists and the first page in a real browser, at both widths."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone

from shouwang.casework import actions
from shouwang.registry.models import Household
from tests.casework.conftest import MakeHouse, Staff, do, house, staff
from tests.web.conftest import Enter, Watched
from tests.web.test_clues import clue_of, homes

__all__ = ["homes", "house", "staff"]

Look = Callable[[Watched, str], None]
pytestmark = pytest.mark.django_db


def test_the_pages(enter: Enter, look: Look, staff: Staff, homes: dict[str, Household], house: MakeHouse) -> None:
    do(staff, actions.open_case(by=staff.cadre, household=house()), "declare")
    actions.report_clue(
        by=staff.cadre,
        household=homes["a"],
        sentence="丈夫住院，自付三万元",
        cause="因病",
        occurred_on=timezone.localdate(),
    )
    for name in ("secretary", "office", "hospital", "corps"):
        watched = enter(staff[name])
        watched.open("/")
        look(watched, f"home-{name}")
    watched = enter(staff.office)
    clue = reverse("web:clue", args=[clue_of(homes["a"]).uuid])
    pages = {
        "inbox": reverse("web:inbox"),
        "clues": reverse("web:clues"),
        "clue": clue,
        "clue-dismiss": f"{clue}dismiss/",
        "suspicions": reverse("web:suspicions"),
        "suspicion": reverse("web:suspicion", args=["should_be_covered"]),
        "statistics": reverse("web:statistics"),
    }
    for name, address in pages.items():
        watched.open(address)
        look(watched, name)
