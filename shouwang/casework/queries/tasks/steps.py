"""Steps of cases: those a person may do, and records of others that wait for that person's signature."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from shouwang.casework.models import OpenStep, Signature
from shouwang.casework.queries.tasks.rights import procedures, signable
from shouwang.casework.queries.tasks.source import RowSource, Task, Told, Worker, task_source
from shouwang.policy.procedure import Step

_URGENT_FIRST = (F("due_on").asc(nulls_last=True), "since", "pk")
_TOLD = (
    "step", "since", "due_on", "case__uuid", "case__number", "case__version", "case__household",
    "case__household__number", "case__household__unit__name",
)  # fmt: skip


@task_source
class Signatures(RowSource):
    """等您签字的记录。"""

    kind, title, order = "sign", "等我签字", _URGENT_FIRST
    told = (*_TOLD, "record__uuid", "record__by__display_name")

    def rows(self, worker: Worker) -> QuerySet[OpenStep]:
        signed = Signature.objects.filter(record=OuterRef("record"), user=worker.user)
        return worker.once(signable).exclude(record=None).exclude(Exists(signed))

    def task(self, row: Told, worker: Worker) -> Task:
        record, todo = str(row["record__uuid"]), f"{row['record__by__display_name']}已录入，请核对后签字"
        at = ("sign", record, row["case__number"])
        return _task(self.kind, record, _step_of(row, worker), todo, row, worker.today, at)


@task_source
class Steps(RowSource):
    """可以办的步骤。"""

    kind, title, order = "step", "个案步骤", _URGENT_FIRST
    told = _TOLD

    def rows(self, worker: Worker) -> QuerySet[OpenStep]:
        return open_steps_for(worker)

    def task(self, row: Told, worker: Worker) -> Task:
        step, at = _step_of(row, worker), ("case", row["case__number"])
        return _task(self.kind, str(row["case__uuid"]), step, step.todo, row, worker.today, at)


def open_steps_for(worker: Worker) -> QuerySet[OpenStep]:
    """The open steps a person may do: right post, right unit, not kept apart, no relative."""
    return worker.once(signable).filter(Q(earliest=None) | Q(earliest__lte=worker.today), record=None)


def _step_of(row: Told, worker: Worker) -> Step:
    step = worker.once(procedures)[row["case__version"]].procedure.step(row["step"])
    assert step is not None
    return step


def _task(kind: str, uuid: str, step: Step, todo: str, row: Told, today: date, at: tuple[str, ...]) -> Task:
    due_on = row["due_on"]
    return Task(
        kind, uuid, step.title, todo, f"{row['case__number']}（户{row['case__household__number']}）",
        row["case__household__unit__name"], row["since"], due_on, due_on is not None and due_on < today, row["step"], at,
        row["case__household"],
    )  # fmt: skip
