"""The door: logging in and out, lock-out, second factor, session limits, headers, refusals."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path, reverse
from django.utils import timezone
from django_otp.oath import totp

from shouwang.accounts import actions, sessions
from shouwang.accounts.access import step_up
from shouwang.accounts.models import AuditEvent, TotpDevice, Unit, User
from shouwang.accounts.roles import ROLES, Permission
from shouwang.accounts.scope import require
from tests.accounts.conftest import CONSOLE, PASSWORD, Person, hold, home_of
from tests.accounts.test_crypto import WANG

LOGIN, HOME = "/accounts/login/", "/accounts/"
Browser = Callable[..., Client]


def forbidden(request: HttpRequest) -> HttpResponse:
    require(request.user, Permission.CASE_CONFIRM, Unit.objects.get(code="c2"))  # type: ignore[arg-type]
    return HttpResponse("confirmed")


@step_up
def sensitive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("exported")


@login_not_required
def public(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


urlpatterns = [
    path("accounts/", include("shouwang.accounts.urls")),
    path("forbidden/", forbidden),
    path("sensitive/", sensitive),
    path("public/", public),
]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture(autouse=True)
def home_is_the_account_page(settings: Any) -> None:
    """These addresses have no web floor, whose first page one lands on otherwise."""
    settings.LOGIN_REDIRECT_URL = HOME


def log_in(client: Client, name: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(LOGIN, {"username": name, "password": password}, **extra)


def verbs() -> list[str]:
    return list(AuditEvent.objects.order_by("-seq").values_list("verb", flat=True)[:5])


def test_logging_in_and_out(client: Client, person: Person) -> None:
    user = person("zhang", "cadre", "c1")
    assert client.get(HOME).url == f"{LOGIN}?next={HOME}"  # type: ignore[attr-defined]
    assert log_in(client, " ZHANG ").url == HOME
    page = client.get(HOME)
    assert page.status_code == 200
    assert "帮扶干部" in page.content.decode()
    out = client.post(reverse("accounts:logout"))
    assert "storage" in out["Clear-Site-Data"]
    assert client.get(HOME).status_code == 302
    user.refresh_from_db()
    assert user.session_key == ""
    assert verbs()[:2] == ["session.ended", "session.begun"]


def test_logout_is_not_a_link(client: Client, browser: Browser, person: Person) -> None:
    assert browser(person("zhang", "cadre", "c1")).get(reverse("accounts:logout")).status_code == 405


def test_five_wrong_passwords_lock_this_name_at_this_address_only(client: Client, person: Person) -> None:
    person("zhang", "cadre", "c1")
    person("li", "cadre", "c1")
    for turn in range(5):
        answer = log_in(client, "zhang", "wrong")
        assert answer.status_code == (429 if turn == 4 else 200), turn
    assert log_in(client, "zhang", "wrong").status_code == 429
    locked = log_in(client, "zhang")
    assert locked.status_code == 429
    assert "15 分钟" in locked.content.decode()
    assert log_in(client, "zhang", REMOTE_ADDR="10.0.0.9").status_code == 302
    assert log_in(Client(), "li").status_code == 302
    assert "session.refused" in AuditEvent.objects.values_list("verb", flat=True)


def test_a_wrong_name_and_a_wrong_password_read_the_same(client: Client, person: Person) -> None:
    person("zhang")
    one, other = log_in(client, "zhang", "wrong"), log_in(client, "nobody", "wrong")
    strip = lambda page: page.content.decode().replace("nobody", "zhang").split("csrfmiddlewaretoken")[0]  # noqa: E731
    assert strip(one) == strip(other)
    assert "用户名或密码不对" in one.content.decode()
    assert not AuditEvent.objects.filter(facts__contains="nobody").exists()


def test_a_wrong_name_costs_as_much_time_as_a_wrong_password(client: Client, person: Person) -> None:
    person("zhang")

    def cost(name: str, turn: int) -> float:
        start = time.perf_counter()
        log_in(client, name, "wrong", REMOTE_ADDR=f"10.1.{turn}.1")
        return time.perf_counter() - start

    known, unknown = [], []
    for turn in range(7):
        known.append(cost("zhang", turn))
        unknown.append(cost("nobody", turn))
    assert 0.6 < statistics.median(known) / statistics.median(unknown) < 1.7


def test_a_one_time_password_must_be_changed_first(client: Client, person: Person, tree: dict[str, Unit]) -> None:
    _, password = actions.create_account(by=CONSOLE, username="zhang", display_name="张", unit=tree["c1"])
    assert log_in(client, "zhang", password).status_code == 302
    assert client.get(HOME).url == reverse("accounts:password")  # type: ignore[attr-defined]
    new = {"old": password, "new": "Xin-mima-2020-hao", "again": "Xin-mima-2020-hao"}
    assert "不一致" in client.post(reverse("accounts:password"), {**new, "again": "x"}).content.decode()
    assert "至少12位" in client.post(reverse("accounts:password"), {**new, "new": "x", "again": "x"}).content.decode()
    assert client.post(reverse("accounts:password"), new).url == HOME  # type: ignore[attr-defined]
    assert client.get(HOME).status_code == 200  # still logged in


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"must_change_password": True, "password_changed_at": timedelta(days=8)}, "超过 7 天"),
        ({"last_login": timedelta(days=61), "password_changed_at": timedelta(days=61)}, "超过 60 天"),
        ({"is_active": False}, "用户名或密码不对"),
    ],
)
def test_stale_and_disabled_accounts_stay_out(client: Client, person: Person, facts: Any, sentence: str) -> None:
    now = timezone.now()
    values = {name: now - value if isinstance(value, timedelta) else value for name, value in facts.items()}
    User.objects.filter(pk=person("zhang").pk).update(**values)
    assert sentence in log_in(client, "zhang").content.decode()


def test_a_password_of_ninety_days_must_be_changed(
    client: Client, browser: Browser, person: Person, settings: Any
) -> None:
    user = person("zhang", "cadre", "c1")
    User.objects.filter(pk=user.pk).update(password_changed_at=timezone.now() - timedelta(days=91))
    browser(user, proved=False)
    assert client.get(HOME).url == reverse("accounts:password")  # type: ignore[attr-defined]
    settings.PASSWORD_MAX_AGE = None  # the asvs profile
    assert client.get(HOME).status_code == 200


@pytest.mark.parametrize("role", sorted(ROLES))
def test_roles_that_need_a_second_factor_get_nowhere_without(
    client: Client, browser: Browser, person: Person, role: str
) -> None:
    browser(person("zhang", role, home_of(role)), proved=False)
    answer = client.get(HOME)
    if ROLES[role].second_factor:
        assert answer.url == reverse("accounts:enrol")  # type: ignore[attr-defined]
    else:
        assert answer.status_code == 200


def test_enrolling_and_proving_the_second_factor(client: Client, person: Person) -> None:
    user = person("zhang", "regiment_office", "r7")
    log_in(client, "zhang")
    page = client.get(reverse("accounts:enrol")).content.decode()
    device = TotpDevice.objects.get(user=user)
    assert device.secret_for_typing in page
    assert not device.confirmed
    image = client.get(reverse("accounts:enrol_code"))
    assert image["Content-Type"] == "image/svg+xml"
    assert b"<svg" in image.content
    assert b"style" not in image.content
    right = f"{totp(bytes.fromhex(device.seed)):06}"
    assert "不对" in client.post(reverse("accounts:enrol"), {"token": "000000"}).content.decode()
    TotpDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert client.post(reverse("accounts:enrol"), {"token": right}).url == HOME  # type: ignore[attr-defined]
    assert client.get(HOME).status_code == 200
    client.post(reverse("accounts:logout"))
    log_in(client, "zhang")
    assert client.get(HOME).url == reverse("accounts:second_factor")  # type: ignore[attr-defined]
    replay = client.post(reverse("accounts:second_factor"), {"token": right})
    assert "已经用过" in replay.content.decode()
    assert client.get(HOME).status_code == 302
    assert client.get(reverse("accounts:enrol")).url.startswith(reverse("accounts:second_factor"))  # type: ignore[attr-defined]


def test_step_up_asks_again_after_ten_minutes(client: Client, browser: Browser, person: Person) -> None:
    user = person("zhang", "cadre", "c1")
    browser(user, proved=False)
    asked = client.get("/sensitive/?a=1")
    assert asked.url == f"{reverse('accounts:second_factor')}?next=%2Fsensitive%2F%3Fa%3D1"  # type: ignore[attr-defined]
    assert "密码不对" in client.post(asked.url, {"password": "wrong"}).content.decode()  # type: ignore[attr-defined]
    assert client.post(asked.url, {"password": PASSWORD}).url == "/sensitive/?a=1"  # type: ignore[attr-defined]
    assert client.get("/sensitive/").content == b"exported"
    session = client.session
    session[sessions.PROVED] = (timezone.now() - timedelta(minutes=11)).isoformat()
    session.save()
    assert client.get("/sensitive/").status_code == 302
    away = client.post(f"{reverse('accounts:second_factor')}?next=https://evil.example/", {"password": PASSWORD})
    assert away.url == HOME  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "age", "sentence"),
    [(sessions.SEEN, timedelta(minutes=16), "15 分钟"), (sessions.STARTED, timedelta(hours=8, minutes=1), "8 小时")],
)
def test_sessions_end_by_time(
    client: Client, browser: Browser, person: Person, name: str, age: timedelta, sentence: str
) -> None:
    browser(person("zhang", "cadre", "c1"))
    session = client.session
    session[name] = (timezone.now() - age).isoformat()
    session.save()
    assert client.get(HOME).status_code == 302
    assert sentence in client.get(LOGIN).content.decode()
    assert client.get(HOME).status_code == 302


def test_a_second_login_ends_the_first_and_says_so(person: Person) -> None:
    person("zhang", "cadre", "c1")
    first, second = Client(), Client()
    log_in(first, "zhang")
    assert first.get(HOME).status_code == 200
    log_in(second, "zhang")
    assert "原在别处的登录已退出" in second.get(HOME).content.decode()
    assert first.get(HOME).status_code == 302
    assert "在另一处登录" in first.get(LOGIN).content.decode()
    assert second.get(HOME).status_code == 200
    copied = Client()
    copied.cookies = second.cookies.copy() if hasattr(second.cookies, "copy") else second.cookies
    second.post(reverse("accounts:logout"))
    assert copied.get(HOME).status_code == 302


def test_a_reset_password_ends_the_session(client: Client, browser: Browser, person: Person) -> None:
    user = person("zhang", "cadre", "c1")
    browser(user)
    actions.reset_password(by=CONSOLE, user=user)
    assert client.get(HOME).status_code == 302


def test_an_ended_post_counts_within_one_request(client: Client, browser: Browser, person: Person) -> None:
    user = person("zhang", "cadre", "c1")
    browser(user)
    assert "正在使用" in client.get(HOME).content.decode()
    actions.end_post(by=CONSOLE, post=user.posts.get(), reason="调离")
    assert "没有现任岗位" in client.get(HOME).content.decode()


def test_choosing_the_post_to_act_in(client: Client, browser: Browser, person: Person, tree: dict[str, Unit]) -> None:
    user = person("zhang", "cadre", "c1")
    second = hold(user, "cadre", tree["c2"])
    browser(user)
    client.post(reverse("accounts:choose_post"), {"post": str(second.uuid)})
    assert client.get(HOME).wsgi_request.user.acting_post == second  # type: ignore[union-attr]
    strange = person("li", "cadre", "c2").posts.get()
    assert client.post(reverse("accounts:choose_post"), {"post": str(strange.uuid)}).status_code == 404


def test_a_refusal_is_a_404_and_is_recorded(client: Client, browser: Browser, person: Person) -> None:
    browser(person("zhang", "cadre", "c1"))
    refused, absent = client.get("/forbidden/"), client.get("/no-such-page/")
    assert refused.status_code == absent.status_code == 404
    assert refused.content == absent.content
    event = AuditEvent.objects.get(verb="access.denied")
    assert event.result == "denied"
    assert "case.confirm" in event.facts
    assert event.ip == "127.0.0.1"
    assert event.request_id == refused["X-Request-ID"]


def test_headers(client: Client, browser: Browser, person: Person) -> None:
    public_page = client.get(LOGIN)
    policy = public_page["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert public_page["X-Frame-Options"] == "DENY"
    assert len(public_page["X-Request-ID"]) == 32
    browser(person("zhang", "cadre", "c1"))
    assert client.get(HOME)["Cache-Control"] == "no-store, private"
    assert client.get(HOME)["X-Content-Type-Options"] == "nosniff"


def test_templates_keep_to_the_content_policy(client: Client, browser: Browser, person: Person) -> None:
    browser(person("zhang", "regiment_office", "r7"))
    for name in ("home", "password", "enrol", "second_factor", "kinship", "login", "bootstrap"):
        page = client.get(reverse(f"accounts:{name}")).content.decode()
        assert "<h1>" in page
        assert "style=" not in page
        assert all("src=" in script for script in re.findall(r"<script[^>]*>", page))
        assert "onclick" not in page


def test_addresses_behind_proxies(client: Client, person: Person, settings: Any) -> None:
    forged = {"HTTP_X_FORWARDED_FOR": "6.6.6.6, 10.0.0.5", "REMOTE_ADDR": "10.0.0.1"}
    person("zhang")
    for proxies, expected in ((0, "10.0.0.1"), (1, "10.0.0.5")):
        settings.SHOUWANG_PROXIES = proxies
        log_in(client, "zhang", "wrong", **forged)
        assert AuditEvent.objects.latest("seq").ip == expected


def test_the_bootstrap_page(client: Client, tree: dict[str, Unit]) -> None:
    token = actions.issue_token(by=CONSOLE, role=ROLES["auditor"], unit=tree["r7"])
    facts = {"token": token, "username": "aud", "display_name": "审计", "password": PASSWORD}
    assert "开通码不对" in client.post(reverse("accounts:bootstrap"), {**facts, "token": "x"}).content.decode()
    assert client.post(reverse("accounts:bootstrap"), facts).url == LOGIN  # type: ignore[attr-defined]
    assert log_in(client, "aud").status_code == 302


def test_declaring_a_relative_on_the_page(client: Client, browser: Browser, person: Person) -> None:
    browser(person("zhang", "cadre", "c1"))
    facts = {"relation": "sibling", "name": "王", "citizen_number": "1"}
    assert "身份证号不对" in client.post(reverse("accounts:kinship"), facts).content.decode()
    assert client.post(reverse("accounts:kinship"), {**facts, "citizen_number": WANG}).status_code == 302
    page = client.get(HOME).content.decode()
    assert "兄弟姐妹：王" in page
    assert WANG not in page


def test_everything_but_the_door_needs_a_login(client: Client) -> None:
    for name in ("home", "password", "enrol", "enrol_code", "second_factor", "kinship"):
        answer = client.get(reverse(f"accounts:{name}"))
        assert answer.status_code == 302, name
        assert answer.url.startswith(LOGIN)  # type: ignore[attr-defined]
    assert client.get("/public/").content == b"hello"
