"""Accounts and posts by the three administrators: what each sees, may do, and is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shouwang.accounts import sessions
from shouwang.accounts.models import AuditEvent, Post, TotpDevice, Unit, User
from tests.accounts.conftest import Person
from tests.accounts.test_crypto import WANG

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db

#: act: the one administrator who may do it
ACTS = {
    "account_disable": "system_admin",
    "factor_reset": "system_admin",
    "password_reset": "security_admin",
    "post_grant": "security_admin",
}


def body(response: Any) -> str:
    return str(response.content.decode())


def term(**more: Any) -> dict[str, Any]:
    today = timezone.localdate()
    return {"role": "cadre", "starts_on": today, "ends_on": today + timedelta(days=30), **more}


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "auditor", "regiment_office", "cadre"])
def test_each_act_belongs_to_one_administrator(browser: Browser, person: Person, role: str) -> None:
    other = person("wang", "cadre", "c2")
    client = browser(person("zhang", role, "c1" if role == "cadre" else "r7"))
    for act, owner in ACTS.items():
        answer = client.get(reverse(f"web:{act}", args=[other.uuid]))
        assert answer.status_code == (200 if role == owner else 404), act
    ends = client.get(reverse("web:post_end", args=[other.posts.get().uuid]))
    assert ends.status_code == (200 if role == "security_admin" else 404)
    shown = client.get(reverse("web:person", args=[other.uuid]))
    assert shown.status_code == (200 if role in ("system_admin", "security_admin", "auditor") else 404)


def test_only_the_own_territory_is_listed_and_opened(browser: Browser, person: Person) -> None:
    person("inside", "cadre", "c1")
    outside, above = person("outside", "cadre", "c81"), person("above", "division_office", "d1")
    client = browser(person("zhang", "system_admin", "r7"))
    page = body(client.get(reverse("web:people")))
    assert "inside" in page
    assert "outside" not in page
    assert "above" not in page
    for stranger in (outside, above):
        for name in ("person", *ACTS):
            assert client.get(reverse(f"web:{name}", args=[stranger.uuid])).status_code == 404, name
            assert client.post(reverse(f"web:{name}", args=[stranger.uuid]), {"reason": "x"}).status_code == 404, name
    outside.refresh_from_db()
    assert outside.is_active


def test_opening_an_account_shows_the_password_once(
    client: Client, browser: Browser, person: Person, tree: dict[str, Unit]
) -> None:
    browser(person("zhang", "system_admin", "r7"))
    address = reverse("web:account_new")
    facts = {"display_name": "王志强", "username": "WangZQ", "unit": str(tree["c1"].uuid), "citizen_number": WANG}
    answer = client.post(address, facts)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store, private"
    password = re.search(r'class="secret">([^<]+)<', body(answer))
    assert password is not None
    opened = User.objects.get(username="wangzq")
    assert opened.check_password(password[1])
    assert opened.must_change_password
    assert "王志强" in body(client.get(reverse("web:person", args=[opened.uuid])))
    assert password[1] not in body(client.get(reverse("web:person", args=[opened.uuid])))
    assert WANG not in body(client.get(reverse("web:person", args=[opened.uuid])))
    again = body(client.post(address, facts))
    assert "已有人使用" in again
    assert "secret" not in again
    assert password[1] not in "".join(AuditEvent.objects.values_list("facts", flat=True))


def test_an_account_cannot_be_opened_in_somebody_elses_territory(
    client: Client, browser: Browser, person: Person, tree: dict[str, Unit]
) -> None:
    browser(person("zhang", "system_admin", "r7"))
    facts = {"display_name": "王", "username": "wang", "unit": str(tree["c81"].uuid)}
    page = client.post(reverse("web:account_new"), facts)
    assert "没有保存" in body(page)
    assert not User.objects.filter(username="wang").exists()
    assert str(tree["c81"].uuid) not in body(client.get(reverse("web:account_new")))


def test_granting_and_ending_a_post(client: Client, browser: Browser, person: Person, tree: dict[str, Unit]) -> None:
    other = person("wang", at="c1")
    browser(person("zhang", "security_admin", "r7"))
    address = reverse("web:post_grant", args=[other.uuid])
    assert "止期不能早于" in body(client.post(address, term(unit=tree["c1"].uuid, ends_on="2000-01-01")))
    assert "不能设在" in body(client.post(address, term(unit=tree["r7"].uuid)))
    assert client.post(address, term(unit=tree["c1"].uuid)).status_code == 302
    post = other.posts.get()
    assert "现任" in body(client.get(reverse("web:person", args=[other.uuid])))
    ending = reverse("web:post_end", args=[post.uuid])
    assert "这个字段是必填项" in body(client.post(ending, {}))
    assert client.post(ending, {"reason": "调离"}).status_code == 302
    assert not Post.objects.current().filter(user=other).exists()
    assert "已终止" in body(client.get(reverse("web:person", args=[other.uuid])))


def test_security_acts_want_a_fresh_proof(client: Client, browser: Browser, person: Person) -> None:
    other = person("wang", "cadre", "c1")
    browser(person("zhang", "security_admin", "r7"))
    session = client.session
    session[sessions.PROVED] = (timezone.now() - timedelta(minutes=11)).isoformat()
    session.save()
    for act in ("password_reset", "post_grant"):
        answer = client.get(reverse(f"web:{act}", args=[other.uuid]))
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("accounts:second_factor"))  # type: ignore[attr-defined]
    before = User.objects.get(pk=other.pk).password
    client.post(reverse("web:password_reset", args=[other.uuid]))
    assert User.objects.get(pk=other.pk).password == before


def test_resetting_and_closing(client: Client, browser: Browser, person: Person) -> None:
    other = person("wang", "cadre", "c1")
    TotpDevice.objects.create(user=other, name="t", seed="00" * 20, confirmed=True)
    browser(person("zhang", "security_admin", "r7"))
    page = body(client.post(reverse("web:password_reset", args=[other.uuid])))
    password = re.search(r'class="secret">([^<]+)<', page)
    assert password is not None
    assert User.objects.get(pk=other.pk).check_password(password[1])
    browser(person("li", "system_admin", "r7"))
    assert client.post(reverse("web:factor_reset", args=[other.uuid]), {"reason": "手机丢失"}).status_code == 302
    assert not TotpDevice.objects.filter(user=other).exists()
    assert client.post(reverse("web:account_disable", args=[other.uuid]), {"reason": "退休"}).status_code == 302
    assert not User.objects.get(pk=other.pk).is_active
    page = body(client.get(reverse("web:person", args=[other.uuid])))
    assert "已停用" in page
    assert "重置动态口令" not in page


def test_nobody_acts_on_oneself(client: Client, browser: Browser, person: Person) -> None:
    user = person("zhang", "security_admin", "r7")
    browser(user)
    page = body(client.get(reverse("web:person", args=[user.uuid])))
    assert "由另一名管理员办理" in page
    assert "终止这个岗位" not in page
    assert "不能对自己的账号" in body(client.post(reverse("web:password_reset", args=[user.uuid])))


def test_an_administrator_may_not_take_business(
    client: Client, browser: Browser, person: Person, tree: dict[str, Unit]
) -> None:
    other = person("wang", "auditor", "r7")
    browser(person("zhang", "security_admin", "r7"))
    page = body(client.post(reverse("web:post_grant", args=[other.uuid]), term(unit=tree["c1"].uuid)))
    assert "必须互相独立" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"zhang", "wang", "li", "gone"}),
        ("name=wan", {"wang"}),
        ("state=closed", {"gone"}),
        ("state=idle", {"li"}),
        ("role=cadre", {"wang"}),
        ("name=nobody", set()),
        ("unit=nonsense", {"zhang", "wang", "li", "gone"}),
    ],
)
def test_filters(client: Client, browser: Browser, person: Person, query: str, expected: set[str]) -> None:
    person("wang", "cadre", "c1")
    person("li", at="c1")
    User.objects.filter(pk=person("gone", at="c2").pk).update(is_active=False)
    browser(person("zhang", "system_admin", "r7"))
    page = body(client.get(f"{reverse('web:people')}?{query}"))
    assert set(re.findall(r"<small>(\w+)</small>", page)) == expected
    assert ("没有符合条件的账号" in page) == (not expected)
