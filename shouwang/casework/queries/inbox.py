"""待办: what a person can do now, what to do next and by when. Worked out from the records, never typed (item 5)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils import timezone

from shouwang.accounts.models import User
from shouwang.casework.queries.case_lists import heads_of
from shouwang.casework.queries.tasks import PAGE, SOURCES, Counts, Pile, Task, Worker, by_day

__all__ = ["Inbox", "Task", "inbox_of"]


@dataclass(frozen=True)
class Inbox:
    """The tasks of one person by kind: counted and listed from the same rows."""

    piles: dict[str, Pile]

    @property
    def counts(self) -> dict[str, Counts]:
        """How many of each kind there are, and how many of those are overdue."""
        return {kind: pile.counts for kind, pile in self.piles.items()}

    @property
    def whole(self) -> Counts:
        """All kinds together."""
        counts = self.counts.values()
        return Counts(sum(one.total for one in counts), sum(one.overdue for one in counts))

    def tasks(self, kind: str = "", limit: int = PAGE, offset: int = 0) -> list[Task]:
        """The most urgent, of one kind if asked.

        By the day they are due; of one day the kinds in their order, and each kind in its own, so that no task falls between
        two pages.
        """
        reach = offset + limit
        piles = [pile for name, pile in self.piles.items() if kind in ("", name)]
        merged = sorted((day, place) for place, pile in enumerate(piles) for day in pile.days(reach))
        found: list[Task] = []
        for place, pile in enumerate(piles):
            start = sum(one == place for _, one in merged[:offset])
            stop = start + sum(one == place for _, one in merged[offset:reach])
            found += pile.part(start, stop) if stop > start else []
        return sorted(_with_heads(found), key=lambda task: by_day(task.due_on))


def _with_heads(tasks: list[Task]) -> list[Task]:
    heads = heads_of({task.household for task in tasks if task.household is not None})
    return [replace(task, head=heads.get(task.household, "")) if task.household else task for task in tasks]


def inbox_of(user: User) -> Inbox:
    """The tasks of a person."""
    worker = Worker(user, timezone.localdate())
    return Inbox({kind: source.pile(worker) for kind, source in SOURCES.items()})
