"""Steps of cases: those a person may do, and records of others that wait for that person's signature."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from shouwang.accounts.models import User
from shouwang.accounts.roles import Level, Permission
from shouwang.accounts.scope import NOTHING, effective_posts
from shouwang.casework.models import OpenStep, ProcedureVersion, Signature
from shouwang.casework.queries.tasks.source import RowSource, Task, task_source
from shouwang.casework.versions import frozen
from shouwang.policy.procedure import Step
from shouwang.registry.models import Membership

_URGENT_FIRST = (F("due_on").asc(nulls_last=True), "since", "pk")


@task_source
class Signatures(RowSource):
    """等您签字的记录。"""

    kind, title, order = "sign", "等我签字", _URGENT_FIRST

    def rows(self, user: User) -> QuerySet[OpenStep]:
        signed = Signature.objects.filter(record=OuterRef("record"), user=user)
        return _signable(user).exclude(record=None).exclude(Exists(signed))

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

    def rows(self, user: User) -> QuerySet[OpenStep]:
        return open_steps_for(user)

    def household_of(self, row: OpenStep) -> int:
        return row.case.household_id

    def task(self, row: OpenStep, today: date) -> Task:
        return _task(self.kind, str(row.case.uuid), _step_of(row).todo, row, today, ("case", row.case.number))


def open_steps_for(user: User) -> QuerySet[OpenStep]:
    """The open steps a person may do: right post, right unit, not kept apart, no relative."""
    return _signable(user).filter(record=None).filter(Q(earliest=None) | Q(earliest__lte=timezone.localdate()))


def kin_households(user: User) -> QuerySet[Membership, dict[str, Any]]:
    """Households a person must keep out of: one's own, relatives', and those of people one shared a household with.

    Relatives are looked up first: most people have declared none, and then nobody's household need be searched for them.
    """
    kin = [index for index in user.kinships.filter(withdrawn_at=None).values_list("relative_index", flat=True) if index]
    mine = Q(person__citizen_index__in=kin) & ~Q(person__citizen_index="")
    if user.citizen_index:
        shared = Membership.objects.filter(person__citizen_index=user.citizen_index, superseded_at=None)
        people = Membership.objects.filter(household__in=shared.values("household"), superseded_at=None)
        mine |= Q(person__citizen_index=user.citizen_index) | Q(person__in=people.values("person"))
    still = Q(left_on=None) | Q(left_on__gt=timezone.localdate())
    return Membership.objects.filter(still & mine, superseded_at=None).values("household")


def _signable(user: User) -> QuerySet[OpenStep]:
    wanted = [Q(case__version=version, step=step.id) & _where(user, version, step) for version, step in _steps_of(user)]
    rows = OpenStep.objects.filter(reduce(or_, wanted, NOTHING))
    rows = rows.exclude(case__household__in=kin_households(user))
    return rows.select_related("case__household__unit", "case__version", "record__by")


def _steps_of(user: User) -> Iterator[tuple[ProcedureVersion, Step]]:
    """Every step of every version in use that some post of the person may sign."""
    held = {(p.unit.level, permission.value) for p in effective_posts(user) for permission in p.role_class.permissions}
    for version in ProcedureVersion.objects.all():
        for step in frozen(version).procedure.steps:
            if any((signer.level, signer.permission) in held for signer in step.signers):
                yield version, step


def _where(user: User, version: ProcedureVersion, step: Step) -> Q:
    """Where the posts of the person that may sign a step reach, less the cases in which they did a step kept apart."""
    reach = NOTHING
    for post in effective_posts(user):
        for signer in step.signers:
            if post.unit.level == signer.level and Permission(signer.permission) in post.role_class.permissions:
                reach |= Q(**{f"case__household__{Level(post.unit.level).value}": post.unit_id})
    apart = frozen(version).procedure.apart_from(step.id)
    own = Signature.objects.filter(record__case=OuterRef("case"), user=user, record__step__in=apart)
    return reach & ~Exists(own)


def _step_of(row: OpenStep) -> Step:
    step = frozen(row.case.version).procedure.step(row.step)
    assert step is not None
    return step


def _task(kind: str, uuid: str, todo: str, row: OpenStep, today: date, at: tuple[str, ...]) -> Task:
    return Task(
        kind, uuid, _step_of(row).title, todo, f"{row.case.number}（户{row.case.household.number}）",
        row.case.household.unit.name, row.since, row.due_on, row.due_on is not None and row.due_on < today, row.step, at,
    )  # fmt: skip
