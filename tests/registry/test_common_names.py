"""A name that many bear is looked for household by household: another way to the same pages."""

from __future__ import annotations

import pytest

from shouwang.accounts.models import AuditEvent, Unit, User
from shouwang.registry import search
from shouwang.registry.actions import Newcomer, register_household
from shouwang.registry.queries import HouseholdFilter, households_for, lists
from tests.accounts.conftest import Person as MakePerson
from tests.registry.conftest import OPENED

pytestmark = pytest.mark.django_db
NAMES = ("王伟", "李王强", "张三", "王·伟", "Anna王", "欧阳娜", "王伟强", "伟王")


@pytest.fixture
def clerk(person: MakePerson, office: User, tree: dict[str, Unit]) -> User:
    """Of c1, where every other of these families lives; the others live in c2, which a clerk of c1 does not see."""
    for place, name in enumerate(NAMES * 2):
        unit = tree["c1" if place % 2 else "c2"]
        register_household(
            by=office, unit=unit, number=f"T{place:02d}", on=OPENED, members=[Newcomer(name, "户主", joined_on=OPENED)]
        )
    return person("clerk", "cadre", "c1")


@pytest.mark.parametrize("name", ["王", "伟", "王伟", "伟王", "欧阳", "强", "没有"])
def test_both_ways_give_the_same_pages(name: str, clerk: User, office: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def pages(user: User) -> list[list[str]]:
        wanted, found, after = HouseholdFilter(name=name), [], ""
        while True:
            page = households_for(user, wanted, size=2, after=after)
            found.append([line.household.number for line in page.rows])
            if page.after is None:
                return [*found, [str(page.count)]]
            after = page.after

    collected = pages(clerk), pages(office)
    monkeypatch.setattr(search, "COMMON", 1)
    assert (pages(clerk), pages(office)) == collected
    assert name == "没有" or collected[1] != [[], ["0"]]


def test_a_common_name_is_counted_only_so_far(office: User, clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "COMMON_CAP", 3)
    for common, told in ((13, (12, False)), (12, (3, True))):
        monkeypatch.setattr(search, "COMMON", common)
        page = households_for(office, HouseholdFilter(name="王"))
        assert (len(page.rows), (page.count, page.capped)) == (12, told)


def test_who_was_looked_for_is_named_beside_the_head(office: User, tree: dict[str, Unit]) -> None:
    people = [
        Newcomer(name, relation, joined_on=OPENED)
        for name, relation in (("李明", "户主"), ("王芳", "配偶"), ("李王英", "之女"))
    ]
    register_household(by=office, unit=tree["c1"], number="T99", on=OPENED, members=people)

    def called(name: str) -> list[tuple[str, ...]]:
        return [line.called for line in households_for(office, HouseholdFilter(name=name, number="T99")).rows]

    assert [sorted(*called("王")), called("王芳"), called("李明"), called("")] == [
        ["李王英", "王芳"],
        [("王芳",)],
        [()],
        [()],
    ]


def test_a_search_by_name_and_number_is_on_record_once(office: User, clerk: User) -> None:
    before = AuditEvent.objects.filter(verb="person.searched").count()
    households_for(office, HouseholdFilter(name="王", citizen_number="65290119700520001X"))
    assert AuditEvent.objects.filter(verb="person.searched").count() == before + 1


def test_a_name_is_common_or_it_is_known_where_its_bearers_live(
    office: User, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = search.homes("王")
    assert found is not None and len(found) == len(set(found)) == 12
    assert search.homes("没有") == search.homes(" · ") == ()
    monkeypatch.setattr(search, "COMMON", 12)
    assert search.homes("王") is None
