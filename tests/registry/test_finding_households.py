"""Households by the beginning of their number or a name in them, and what the planner knows of their tables."""

from __future__ import annotations

import pytest
from django.db import connection

from shouwang.accounts.models import Unit, User
from shouwang.registry import planner, search
from shouwang.registry.actions import Newcomer, register_household
from shouwang.registry.models import Household
from shouwang.registry.queries import HouseholdFilter, households_for, of_household_called
from tests.registry.conftest import OPENED

pytestmark = pytest.mark.django_db
HOMES = {"T1": "王伟", "T10": "李强", "t2": "王·伟", "七团-1": "张三", "U%_1": "T1"}


@pytest.fixture
def homes(office: User, tree: dict[str, Unit]) -> None:
    for number, name in HOMES.items():
        register_household(
            by=office, unit=tree["c1"], number=number, on=OPENED, members=[Newcomer(name, "户主", joined_on=OPENED)]
        )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("T1", {"T1", "T10", "U%_1"}),
        (" t1 ", {"T1", "T10", "U%_1"}),
        ("王伟", {"T1", "t2"}),
        ("七团", {"七团-1"}),
        ("U%", {"U%_1"}),
        ("%", set()),
        ("T2", set()),
        ("没有", set()),
    ],
)
@pytest.mark.usefixtures("homes")
@pytest.mark.parametrize("common", [search.COMMON, 1])
def test_by_number_or_by_name(text: str, found: set[str], common: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """少见的和常见的姓名各有查法，结果一样。"""
    monkeypatch.setattr(search, "COMMON", common)
    numbers = Household.objects.filter(of_household_called(text, "pk")).values_list("number", flat=True)
    assert set(numbers) == found


@pytest.mark.usefixtures("homes")
@pytest.mark.parametrize(
    ("text", "found"), [("T1", ["T1", "T10"]), ("t", ["T1", "T10", "t2"]), ("七", ["七团-1"]), ("_", [])]
)
def test_by_number_in_the_registry(office: User, text: str, found: list[str]) -> None:
    page = households_for(office, HouseholdFilter(number=text))
    assert sorted(line.household.number for line in page.rows) == found


@pytest.mark.usefixtures("homes")
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL analyses its tables itself")
def test_the_planner_is_told_how_the_households_are_spread() -> None:
    planner.tidy()
    with connection.cursor() as cursor:
        cursor.execute("SELECT stat FROM sqlite_stat1 WHERE idx = 'household_open_by_regiment'")
        assert cursor.fetchone() == (f"{len(HOMES)} {len(HOMES)} 1 1",)
