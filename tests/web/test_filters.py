"""The unit filter over lists: a small tree whole, a large one opened where somebody looks."""

from __future__ import annotations

import re

import pytest
from django.http import QueryDict

from shouwang.accounts.models import Unit
from shouwang.accounts.queries import visible_places
from shouwang.web import forms
from shouwang.web.worklists.suspicions import SuspicionFilter
from tests.accounts.conftest import Person, person, private_places, tree

__all__ = ["person", "private_places", "tree"]

pytestmark = pytest.mark.django_db


def offered(person: Person, at: str, role: str, chosen: str = "") -> dict[str, bool]:
    """The units a filter offers at a level, and whether each is the chosen one."""
    user = person("p", role, at)
    form = SuspicionFilter(QueryDict(f"unit={chosen}"), units=visible_places(user))
    found = re.findall(r'<option value="([^"]*)"( selected)?>([^<]*)</option>', str(form["unit"]))
    return {label.strip("　"): bool(selected) for value, selected, label in found if value}


def test_a_small_tree_is_offered_whole(person: Person) -> None:
    assert set(offered(person, "d1", "division_office")) == {"d1", "r7", "r8", "c1", "c2", "c81"}


def test_a_large_tree_opens_where_somebody_looks(
    person: Person, tree: dict[str, Unit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "MOST_UNITS", 5)
    assert offered(person, "d1", "division_office", str(tree["r7"].uuid)) == {
        "d1": False, "r7": True, "r8": False, "c1": False, "c2": False,
    }  # fmt: skip


@pytest.mark.parametrize(("chosen", "also"), [("", set()), ("c2", {"c1", "c2"}), ("c211", set()), ("nonsense", set())])
def test_beside_the_chosen_one_and_nothing_of_others(
    person: Person, tree: dict[str, Unit], monkeypatch: pytest.MonkeyPatch, chosen: str, also: set[str]
) -> None:
    """A company opens its regiment; what lies elsewhere, or is no unit at all, opens nothing and is no error."""
    monkeypatch.setattr(forms, "MOST_UNITS", 5)
    asked = str(tree[chosen].uuid) if chosen in tree else chosen
    assert set(offered(person, "d1", "division_office", asked)) == {"d1", "r7", "r8"} | also
    assert visible_places(person("q", "division_office", "d1")).filter(pk=tree["c211"].pk).count() == 0


def test_the_corps_reaches_a_company_in_three_choices(
    person: Person, tree: dict[str, Unit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "MOST_UNITS", 5)
    top = {"bt", "d1", "d2"}
    for name, (chosen, expected) in {
        "a": ("", top),
        "b": (str(tree["d1"].uuid), top | {"r7", "r8"}),
        "c": (str(tree["r8"].uuid), top | {"r7", "r8", "c81"}),
        "d": (str(tree["c81"].uuid), top | {"r7", "r8", "c81"}),
    }.items():
        user = person(name, "corps", "bt")
        form = SuspicionFilter(QueryDict(f"unit={chosen}"), units=visible_places(user))
        found = {label.strip("　") for label in re.findall(r"<option[^>]*>([^<]*)</option>", str(form["unit"]))}
        assert found - {"辖区内全部单位（可逐级选到连）"} == expected
