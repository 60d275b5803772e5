"""The registry on the first page: how many households and people."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import holds
from shouwang.registry.queries import CAP, registry_counts
from shouwang.web.home import Tile, contributes
from shouwang.web.templatetags.ui import count


@contributes
def registry_tile(user: User) -> Iterable[Tile]:
    """在册户数和人数."""
    if not holds(user, Permission.HOUSEHOLD_VIEW):
        return []
    counted = registry_counts(user)
    if counted is None:
        return [Tile("在册", count(CAP), "户以上", url=reverse("web:households"))]
    households, people = counted
    if not households and holds(user, Permission.SOURCE_VIEW):
        note = "台账还是空的：请系统管理员装入数据包，或由两委登记"
        return [Tile("在册", "0", "户", note, reverse("web:households"), order=1)]
    return [Tile("在册", count(households), "户", f"{count(people)} 人", reverse("web:households"))]
