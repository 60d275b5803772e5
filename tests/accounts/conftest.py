"""A made-up tree of units, people with posts in it, and a browser that is logged in.

SQLite by default; PostgreSQL where TEST_PG_DSN names a server (`make test-pg`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

from shouwang.accounts import sessions
from shouwang.accounts.actions import create_account, create_unit, grant_post
from shouwang.accounts.models import Post, TotpDevice, Unit, User
from shouwang.accounts.origin import Console
from shouwang.accounts.roles import ROLES, Level

CONSOLE = Console("test@test")
PASSWORD = "Zhuo7-lanmu-Qiaoliang"

needs_sqlite = pytest.mark.skipif(
    "SHOUWANG_DATABASE_URL" in os.environ, reason="只对 SQLite 有意义，本次在 PostgreSQL 上运行。"
)

#: code, level, parent, department
TREE = [
    ("bt", Level.CORPS, None, ""),
    ("d1", Level.DIVISION, "bt", ""),
    ("r7", Level.REGIMENT, "d1", ""),
    ("c1", Level.COMPANY, "r7", ""),
    ("c2", Level.COMPANY, "r7", ""),
    ("hospital", Level.DEPARTMENT, "r7", "hospital"),
    ("school", Level.DEPARTMENT, "r7", "school"),
    ("r8", Level.REGIMENT, "d1", ""),
    ("c81", Level.COMPANY, "r8", ""),
    ("d2", Level.DIVISION, "bt", ""),
    ("r21", Level.REGIMENT, "d2", ""),
    ("c211", Level.COMPANY, "r21", ""),
]
#: Where each role is tried out.
HOME_OF_LEVEL = {
    Level.CORPS: "bt",
    Level.DIVISION: "d1",
    Level.REGIMENT: "r7",
    Level.COMPANY: "c1",
    Level.DEPARTMENT: "hospital",
}


def home_of(code: str) -> str:
    """The unit of the test tree at which a role is tried: the lowest level it exists at."""
    order = [Level.COMPANY, Level.DEPARTMENT, Level.REGIMENT, Level.DIVISION, Level.CORPS]
    return HOME_OF_LEVEL[next(level for level in order if level in ROLES[code].levels)]


@cache
def hashed() -> str:
    """The one password of the tests, hashed once."""
    return make_password(PASSWORD)


@pytest.fixture(autouse=True)
def private_places(settings: Any, tmp_path: Path) -> None:
    """Anchors and backups of one test are not another's."""
    settings.SHOUWANG_ANCHORS = tmp_path / "anchors.jsonl"
    settings.SHOUWANG_BACKUPS = tmp_path / "backups"


@pytest.fixture
def tree(db: None) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for code, level, parent, department in TREE:
        above = units[parent] if parent else None
        units[code] = create_unit(by=CONSOLE, code=code, name=code, level=level, parent=above, department=department)
    return units


Person = Callable[..., User]


@pytest.fixture
def person(tree: dict[str, Unit]) -> Person:
    """Make somebody: `person("zhang")` without a post, `person("zhang", "cadre", "c1")` with one."""

    def make(name: str, role: str = "", at: str = "", **facts: Any) -> User:
        user, _ = create_account(by=CONSOLE, username=name, display_name=name, unit=tree[at or "r7"], **facts)
        user.password, user.must_change_password = hashed(), False
        user.save()
        if role:
            hold(user, role, tree[at])
        return user

    return make


def hold(user: User, role: str, unit: Unit, days: int = 100) -> Post:
    """A post from today on."""
    today = timezone.localdate()
    return grant_post(
        by=CONSOLE, user=user, role=role, unit=unit, starts_on=today, ends_on=today + timedelta(days=days)
    )


def sign_in(client: Client, user: User, *, proved: bool = True) -> Client:
    """A session as a complete login leaves it, without spending time on the password."""
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    now = timezone.now().isoformat()
    session.update({sessions.STARTED: now, sessions.SEEN: now, SESSION_KEY: str(user.pk)})
    if proved:
        device = TotpDevice.objects.filter(user=user).first() or TotpDevice(user=user, name="t", seed="00" * 20)
        device.confirmed = True
        device.save()
        session.update({DEVICE_ID_SESSION_KEY: device.persistent_id, sessions.PROVED: now})
    session.save()
    User.objects.filter(pk=user.pk).update(session_key=session.session_key)
    return client


@pytest.fixture
def browser(client: Client) -> Callable[..., Client]:
    def open_for(user: User, *, proved: bool = True) -> Client:
        return sign_in(client, user, proved=proved)

    return open_for
