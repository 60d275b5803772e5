"""What is a task, and what is a source of tasks?"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar, TypeVar

from django.db.models import Count, F, Q, QuerySet

from shouwang.accounts.models import User
from shouwang.casework.queries.case_lists import heads_of


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. `at` names the thing it is done at: a noun and what tells it apart, as `("case", "r7-2020-1")`."""

    kind: str
    uuid: str
    title: str
    todo: str
    about: str
    unit: str
    since: date
    due_on: date | None
    overdue: bool
    step: str = ""
    at: tuple[str, ...] = ()
    #: 户主: people know families by their head, not by a number.
    head: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are, and how many of them are past their day."""

    total: int
    overdue: int = 0


class TaskSource(ABC):
    """One kind of task: who has it and by when, derived from records and never typed."""

    kind: ClassVar[str]
    title: ClassVar[str]

    @abstractmethod
    def tasks(self, user: User, today: date, most: int) -> list[Task]:
        """The most urgent tasks of a person, at most so many."""

    @abstractmethod
    def counts(self, user: User, today: date) -> Counts:
        """How many `tasks` would give without a limit."""


class RowSource(TaskSource):
    """Tasks that are rows of a table with a day they are due."""

    order: ClassVar[tuple[Any, ...]] = (F("due_on").asc(nulls_last=True), "pk")

    @abstractmethod
    def rows(self, user: User) -> QuerySet[Any]:
        """The rows a person has something to do with."""

    @abstractmethod
    def task(self, row: Any, today: date) -> Task:
        """One of them as a task."""

    def household_of(self, row: Any) -> int | None:
        """The household a row is about, so that the task can name its head."""
        return None

    def tasks(self, user: User, today: date, most: int) -> list[Task]:
        rows = list(self.rows(user).order_by(*self.order)[:most])
        heads = heads_of({number for row in rows if (number := self.household_of(row))})
        return [replace(self.task(row, today), head=heads.get(self.household_of(row) or 0, "")) for row in rows]

    def counts(self, user: User, today: date) -> Counts:
        found = self.rows(user).order_by().aggregate(total=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=today)))
        return Counts(found["total"], found["overdue"])


class ListSource(TaskSource):
    """Tasks of which there are never more than a handful."""

    @abstractmethod
    def listed(self, user: User, today: date) -> list[Task]:
        """All of them."""

    def tasks(self, user: User, today: date, most: int) -> list[Task]:
        return self.listed(user, today)[:most]

    def counts(self, user: User, today: date) -> Counts:
        found = self.listed(user, today)
        return Counts(len(found), sum(task.overdue for task in found))


#: Every kind of task by its id, in the order of their tabs.
SOURCES: dict[str, TaskSource] = {}
_Source = TypeVar("_Source", bound=type[TaskSource])


def task_source(declared: _Source) -> _Source:
    """Let a kind of task appear in worklists."""
    SOURCES[declared.kind] = declared()
    return declared
