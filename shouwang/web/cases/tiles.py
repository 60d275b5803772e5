"""What cases have to tell on the first page."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import holds
from shouwang.casework import queries
from shouwang.web.home import Tile, contributes


@contributes
def tiles(user: User) -> Iterator[Tile]:
    """Cases under way and cases confirmed, where the post may see cases."""
    if not holds(user, Permission.CASE_VIEW):
        return
    counts, address = queries.case_counts(user), reverse("web:cases")
    late = counts["overdue"]
    note = f"其中 {late:,} 件超期" if late else "没有超期的"
    yield Tile("办理中的个案", f"{counts.get('active', 0):,}", "件", note, f"{address}?status=active")
    yield Tile("已确认的个案", f"{counts.get('confirmed', 0):,}", "件", "", f"{address}?status=confirmed")
