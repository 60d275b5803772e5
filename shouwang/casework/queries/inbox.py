"""待办: what a person can do now, what to do next and by when. Worked out from the records, never typed (item 5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from shouwang.accounts.models import User
from shouwang.accounts.roles import Level, Permission
from shouwang.accounts.scope import NOTHING, effective_posts
from shouwang.casework.models import Clue, ClueState, OpenStep, ParameterChange, ProcedureVersion, Signature
from shouwang.casework.models.parameter import ChangeState
from shouwang.casework.versions import frozen
from shouwang.policy.procedure import Step
from shouwang.registry.models import Membership

#: How many are worked out for a page; counts are of all.
PAGE = 50


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. `kind`: step, sign, clue, parameter. `uuid`: of the case, record, clue or change."""

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


def inbox_for(user: User, kind: str = "", limit: int = PAGE, offset: int = 0) -> list[Task]:
    """The tasks of a person, the most urgent first."""
    today = timezone.localdate()
    found: list[Task] = []
    reach = offset + limit
    for name, tasks in (
        ("sign", _signatures(user, today, reach)),
        ("step", _steps(user, today, reach)),
        ("clue", _clues(user, today, reach)),
        ("parameter", _parameters(user)),
    ):
        if kind in ("", name):
            found += tasks
    found.sort(key=lambda task: (task.due_on or date.max, task.since, task.uuid))
    return found[offset:reach]


def inbox_counts(user: User) -> dict[str, int]:
    """How many of each kind, and how many are overdue."""
    today = timezone.localdate()
    steps, signing, clues = open_steps_for(user), _to_sign(user), clues_to_triage(user)
    late = Q(due_on__lt=today)
    return {
        "step": steps.count(),
        "sign": signing.count(),
        "clue": clues.count(),
        "parameter": len(_parameters(user)),
        "overdue": sum(rows.filter(late).count() for rows in (steps, signing, clues)),
    }


def open_steps_for(user: User) -> QuerySet[OpenStep]:
    """The open steps a person may do: right post, right unit, not kept apart, no relative."""
    return _signable(user).filter(record=None).filter(Q(earliest=None) | Q(earliest__lte=timezone.localdate()))


def _to_sign(user: User) -> QuerySet[OpenStep]:
    """Records of others that wait for this person's signature."""
    signed = Signature.objects.filter(record=OuterRef("record"), user=user)
    return _signable(user).exclude(record=None).exclude(Exists(signed))


def _signable(user: User) -> QuerySet[OpenStep]:
    wanted = [Q(case__version=version, step=step.id) & _where(user, version, step) for version, step in _steps_of(user)]
    rows = OpenStep.objects.filter(reduce(or_, wanted, NOTHING))
    rows = rows.exclude(case__household__in=_kin_households(user))
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


def _kin_households(user: User) -> QuerySet[Membership]:
    """Households a person must keep out of: one's own, relatives', and those of people one shared a household with."""
    kin = user.kinships.filter(withdrawn_at=None).values("relative_index")
    mine = Q(person__citizen_index__in=kin)
    if user.citizen_index:
        shared = Membership.objects.filter(person__citizen_index=user.citizen_index, superseded_at=None)
        people = Membership.objects.filter(household__in=shared.values("household"), superseded_at=None)
        mine |= Q(person__citizen_index=user.citizen_index) | Q(person__in=people.values("person"))
    still = Q(left_on=None) | Q(left_on__gt=timezone.localdate())
    return Membership.objects.filter(still & mine, superseded_at=None).values("household")


def _steps(user: User, today: date, most: int) -> list[Task]:
    rows = open_steps_for(user).order_by(F("due_on").asc(nulls_last=True), "since", "pk")[:most]
    return [_step_task(row, "step", today) for row in rows]


def _signatures(user: User, today: date, most: int) -> list[Task]:
    rows = _to_sign(user).order_by(F("due_on").asc(nulls_last=True), "since", "pk")[:most]
    return [_step_task(row, "sign", today) for row in rows]


def _step_task(row: OpenStep, kind: str, today: date) -> Task:
    step = frozen(row.case.version).procedure.step(row.step)
    assert step is not None
    signing = kind == "sign" and row.record is not None
    todo = f"{row.record.by.display_name}已录入，请核对后签字" if signing and row.record else step.todo
    uuid = row.record.uuid if signing and row.record else row.case.uuid
    return Task(
        kind, str(uuid), step.title, todo, f"{row.case.number}（户{row.case.household.number}）", row.case.household.unit.name,
        row.since, row.due_on, row.due_on is not None and row.due_on < today, step.id,
    )  # fmt: skip


def clues_to_triage(user: User) -> QuerySet[Clue]:
    """Clues that wait for a company, or of any company for the regiment's office, still found or reported by people."""
    if not any(Permission.CASE_DECLARE in post.role_class.permissions for post in effective_posts(user)):
        return Clue.objects.none()
    waiting = Clue.objects.visible_to(user, Permission.CASE_DECLARE).filter(
        state__in=[ClueState.NEW, ClueState.TRIAGED], still_found=True
    )
    return waiting.exclude(household__in=_kin_households(user)).select_related("household__unit")


def _clues(user: User, today: date, most: int) -> list[Task]:
    rows = clues_to_triage(user).order_by(F("due_on").asc(nulls_last=True), "-score", "pk")[:most]
    return [
        Task(
            "clue", str(row.uuid), "线索", "走访核实：立案、并入或写明理由不立案" if row.state == ClueState.NEW else "再次走访",
            f"户{row.household.number}：{'；'.join(row.reasons)}", row.household.unit.name, row.raised_on, row.due_on,
            row.due_on is not None and row.due_on < today,
        )
        for row in rows
    ]  # fmt: skip


def _parameters(user: User) -> list[Task]:
    """Changes a second person may sign, once their effect is known."""
    waiting = ParameterChange.objects.visible_to(user, Permission.PARAMETER_SIGN).filter(
        state=ChangeState.PROPOSED, effect__isnull=False
    )
    today = timezone.localdate()
    return [
        Task(
            "parameter", str(row.uuid), "参数修改", "看过试算的影响后复核", str(row), row.unit.name,
            timezone.localdate(row.proposed_at), row.from_date, row.from_date <= today,
        )
        for row in waiting.exclude(proposed_by=user).select_related("unit")
    ]  # fmt: skip
