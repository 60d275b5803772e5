"""People who are logged in, for Django's client and for a real browser (tests/chromium.py)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pypdf import PdfReader

from shouwang.accounts.models import User
from tests.accounts.conftest import browser, person, private_places, sign_in, tree

__all__ = ["browser", "person", "private_places", "tree"]

SCREENSHOTS = Path("var/screenshots")
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
WIDTHS = {"1440": (1440, 900), "390": (390, 844)}
#: WCAG A and AA, and axe's own good practice.
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
_WATCH = """window.cspViolations = [];
addEventListener('securitypolicyviolation', event => cspViolations.push(`${event.violatedDirective} ${event.sample}`));"""


class Watched:
    """A browser page whose console, errors and policy violations are kept."""

    def __init__(self, page: Any, base: str) -> None:
        self.page, self.base = page, base
        self.troubles: list[str] = []
        page.on("console", lambda said: self.troubles.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("request", self._own_host_only)

    def _own_host_only(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.troubles.append(f"外部请求 {request.url}")

    def open(self, path: str, *, script: bool = True) -> Any:
        """Open an address and wait until the page says it is ready."""
        self.page.goto(self.base + path)
        if script:
            self.page.wait_for_selector("body[data-ready=yes]")
        return self.page


Enter = Callable[..., Watched]


@pytest.fixture
def enter(live_server: Any, chromium: Any) -> Iterator[Enter]:
    """`enter(user)` is a browser page where that person is logged in; `enter()` one where nobody is."""
    contexts = []

    def open_for(user: User | None = None, **options: Any) -> Watched:
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", **options)
        contexts.append(context)
        context.add_init_script(_WATCH)
        if user is not None:
            cookie = sign_in(Client(), user).cookies[django_settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": django_settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
            )
        return Watched(context.new_page(), live_server.url)

    yield open_for
    for context in contexts:
        context.close()


@pytest.fixture
def look() -> Callable[[Watched, str], None]:
    return look_at


def look_at(watched: Watched, name: str) -> None:
    """A screenshot at both widths, no sideways scrolling, axe without a finding, nothing on the console."""
    page = watched.page
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for label, (width, height) in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("scrollTo(0, 0)")
        page.wait_for_timeout(150)
        page.screenshot(path=SCREENSHOTS / f"{name}-{label}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth - visualViewport.width")
        assert wide <= 0, f"{name} 在 {label} 宽时横向溢出 {wide} 像素：{_too_wide(page)}"
        if found := violations(page):
            raise AssertionError(f"{name} {label}\n" + "\n".join(found))
    assert page.evaluate("window.cspViolations") == []
    assert watched.troubles == []


def pages_printed(watched: Watched) -> list[str]:
    """The words of each page as it comes out of the printer, without spaces; a radical (⼿) is read as its character (手)."""
    pages = PdfReader(BytesIO(watched.page.pdf(prefer_css_page_size=True))).pages
    return ["".join(normalize("NFKC", page.extract_text()).split()) for page in pages]


def violations(page: Any) -> list[str]:
    """What axe finds: rule, first places, and how to see it."""
    found = page.evaluate(f"axe.run(document, {json.dumps(AXE_OPTIONS)})")["violations"]
    return [f"{one['id']}: {one['help']} {[node['target'] for node in one['nodes'][:4]]}" for one in found]


def _too_wide(page: Any) -> list[str]:
    script = """[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > visualViewport.width + 1)
      .slice(0, 6).map(e => e.tagName + '.' + e.className)"""
    found: list[str] = page.evaluate(script)
    return found
