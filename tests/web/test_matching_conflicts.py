"""来源不一致 in the browser's terms: the list, settling by choosing or by typing, who may, who was first."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from shouwang.accounts.models import Unit, User
from shouwang.registry.actions import confirm_batch, settle_conflict
from shouwang.registry.models import FactSource, Household, PersonFact, SourceBatch
from tests.accounts.conftest import Person as MakePerson
from tests.registry.conftest import FAMILY, family, last_seq, member, office, secretary, sent, verbs
from tests.registry.test_batches import doctor, stage
from tests.registry.test_workbench import contradict
from tests.web.test_matching import body

__all__ = ["doctor", "family", "office", "secretary", "sent", "stage"]

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db
#: Part of a conflict's address.
HEALTH = "health"


@pytest.fixture
def torn(family: Household, office: User, stage: Callable[..., SourceBatch], sent: Callable[..., object]) -> Household:
    """The department says one thing of the father, the visit another; and of the water."""
    header = ("户编号", "人员编号", "姓名", "健康状况")
    batch = stage(sent("体检.csv", header, [("7T-1", "7T-1-1", "王志强", "患有大病")]), "members")
    confirm_batch(by=office, batch=batch)
    contradict(office, family, "water_safe", "是", "否")
    contradict(office, member(family, "王志强").person, HEALTH, "健康", "健康")
    return family


def settle_url(household: Household) -> str:
    return reverse("web:conflict", args=["person", member(household, "王志强").person.uuid, HEALTH])


def test_both_values_with_source_department_and_day(browser: Browser, secretary: User, torn: Household) -> None:
    page = body(browser(secretary).get(reverse("web:conflicts")))
    assert "共 2 条" in page
    assert "患有大病（hospital，体检.csv 第 2 行，截至 2020年5月20日）" in page
    assert "健康（干部走访，office登记，截至 2020年5月20日）" in page
    assert "饮水安全" in page
    only = body(browser(secretary).get(reverse("web:conflicts"), {"kind": HEALTH}))
    assert "共 1 条" in only
    assert "体检.csv" in only
    assert FAMILY[0].citizen_number not in page + only


def test_settled_by_choosing(browser: Browser, secretary: User, torn: Household) -> None:
    client, before = browser(secretary), last_seq()
    page = body(
        client.post(f"{settle_url(torn)}?kind={HEALTH}", {"value": "患有大病", "reason": "看过诊断书"}, follow=True)
    )
    assert "王志强的健康状况以“患有大病”为准" in page
    assert "没有符合条件的记录" in page, "回到原来的查询条件"
    assert PersonFact.objects.get(source=FactSource.SETTLED).reason == "看过诊断书"
    assert "conflict.settled" in verbs(before)


def test_settled_by_typing_what_is_so(browser: Browser, secretary: User, torn: Household) -> None:
    client, address = browser(secretary), settle_url(torn)
    for wrong in (
        {"value": "都不对", "reason": "入户"}, {"value": "患有大病", "reason": ""}, {"value": "乱写", "reason": "入户"},
        {"reason": "入户"},
    ):  # fmt: skip
        assert client.post(address, wrong).status_code == 422
    assert not PersonFact.objects.filter(source=FactSource.SETTLED).exists()
    page = body(client.post(address, {"value": "都不对", "typed": "长期慢性病", "reason": "入户看过"}, follow=True))
    assert "以“长期慢性病”为准" in page


def test_whoever_comes_second_is_told(browser: Browser, secretary: User, office: User, torn: Household) -> None:
    client = browser(secretary)
    assert client.get(settle_url(torn)).status_code == 200
    about = member(torn, "王志强").person
    settle_conflict(by=office, about=about, kind=HEALTH, value="健康", reason="看过体检表")
    page = body(client.post(settle_url(torn), {"value": "患有大病", "reason": "看过诊断书"}, follow=True))
    assert "已由office判定为“健康”，依据是：看过体检表" in page
    assert PersonFact.objects.filter(source=FactSource.SETTLED).count() == 1


@pytest.mark.parametrize(
    ("role", "at", "page", "one"),
    [
        ("regiment_office", "r8", 200, 404), ("company_secretary", "c2", 200, 404), ("cadre", "c1", 404, 404),
        ("division_office", "d1", 404, 404), ("department_officer", "hospital", 404, 404),
    ],
)  # fmt: skip
def test_others_neither_see_nor_settle(
    browser: Browser, person: MakePerson, torn: Household, role: str, at: str, page: int, one: int
) -> None:
    client = browser(person("who", role, at))
    found = client.get(reverse("web:conflicts"))
    assert found.status_code == page
    assert "患有大病" not in body(found).replace("患有大病</option>", "")
    assert client.get(settle_url(torn)).status_code == one
    assert client.post(settle_url(torn), {"value": "健康", "reason": "x"}).status_code == one
    assert not PersonFact.objects.filter(source=FactSource.SETTLED).exists()


@pytest.mark.parametrize("key", [("person", HEALTH + "x"), ("household", HEALTH), ("nobody", HEALTH)])
def test_an_address_that_names_nothing(browser: Browser, office: User, torn: Household, key: tuple[str, str]) -> None:
    whom, kind = key
    uuid = member(torn, "王志强").person.uuid
    assert browser(office).get(reverse("web:conflict", args=[whom, uuid, kind])).status_code == 404


def test_a_forged_place_is_the_first_page(
    browser: Browser, office: User, torn: Household, tree: dict[str, Unit]
) -> None:
    page = body(browser(office).get(reverse("web:conflicts"), {"after": "7T-1", "unit": "x", "kind": "y"}))
    assert "共 2 条" in page
