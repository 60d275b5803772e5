"""A small regiment in a data directory of its own: made-up households in one company, and the people who act on them."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from shouwang.accounts.actions import create_account, create_unit, grant_post
from shouwang.accounts.models import Unit, User
from shouwang.accounts.origin import Console
from shouwang.accounts.roles import Level
from shouwang.demo.generate import generate
from shouwang.registry.loading import load_package
from shouwang.registry.models import Membership

CONSOLE = Console("torture@test")
AS_OF = date(2020, 5, 20)
#: name: role, unit
STAFF = {
    "cadre": ("cadre", "c1"),
    "member": ("committee_member", "c1"),
    "secretary": ("company_secretary", "c1"),
    "office": ("regiment_office", "r7"),
    "office2": ("regiment_office", "r7"),
    "leader": ("leading_group_member", "r7"),
    "division": ("division_office", "d1"),
    "hospital": ("department_officer", "hospital"),
}
TREE = [
    ("bt", Level.CORPS, None, ""),
    ("d1", Level.DIVISION, "bt", ""),
    ("r7", Level.REGIMENT, "d1", ""),
    ("c1", Level.COMPANY, "r7", ""),
    ("hospital", Level.DEPARTMENT, "r7", "hospital"),
]


def prepare(households: int) -> None:
    """Tables, units, people, households. The directory is the one the process was started with."""
    call_command("migrate", verbosity=0, interactive=False)
    units: dict[str, Unit] = {}
    for code, level, parent, department in TREE:
        above = units[parent] if parent else None
        units[code] = create_unit(by=CONSOLE, code=code, name=code, level=level, parent=above, department=department)
    today = timezone.localdate()
    for name, (role, at) in STAFF.items():
        user, _ = create_account(by=CONSOLE, username=name, display_name=name, unit=units[at])
        grant_post(
            by=CONSOLE, user=user, role=role, unit=units[at], starts_on=today, ends_on=today + timedelta(days=100)
        )
    User.objects.update(must_change_password=False)
    folder = _in_one_company(generate(settings.SHOUWANG_HOME / "package", households, 7, "csv").folder)
    load_package(by=CONSOLE, unit=units["r7"], path=folder, as_of=AS_OF)
    _patients_file().write_text(json.dumps(_patients(), ensure_ascii=False), encoding="utf-8")


def staff(name: str) -> User:
    """Somebody at their post."""
    user = User.objects.get(username=name)
    user.acting_post = user.posts.select_related("unit").get()
    return user


def patients() -> list[list[str]]:
    """Citizen number and name of everybody a hospital may bill."""
    found: list[list[str]] = json.loads(_patients_file().read_text(encoding="utf-8"))
    return found


def _patients() -> list[list[str]]:
    known = Membership.objects.exclude(person__citizen_index="").filter(left_on=None).select_related("person")
    return [[one.person.citizen, one.person.name] for one in known.order_by("pk")]


def _patients_file() -> Path:
    return Path(settings.SHOUWANG_HOME) / "patients.json"


def _in_one_company(folder: Path) -> Path:
    """All households in c1, where the people of this place have their posts."""
    path = folder / "households.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    at = header.index("连队")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([header, *([*row[:at], "c1", *row[at + 1 :]] for row in rows)])
    return folder
