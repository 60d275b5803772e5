"""The menu and the pages by role, the first page, what goes wrong, and what every page must not contain."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path, reverse

from shouwang.accounts.models import AuditEvent, Unit
from shouwang.accounts.roles import ROLES, Permission
from shouwang.units.errors import ShouwangError
from shouwang.web import home, nav
from shouwang.web.home import Tile
from tests.accounts.conftest import Person, hold, home_of

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db

ADMINISTRATORS = {"system_admin", "security_admin", "auditor"}
#: page: the roles that may open it; everybody else gets a 404.
PAGES = {
    "web:home": set(ROLES),
    "web:people": ADMINISTRATORS,
    "web:account_new": {"system_admin"},
    "web:trail": {"auditor"},
    "web:trail_check": {"auditor"},
}
MENU = {"web:people": "账号管理", "web:trail": "审计"}


class Quicker(ShouwangError):
    code, conflict = "TST-01", True
    what = "这一户刚由李四确认。"


class Refused(ShouwangError):
    code, what = "TST-02", "日期不对。"


def conflict(request: HttpRequest) -> HttpResponse:
    raise Quicker()


def refused(request: HttpRequest) -> HttpResponse:
    raise Refused()


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret 652901199001012417")


handler500 = "shouwang.web.errors.server_error"
urlpatterns = [
    path("accounts/", include("shouwang.accounts.urls")),
    path("conflict/", conflict),
    path("refused/", refused),
    path("broken/", broken),
    path("", include("shouwang.web.urls")),
]


def body(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.parametrize("role", sorted(ROLES))
def test_pages_and_menu_by_role(browser: Browser, person: Person, role: str) -> None:
    client = browser(person("zhang", role, home_of(role)))
    for name, allowed in PAGES.items():
        answer = client.get(reverse(name))
        assert answer.status_code == (200 if role in allowed else 404), name
    page = body(client.get(reverse("web:home")))
    labels = re.findall(
        r"<li><a href=\"[^\"]+\"[^>]*>([^<]+)</a></li>", page.split('class="menu__list"')[1].split("</ul>")[0]
    )
    assert labels[0] == "首页"
    assert len(labels) <= 12
    for name, label in MENU.items():
        assert (label in labels) == (role in PAGES[name])


def test_the_menu_shows_only_pages_that_exist() -> None:
    for entry in nav.MENU:
        assert entry.url_name.startswith("web:")
        address = nav.address_of(entry.url_name)
        assert address == "" or address.startswith("/")
    assert nav.address_of("web:no_such_page") == ""
    for role in ROLES.values():
        shown = [entry for entry in nav.MENU if not entry.permissions or entry.permissions & role.permissions]
        assert len(shown) <= 12, role.title


def test_the_first_page_tells_the_truth(browser: Browser, person: Person, tree: dict[str, Unit]) -> None:
    user = person("zhang", "cadre", "c1")
    hold(user, "cadre", tree["c2"])
    client = browser(user)
    page = body(client.get("/"))
    assert "您现在的岗位：c1，帮扶干部。" in page
    allowed = ROLES["cadre"].permissions
    listed = set(re.findall(r"<li>([^<]+)</li>", page.split("这个岗位可以做的")[1]))
    assert listed == {permission.label for permission in Permission if permission in allowed}
    assert "c2 · 帮扶干部" in page  # the other post, in the person's menu
    assert 'aria-current="page">首页' in page


def test_tiles_are_given_by_functions_of_other_pages(
    browser: Browser, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give(user: Any) -> Iterator[Tile]:
        yield Tile("需要您处理", "3", "户", url="/people/")

    monkeypatch.setattr(home, "CONTRIBUTORS", [])
    home.contributes(give)
    assert "需要您处理" in body(browser(person("zhang", "cadre", "c1")).get("/"))


def test_nobody_without_a_post_sees_a_menu(browser: Browser, person: Person) -> None:
    page = body(browser(person("zhang")).get("/"))
    assert "没有现任岗位" in page
    assert "menu__list" in page
    assert "账号管理" not in page


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/conflict/", 409, "这一户刚由李四确认"),
        ("/refused/", 422, "日期不对"),
        ("/broken/", 500, "系统出错了"),
        ("/none/", 404, "没有这个页面"),
    ],
)
def test_what_goes_wrong_is_said(
    client: Client, browser: Browser, person: Person, address: str, status: int, words: str
) -> None:
    browser(person("zhang", "cadre", "c1"))
    client.raise_request_exception = False
    answer = client.get(address)
    assert answer.status_code == status
    assert words in body(answer)
    assert "secret" not in body(answer)
    if status == 500:
        assert answer["X-Request-ID"] in body(answer)


def test_a_stale_form_is_said(person: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("accounts:login"), {"username": "zhang", "password": "x"})
    assert answer.status_code == 403
    assert "表单已过期" in body(answer)


def test_no_page_carries_styles_or_scripts_of_its_own(browser: Browser, person: Person, client: Client) -> None:
    addresses = [
        "/",
        "/people/",
        "/audit/",
        "/audit/check/",
        "/_parts/",
        "/_parts/resident/",
        "/accounts/",
        "/nowhere/",
    ]
    addresses += [
        reverse(f"accounts:{name}") for name in ("password", "enrol", "second_factor", "kinship", "login", "bootstrap")
    ]
    browser(person("zhang", "auditor", "r7"))
    client.post(reverse("web:trail_anchor"))
    addresses.append(reverse("web:event", args=[AuditEvent.objects.latest("seq").seq]))
    for address in addresses:
        page = body(client.get(address))
        assert "<h1>" in page, address
        assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:", page), address
        for script in re.findall(r"<script[^>]*>", page):
            assert "src=" in script or "application/json" in script, address
        assert not re.search(r"(src|href)=\"(https?:)?//", page), address


def test_every_static_file_named_exists(tmp_path: Path) -> None:
    """The manifest storage of production refuses a reference that leads nowhere, in templates and in the stylesheet."""
    storages = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
    named = set()
    for template in Path("shouwang").rglob("templates/**/*.html"):
        named |= set(re.findall(r"{% static '([^']+)' %}", template.read_text(encoding="utf-8")))
    assert "web/app.css" in named
    with override_settings(STORAGES=storages, STATIC_ROOT=str(tmp_path)):
        call_command("collectstatic", interactive=False, verbosity=0)
        manifest = (tmp_path / "staticfiles.json").read_text(encoding="utf-8")
    for name in named:
        assert f'"{name}":' in manifest, name


def test_vendored_files_are_what_the_list_says() -> None:
    for list_file in (Path("shouwang/web/static/vendor/VENDOR.md"), Path("tests/web/vendor/VENDOR.md")):
        rows = re.findall(r"\| `([^`]+\.js)` \|.*`([0-9a-f]{64})`", list_file.read_text(encoding="utf-8"))
        assert {name for name, _ in rows} == {file.name for file in list_file.parent.glob("*.js")}
        for name, digest in rows:
            assert hashlib.sha256((list_file.parent / name).read_bytes()).hexdigest() == digest, name


def test_the_gallery_is_not_in_production() -> None:
    code = Path("shouwang/web/urls.py").read_text(encoding="utf-8")
    assert code.index('!= "production"') < code.index("_parts/")
