"""What clues have to tell on the first page."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import holds
from shouwang.casework import queries
from shouwang.web.clues.departments import of_department
from shouwang.web.home import Tile, contributes


@contributes
def tiles(user: User) -> Iterator[Tile]:
    """New clues, and for a department what became of its own reports."""
    if holds(user, Permission.CLUE_VIEW):
        counts = queries.clue_counts(user)
        late = counts["overdue"]
        note = f"待处理和已分办的共 {late:,} 条超期" if late else "没有超期的"
        yield Tile("新线索", f"{counts.get('new', 0):,}", "条", note, reverse("web:clues"), order=15)
    if of_department(user) and holds(user, Permission.CLUE_REPORT):
        results = queries.report_results(user)
        told = [f"{words} {results[name]:,}" for name, words in queries.BECAME.items() if results.get(name)]
        total = f"{sum(results.values()):,}"
        yield Tile("本部门的通报", total, "件", "，".join(told) or "还没有通报过", reverse("web:reports"), order=15)
