"""The real pages in a real browser: two widths, axe, console, policy; and what only a browser shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.models import Post, Unit, User
from tests.accounts.conftest import PASSWORD, Person, hold
from tests.chromium import chromium_path, say_missing
from tests.web.conftest import Enter, Watched

Look = Callable[[Watched, str], None]
pytestmark = pytest.mark.django_db

LONG_NAME = "阿卜杜热西提·买买提依明江·吐尔逊尼亚孜"
LONG_UNIT = "第一师阿拉尔市七团社会事务服务中心（退役军人服务站、医疗保障经办点）"


@pytest.fixture
def crowd(person: Person, tree: dict[str, Unit]) -> dict[str, User]:
    """Enough people for two pages of a list, some with names that need room."""
    Unit.objects.filter(code="hospital").update(name=LONG_UNIT)
    Unit.objects.filter(code="c1").update(name="一连")
    Unit.objects.filter(code="r7").update(name="七团")
    people = {"admin": person("a-admin", "system_admin", "r7"), "auditor": person("a-auditor", "auditor", "r7")}
    people["security"] = person("a-security", "security_admin", "r7")
    people["long"] = person("abudurexiti.maimaitiyiming", "department_officer", "hospital")
    User.objects.filter(username__startswith="abudu").update(display_name=LONG_NAME)
    hold(people["long"], "department_officer", tree["school"])
    made = [
        User(username=f"cadre-{n:02d}", display_name=f"样例{n:02d}", unit=tree["c1"], password="!") for n in range(55)
    ]
    User.objects.bulk_create(made)
    today = timezone.localdate()
    Post.objects.bulk_create(
        Post(user=one, role="cadre", unit=tree["c1"], starts_on=today, ends_on=today) for one in made[::3]
    )
    return people


def test_logging_in_through_the_door(enter: Enter, look: Look, person: Person) -> None:
    person("zhang", "cadre", "c1")
    watched = enter()
    page = watched.open("/", script=False)
    page.fill("input[name=username]", "zhang")
    page.fill("input[name=password]", "wrong")
    page.click("button[type=submit]")
    page.wait_for_selector(".errors")
    look(watched, "login")
    page.fill("input[name=username]", "zhang")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_selector("body[data-ready=yes]")
    assert page.inner_text("h1") == "zhang，您好"
    look(watched, "home")


@pytest.mark.parametrize("name", ["enrol", "second_factor", "password", "kinship", "home"])
def test_account_pages(enter: Enter, look: Look, person: Person, name: str, tree: dict[str, Unit]) -> None:
    user = person("zhang", "regiment_office", "r7")
    hold(user, "cadre", tree["c1"])
    watched = enter(user)
    watched.open(reverse(f"accounts:{name}"), script=name not in ("enrol", "second_factor"))
    look(watched, f"account-{name}")


@pytest.mark.parametrize("path", ["/people/", "/people/?name=nobody", "/people/new/"])
def test_the_administrators_lists(enter: Enter, look: Look, crowd: dict[str, User], path: str) -> None:
    watched = enter(crowd["admin"])
    page = watched.open(path)
    look(watched, "people" + path.removeprefix("/people/").replace("?name=", "-").strip("/"))
    if path == "/people/":
        page.set_viewport_size({"width": 1440, "height": 900})
        first = page.inner_text("tbody tr:first-child th")
        page.click("text=下一页")
        page.wait_for_selector("a[rel=prev]")
        assert page.inner_text("tbody tr:first-child th") != first
        page.click("text=上一页")
        page.wait_for_selector("a[rel=next]")
        assert page.inner_text("tbody tr:first-child th") == first
        page.fill("#filter_name", "abudu")
        page.click("text=查询")
        page.wait_for_selector("tbody tr:only-child")
        assert "name=abudu" in page.url
        assert LONG_NAME in page.inner_text("tbody")
        assert watched.troubles == []


def test_one_person_and_what_may_be_done(enter: Enter, look: Look, crowd: dict[str, User]) -> None:
    watched = enter(crowd["security"])
    page = watched.open(reverse("web:person", args=[crowd["long"].uuid]))
    look(watched, "person")
    page.click("text=授予岗位")
    page.wait_for_selector("#id_role")
    look(watched, "post-grant")
    page.goto(watched.base + reverse("web:password_reset", args=[crowd["long"].uuid]))
    page.click("main button[type=submit]")
    page.wait_for_selector(".secret")
    look(watched, "password-once")


def test_the_audit_pages(enter: Enter, look: Look, crowd: dict[str, User]) -> None:
    long = crowd["long"]
    audit.note(by=long, verb="access.denied", target=long, path="/somewhere/very/long/" * 6, reason=LONG_UNIT)
    watched = enter(crowd["auditor"])
    page = watched.open("/audit/")
    look(watched, "audit")
    page.click("tbody tr:first-child .row-link")
    page.wait_for_selector("text=校验码")
    look(watched, "audit-event")
    watched.open("/audit/check/")
    page.click("text=开始验证")
    page.wait_for_selector("text=没有发现改动")
    look(watched, "audit-check")
    watched.open("/audit/")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.click("text=打印锚点")
    page.wait_for_selector("text=打印后送出本机保管")
    look(watched, "audit-anchor")


@pytest.mark.parametrize("path", ["/nowhere/"])
def test_pages_that_failed(enter: Enter, look: Look, person: Person, path: str) -> None:
    watched = enter(person("zhang", "cadre", "c1"))
    watched.open(path, script=False)
    watched.troubles.clear()  # the browser itself reports the 404
    look(watched, "not-found")


def test_the_menu_is_a_drawer_on_a_phone(enter: Enter, look: Look, crowd: dict[str, User]) -> None:
    watched = enter(crowd["admin"])
    page = watched.open("/people/")
    page.set_viewport_size({"width": 390, "height": 844})
    assert not page.is_visible(".menu__list")
    page.click("[data-menu-open]")
    page.wait_for_selector(".menu__list >> visible=true")
    page.screenshot(path="var/screenshots/drawer-390.png")
    assert page.evaluate("document.activeElement.hasAttribute('data-menu-close')")
    page.keyboard.press("Escape")
    assert not page.is_visible(".menu__list")
    assert page.evaluate("document.activeElement.hasAttribute('data-menu-open')")
    assert page.get_attribute("[data-menu-open]", "aria-expanded") == "false"


def test_everything_works_without_a_script(enter: Enter, crowd: dict[str, User]) -> None:
    watched = enter(crowd["admin"], java_script_enabled=False)
    page = watched.open("/people/", script=False)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.is_visible(".menu__list")
    page.fill("#filter_name", "abudu")
    page.click("text=查询")
    assert LONG_NAME in page.inner_text("tbody")
    page.screenshot(path="var/screenshots/no-script-390.png", full_page=True)


def test_asking_before_a_grave_act(enter: Enter, crowd: dict[str, User]) -> None:
    watched = enter(crowd["admin"])
    page = watched.open("/_parts/")
    sent: list[Any] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.click("#forms button:has-text('保存')")
    page.wait_for_selector("dialog[open]")
    page.screenshot(path="var/screenshots/confirm-1440.png")
    assert "不能撤回" in page.inner_text("dialog")
    page.keyboard.press("Escape")
    assert sent == []
    page.click("#forms button:has-text('保存')")
    page.click("dialog button[value=yes]")
    page.wait_for_load_state()
    assert len(sent) == 1


def test_picking_rows_and_watching_a_job(enter: Enter, crowd: dict[str, User]) -> None:
    watched = enter(crowd["admin"])
    page = watched.open("/_parts/")
    assert not page.is_visible("#results .bulk")
    page.check("#results tbody tr:nth-child(2) input")
    assert page.inner_text("#results .bulk b") == "1"
    page.check("#results [data-pick-all]")
    assert page.inner_text("#results .bulk b") == "60"
    page.screenshot(path="var/screenshots/bulk-1440.png")
    page.hover("#chart svg")
    page.wait_for_selector("#job:has-text('成功 4,964 行')", timeout=10_000)
    page.wait_for_timeout(1200)
    assert page.evaluate("window.cspViolations") == []
    assert watched.troubles == []


def test_a_second_login_is_told_at_the_door(enter: Enter, look: Look, person: Person) -> None:
    user = person("zhang", "cadre", "c1")
    watched = enter(user)
    watched.open("/")
    enter(user)
    watched.open("/", script=False)
    assert "另一处登录" in watched.page.inner_text("main")
    look(watched, "taken-over")


def test_the_page_prints_without_the_menu(enter: Enter, crowd: dict[str, User]) -> None:
    watched = enter(crowd["auditor"])
    page = watched.open("/audit/")
    page.emulate_media(media="print")
    assert not page.is_visible(".menu__list")
    assert not page.is_visible(".filters")
    assert page.is_visible("tbody tr")


def test_a_session_that_ended_leads_to_the_door(enter: Enter, crowd: dict[str, User]) -> None:
    """HTMX would follow the redirect and put the login page into the list."""
    watched = enter(crowd["admin"])
    page = watched.open("/people/")
    User.objects.filter(pk=crowd["admin"].pk).update(session_key="")
    page.click("text=查询")
    page.wait_for_selector("input[name=password]")
    assert "/accounts/login/" in page.url


def test_keys_count_only_where_the_focus_is(enter: Enter, crowd: dict[str, User]) -> None:
    page = enter(crowd["admin"]).open("/people/")
    page.evaluate(
        """document.querySelector('main').insertAdjacentHTML('beforeend',
        '<section data-keys tabindex="0" id="bench"><button data-key="1" id="same">同一人</button></section>');
        document.getElementById('same').addEventListener('click', event => event.target.textContent = '按过了')"""
    )
    page.keyboard.press("1")
    assert page.inner_text("#same") == "同一人"
    page.focus("#bench")
    page.keyboard.press("1")
    assert page.inner_text("#same") == "按过了"


def test_a_missing_browser_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    assert chromium_path() is None
    monkeypatch.delenv("REQUIRE_BROWSER", raising=False)
    with pytest.raises(pytest.skip.Exception, match="未找到 Chromium"):
        say_missing()
    monkeypatch.setenv("REQUIRE_BROWSER", "1")
    with pytest.raises(pytest.fail.Exception, match="apt-get install"):
        say_missing()
