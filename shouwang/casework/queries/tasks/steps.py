"""Steps of cases: those a person may do, and records of others that wait for that person's signature."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from shouwang.accounts.models import Post, User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import NOTHING, effective_posts
from shouwang.casework.models import OpenStep, ProcedureVersion, Signature
from shouwang.casework.queries.tasks.kin import kin_households
from shouwang.casework.queries.tasks.source import RowSource, Task, Worker, task_source
from shouwang.casework.versions import frozen
from shouwang.policy.procedure import Step

#: Levels and units at which somebody may sign.
Places = frozenset[tuple[str, int]]
Names = tuple[str, ...]
_URGENT_FIRST = (F("due_on").asc(nulls_last=True), "since", "pk")
_BESIDE, _SHARED = ("case__household__unit", "record__by"), ("case__version",)
_TOLD = (
    "case__uuid", "case__number", "case__version", "case__household__number", "case__household__unit__name",
    "record__uuid", "record__by__display_name",
)  # fmt: skip


@task_source
class Signatures(RowSource):
    """等您签字的记录。"""

    kind, title, order = "sign", "等我签字", _URGENT_FIRST
    beside, told, shared = _BESIDE, _TOLD, _SHARED

    def rows(self, worker: Worker) -> QuerySet[OpenStep]:
        signed = Signature.objects.filter(record=OuterRef("record"), user=worker.user)
        return worker.once(_signable).exclude(record=None).exclude(Exists(signed))

    def household_of(self, row: OpenStep) -> int:
        return row.case.household_id

    def task(self, row: OpenStep, today: date) -> Task:
        assert row.record is not None
        todo = f"{row.record.by.display_name}已录入，请核对后签字"
        return _task(self.kind, str(row.record.uuid), todo, row, today, ("sign", str(row.record.uuid), row.case.number))


@task_source
class Steps(RowSource):
    """可以办的步骤。"""

    kind, title, order = "step", "个案步骤", _URGENT_FIRST
    beside, told, shared = _BESIDE, _TOLD, _SHARED

    def rows(self, worker: Worker) -> QuerySet[OpenStep]:
        return open_steps_for(worker)

    def household_of(self, row: OpenStep) -> int:
        return row.case.household_id

    def task(self, row: OpenStep, today: date) -> Task:
        return _task(self.kind, str(row.case.uuid), _step_of(row).todo, row, today, ("case", row.case.number))


def open_steps_for(worker: Worker) -> QuerySet[OpenStep]:
    """The open steps a person may do: right post, right unit, not kept apart, no relative."""
    return worker.once(_signable).filter(Q(earliest=None) | Q(earliest__lte=worker.today), record=None)


def _signable(worker: Worker) -> QuerySet[OpenStep]:
    """The open steps within reach, for those a person may do and those that wait for a signature."""
    places = [
        reduce(or_, (Q(**{f"case__{level}": unit}) for level, unit in reach))
        & reduce(or_, (_steps(named) & _apart(worker.user, apart) for apart, named in steps.items()))
        for reach, steps in _steps_of(worker).items()
    ]
    rows = OpenStep.objects.filter(reduce(or_, places, NOTHING))
    return rows.exclude(case__household__in=worker.once(kin_households))


def _steps_of(worker: Worker) -> dict[Places, dict[Names, dict[int, list[str]]]]:
    """Where a person may sign -> the steps of which one must have done none -> what one may sign then, by version."""
    posts = effective_posts(worker.user)
    found: dict[Places, dict[Names, dict[int, list[str]]]] = {}
    for version in ProcedureVersion.objects.all():
        procedure = frozen(version).procedure
        for step in procedure.steps:
            reach = frozenset((post.unit.level, post.unit_id) for post in posts if _may_sign(post, step))
            if reach:
                named = found.setdefault(reach, {}).setdefault(procedure.apart_from(step.id), {})
                named.setdefault(version.pk, []).append(step.id)
    return found


def _steps(named: dict[int, list[str]]) -> Q:
    return reduce(or_, (Q(case__version=version, step__in=steps) for version, steps in named.items()))


def _may_sign(post: Post, step: Step) -> bool:
    held = post.role_class.permissions
    return any(post.unit.level == one.level and Permission(one.permission) in held for one in step.signers)


def _apart(user: User, steps: Names) -> Q:
    """Not the cases in which the person did one of these steps."""
    if not steps:
        return Q()
    return ~Q(Exists(Signature.objects.filter(record__case=OuterRef("case"), user=user, record__step__in=steps)))


def _step_of(row: OpenStep) -> Step:
    step = frozen(row.case.version).procedure.step(row.step)
    assert step is not None
    return step


def _task(kind: str, uuid: str, todo: str, row: OpenStep, today: date, at: tuple[str, ...]) -> Task:
    return Task(
        kind, uuid, _step_of(row).title, todo, f"{row.case.number}（户{row.case.household.number}）",
        row.case.household.unit.name, row.since, row.due_on, row.due_on is not None and row.due_on < today, row.step, at,
    )  # fmt: skip
