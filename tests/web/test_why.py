"""逐条说明: what the page says of a household is what the command line says of it, and only to those who may see it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from shouwang.accounts.models import Unit, User
from shouwang.policy.book import RuleBook
from shouwang.registry.facts import facts_of_household
from shouwang.registry.loading import load_package
from shouwang.registry.models import Household
from shouwang.screening.explain import Explainer
from shouwang.screening.wording import HOUSEHOLD_OUTCOMES
from shouwang.web.templatetags.ui import grouped
from tests.accounts.conftest import CONSOLE, Person
from tests.registry.conftest import office
from tests.web.conftest import Enter, Watched

__all__ = ["office"]

CASES = Path(__file__).parents[1] / "cases"
AS_OF = date(2020, 5, 20)
pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]


@pytest.fixture
def situations(tree: dict[str, Unit]) -> list[dict[str, str]]:
    """The 26 situations in the registry, with what is expected of each."""
    load_package(by=CONSOLE, unit=tree["r7"], path=CASES / "package", as_of=AS_OF, create_units=True)
    with (CASES / "expected-2020-05-20.csv").open(encoding="utf-8-sig") as table:
        return list(csv.DictReader(table))


def why(client: Client, number: str, day: str = "2020-05-20") -> str:
    household = Household.objects.get(number=number)
    answer = client.get(reverse("web:household_why", args=[household.uuid]), {"on": day})
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_page_says_what_the_command_line_says(
    browser: Browser, office: User, situations: list[dict[str, str]]
) -> None:
    client, explainer = browser(office), Explainer(RuleBook.of("qituan-2020", AS_OF))
    assert len(situations) == 26
    for one in situations:
        page = why(client, one["household_id"])
        assert HOUSEHOLD_OUTCOMES[one["outcome"]] in page
        found = explainer.explain(facts_of_household(Household.objects.get(number=one["household_id"]), AS_OF))
        unsaid = [rule.id for rule in found.rules if escape(grouped(rule.sentence)) not in page]
        assert unsaid == []
        assert all(escape(fact.title) in page for fact in found.missing)


def test_every_figure_leads_to_file_and_row(browser: Browser, office: User, situations: list[dict[str, str]]) -> None:
    page = why(browser(office), "7T-06")
    assert "ledger.csv 第47—49行" in page
    assert "2019年第3季度的收入" in page
    assert "若该季纯收入低于6,500.00元则命中" in page


def test_another_day_is_explained_by_the_facts_and_quarters_of_that_day(
    browser: Browser, office: User, situations: list[dict[str, str]]
) -> None:
    client = browser(office)
    assert "2019年第2季度至2020年第1季度" in why(client, "7T-05", "2020-06-30")
    assert "2019年第3季度至2020年第2季度" in why(client, "7T-05", "2020-07-01")
    assert "2019年第2季度至2020年第1季度" not in why(client, "7T-05", "2020-07-01")


def test_only_who_may_see_the_household_sees_why(
    browser: Browser, person: Person, situations: list[dict[str, str]]
) -> None:
    uuid = Household.objects.get(number="7T-06").uuid
    for role, at in (("regiment_office", "r8"), ("cadre", "c1"), ("department_officer", "hospital"), ("corps", "bt")):
        client = browser(person(f"{role}-{at}", role, at))
        assert client.get(reverse("web:household_why", args=[uuid])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_it_looks_right(
    enter: Enter, look: Callable[[Watched, str], None], office: User, situations: list[dict[str, str]]
) -> None:
    watched = enter(office)
    for number in ("7T-06", "7T-08"):
        watched.open(f"{reverse('web:household_why', args=[Household.objects.get(number=number).uuid])}?on=2020-05-20")
        look(watched, f"why-{number}")
