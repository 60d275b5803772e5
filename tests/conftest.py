"""Shared by every test: Django's settings, which database, and how hard Hypothesis tries.

SQLite by default; with TEST_PG_DSN=postgresql://… (the role may create databases) every test that touches a database runs on
PostgreSQL instead. `make test-pg` does that on a throw-away server. `HYPOTHESIS_PROFILE=thorough` searches longer.
"""
# Django reads the environment when it is imported

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("SHOUWANG_ENV", "test")
os.environ.setdefault("SHOUWANG_HOME", tempfile.mkdtemp(prefix="shouwang-test-"))
os.environ.setdefault("SHOUWANG_CACHE", tempfile.mkdtemp(prefix="shouwang-test-cache-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouwang.config.settings")
if dsn := os.environ.get("TEST_PG_DSN"):
    os.environ["SHOUWANG_DATABASE_URL"] = dsn

import django
import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, settings

from tests.chromium import chromium

__all__ = ["chromium"]

settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

django.setup()


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Figures kept for some minutes, and calls counted, in one test are not another's."""
    cache.clear()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: drives Chromium; given to every test that asks for it")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`-m "not browser"` leaves out what needs Chromium, without anybody having to remember a mark."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
