"""待办: what a person can do now, what to do next and by when. Worked out from the records, never typed (item 5)."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from shouwang.accounts.models import User
from shouwang.casework.queries.tasks import SOURCES, Counts, Task

__all__ = ["PAGE", "Task", "inbox_by_kind", "inbox_counts", "inbox_for"]

#: How many are worked out for a page; counts are of all.
PAGE = 50


def inbox_for(user: User, kind: str = "", limit: int = PAGE, offset: int = 0) -> list[Task]:
    """The tasks of a person, the most urgent first."""
    today = timezone.localdate()
    reach = offset + limit
    found = [
        task for name, source in SOURCES.items() if kind in ("", name) for task in source.tasks(user, today, reach)
    ]
    found.sort(key=lambda task: (task.due_on or date.max, task.since, task.uuid))
    return found[offset:reach]


def inbox_by_kind(user: User) -> dict[str, Counts]:
    """How many of each kind there are, and how many of those are overdue."""
    today = timezone.localdate()
    return {kind: source.counts(user, today) for kind, source in SOURCES.items()}


def inbox_counts(user: User) -> dict[str, int]:
    """How many of each kind, and how many are overdue in all."""
    counts = inbox_by_kind(user)
    totals = {kind: one.total for kind, one in counts.items()}
    return totals | {"overdue": sum(one.overdue for one in counts.values())}
