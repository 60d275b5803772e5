"""What is a task, and what is a source of tasks?"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, ClassVar, TypeVar

from django.db.models import Count, F, Q, QuerySet, Window

from shouwang.accounts.models import User

#: So many tasks are a page; their keys are read with the counts.
PAGE = 50

_Answer = TypeVar("_Answer")
#: The columns a task tells, by the names `RowSource.told` gives them.
Told = dict[str, Any]


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
    #: The household it is about, and its 户主: people know families by their head, not by a number.
    household: int | None = None
    head: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are, and how many of them are past their day."""

    total: int
    overdue: int = 0


class Worker:
    """One person on one day. What several kinds of task ask about that person is looked up once for all of them."""

    def __init__(self, user: User, today: date) -> None:
        self.user, self.today = user, today
        self._known: dict[Callable[[Worker], Any], Any] = {}

    def once(self, question: Callable[[Worker], _Answer]) -> _Answer:
        """The answer to a question, worked out when it is first asked."""
        if question not in self._known:
            self._known[question] = question(self)
        answer: _Answer = self._known[question]
        return answer


class Pile(ABC):
    """What one person has to do of one kind."""

    @property
    @abstractmethod
    def counts(self) -> Counts:
        """How many there are in all."""

    @abstractmethod
    def days(self, most: int) -> list[date]:
        """The days the most urgent are due, at most so many, in their order: what piles are merged by."""

    @abstractmethod
    def part(self, start: int, stop: int) -> list[Task]:
        """The tasks from one place in the order to another."""


def by_day(due_on: date | None) -> date:
    """What tasks are ordered by: the day they are due, those without one last."""
    return due_on or date.max


class TaskSource(ABC):
    """One kind of task: who has it and by when, derived from records and never typed."""

    kind: ClassVar[str]
    title: ClassVar[str]

    @abstractmethod
    def pile(self, worker: Worker) -> Pile:
        """The tasks of this kind that a person has."""


class RowSource(TaskSource):
    """Tasks that are rows of a table with a day they are due."""

    #: By the day they are due first of all: `by_day`.
    order: ClassVar[tuple[Any, ...]] = (F("due_on").asc(nulls_last=True), "pk")

    #: What a task tells, of the row and of those it leads to; nothing else is read.
    told: ClassVar[tuple[str, ...]]

    @abstractmethod
    def rows(self, worker: Worker) -> QuerySet[Any]:
        """The rows a person has something to do with."""

    @abstractmethod
    def task(self, row: Told, worker: Worker) -> Task:
        """One of them as a task."""

    def pile(self, worker: Worker) -> Pile:
        return RowPile(self, self.rows(worker), worker)


@dataclass
class RowPile(Pile):
    """Rows, counted by the database and listed only as far as asked for."""

    source: RowSource
    rows: QuerySet[Any]
    worker: Worker

    @property
    def counts(self) -> Counts:
        return self._head[0]

    def days(self, most: int) -> list[date]:
        return [by_day(due_on) for _, due_on in self._keys(most)]

    def part(self, start: int, stop: int) -> list[Task]:
        # Keys first: sorting bare rows, the database starts from the units of the person, not from the whole table.
        keys = [key for key, _ in self._keys(stop)[start:]]
        rows = self.rows.model._default_manager.filter(pk__in=keys).order_by(*self.source.order)
        return [self.source.task(row, self.worker) for row in rows.values(*self.source.told)]

    def _keys(self, most: int) -> list[tuple[int, date | None]]:
        """The keys and days of the most urgent."""
        known = self._head[1]
        if most <= PAGE or len(known) < PAGE:
            return known[:most]
        return list(self._sorted().values_list("pk", "due_on")[:most])

    @cached_property
    def _head(self) -> tuple[Counts, list[tuple[int, date | None]]]:
        """How many there are, and the first page of them: found in one go, for the finding is what takes long."""
        late = Window(Count("pk", filter=Q(due_on__lt=self.worker.today)))
        found = list(self._sorted().values_list("pk", "due_on", Window(Count("pk")), late)[:PAGE])
        counts = Counts(*found[0][2:]) if found else Counts(0)
        return counts, [(key, due_on) for key, due_on, *_ in found]

    def _sorted(self) -> QuerySet[Any]:
        return self.rows.order_by(*self.source.order)


class ListSource(TaskSource):
    """Tasks of which there are never more than a handful."""

    @abstractmethod
    def listed(self, user: User, today: date) -> list[Task]:
        """All of them."""

    def pile(self, worker: Worker) -> Pile:
        return ListPile(self.listed(worker.user, worker.today))


@dataclass
class ListPile(Pile):
    """Tasks that are all at hand."""

    found: list[Task]

    @property
    def counts(self) -> Counts:
        return Counts(len(self.found), sum(task.overdue for task in self.found))

    def days(self, most: int) -> list[date]:
        return [by_day(task.due_on) for task in self._sorted()[:most]]

    def part(self, start: int, stop: int) -> list[Task]:
        return self._sorted()[start:stop]

    def _sorted(self) -> list[Task]:
        return sorted(self.found, key=lambda task: by_day(task.due_on))


#: Every kind of task by its id, in the order of their tabs.
SOURCES: dict[str, TaskSource] = {}
_Source = TypeVar("_Source", bound=type[TaskSource])


def task_source(declared: _Source) -> _Source:
    """Let a kind of task appear in worklists."""
    SOURCES[declared.kind] = declared()
    return declared
