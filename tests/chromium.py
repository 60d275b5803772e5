"""One browser for all tests, whichever folder they are in: a process can hold one Playwright only.

It is Debian's Chromium, found by $CHROMIUM or on the path. Without one the tests that need it are skipped with a sentence;
with REQUIRE_BROWSER=1 (CI) they fail instead, so that a green run cannot hide a missing browser.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest

# Playwright keeps an event loop in the thread of the tests; Django's guard against one is meant for servers.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = (
    "未找到 Chromium：请执行 sudo apt-get install -y --no-install-recommends chromium fonts-noto-cjk，"
    "或用环境变量 CHROMIUM 指明它的位置。"
)


def chromium_path() -> str | None:
    given = os.environ.get("CHROMIUM", "")
    return shutil.which(given) if given else next((path for name in NAMES if (path := shutil.which(name))), None)


def say_missing() -> NoReturn:
    """Skip, or fail where a browser is required."""
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(MISSING)
    pytest.skip(MISSING)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all tests."""
    playwright = pytest.importorskip("playwright.sync_api", reason="未安装 playwright：请执行 make test 安装开发依赖。")
    path = chromium_path() or say_missing()
    with playwright.sync_playwright() as p:
        started = p.chromium.launch(executable_path=path)
        yield started
        started.close()
