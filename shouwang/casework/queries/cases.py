"""Cases: lists, one page, 已办, 我经手的, overdue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from shouwang.accounts.models import User
from shouwang.casework.desk import Desk
from shouwang.casework.errors import CaseworkError
from shouwang.casework.models import Case, CaseStatus, Clue, OpenStep, Relief, Signature, StepRecord
from shouwang.casework.signing import keep_apart, post_for, why_recuse
from shouwang.casework.snapshots import is_intact
from shouwang.policy.book import policy_of
from shouwang.policy.clauses import Clause, clause
from shouwang.policy.procedure import Door, Step


@dataclass(frozen=True, slots=True)
class StepView:
    """One step on the page of a case: what it is, whether it stands, is open or is still to come."""

    step: Step
    clause: Clause
    state: str
    record: StepRecord | None
    open: OpenStep | None
    can_act: bool
    can_sign: bool
    why_not: str
    limit: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything the page of a case shows."""

    case: Case
    steps: tuple[StepView, ...]
    doors: tuple[Door, ...]
    history: tuple[StepRecord, ...]
    clue: Clue | None
    reliefs: tuple[Relief, ...]
    intact: bool | None
    policy_title: str
    faults: tuple[str, ...]


def case_list(user: User, status: str = "") -> QuerySet[Case]:
    """The cases a person may see, newest first."""
    rows = Case.objects.visible_to(user).select_related("household__unit")
    return rows.filter(status=status) if status else rows


def case_for(user: User, number: str) -> Case | None:
    """One case by its number; None outside one's units, as if there were none."""
    return case_list(user).filter(number=number).first()


def done_by(user: User) -> QuerySet[StepRecord]:
    """已办: what a person signed, newest first, in the units that person may still see."""
    signed = Signature.objects.filter(record=OuterRef("pk"), user=user)
    rows = StepRecord.objects.visible_to(user).filter(Exists(signed))
    return rows.select_related("case__household__unit").order_by("-pk")


def touched_by(user: User) -> QuerySet[Case]:
    """我经手的: cases in which a person signed anything, whatever became of them."""
    signed = Signature.objects.filter(record__case=OuterRef("pk"), user=user)
    return case_list(user).filter(Exists(signed))


def overdue(user: User) -> QuerySet[OpenStep]:
    """Open steps past their limit, the longest first."""
    rows = OpenStep.objects.visible_to(user).filter(due_on__lt=timezone.localdate())
    return rows.select_related("case__household__unit").prefetch_related("case__version").order_by("due_on", "pk")


def case_page(user: User, case: Case) -> CasePage:
    """A case as a person sees it: where it stands, and what this person may do."""
    desk = Desk.look(case)
    history = tuple(case.records.select_related("by", "post__unit").prefetch_related("signatures__user").order_by("pk"))
    opened = {row.step: row for row in case.open_steps.select_related("record__by")}
    kin = why_recuse(user, case.household)
    package = policy_of(case.version.policy).package
    steps = tuple(_view(user, desk, step, history, opened.get(step.id), kin, package) for step in _shown(desk, history))
    doors = tuple(
        d for d in desk.procedure.doors if _door_open(desk, d) and not kin and post_for(user, d.signers, desk.unit)
    )
    confirmation = getattr(case, "confirmation", None)
    return CasePage(
        case, steps, doors, history, case.clue, tuple(case.reliefs.all()),
        is_intact(confirmation) if confirmation else None, policy_of(case.version.policy).title,
        tuple(desk.procedure.faults(desk.state.standing)),
    )  # fmt: skip


def _door_open(desk: Desk, door: Door) -> bool:
    return desk.state.status in door.during and not (door.once and door.id in desk.state.standing)


def _shown(desk: Desk, history: Sequence[StepRecord]) -> list[Step]:
    """The usual steps, and the others once they have come up."""
    seen = {record.step for record in history} | set(desk.state.open)
    return [
        s for s in desk.procedure.steps if s.id in seen or not any(":" in e or desk.procedure.door(e) for e in s.after)
    ]


def _view(
    user: User, desk: Desk, step: Step, history: Sequence[StepRecord], opened: OpenStep | None, kin: str, package: str
) -> StepView:
    state = "open" if opened else "done" if step.id in desk.state.standing else "later"
    mine = [record for record in history if record.step == step.id]
    post = post_for(user, step.signers, desk.unit)
    why = "" if post is None else _why_not(user, desk, step, kin) or _too_early(step, opened)
    may = opened is not None and post is not None and not why
    waiting = opened.record if opened else None
    limit = desk.limit(step.deadline).words() if step.deadline else ""
    signed = waiting is not None and any(s.user_id == user.pk for s in waiting.signatures.all())
    return StepView(
        step, clause(package, step.clause), state, mine[-1] if mine else None, opened, may and waiting is None,
        may and waiting is not None and not signed, why, limit,
    )  # fmt: skip


def _why_not(user: User, desk: Desk, step: Step, kin: str) -> str:
    if kin and step.recuse:
        return f"您须回避：{kin}"
    try:
        keep_apart(user, desk, step)
    except CaseworkError as error:
        return error.part(error.what)
    return ""


def _too_early(step: Step, opened: OpenStep | None) -> str:
    """A step that must wait is open before its day, so that people see it coming."""
    if opened is None or opened.earliest is None or opened.earliest <= timezone.localdate():
        return ""
    day = opened.earliest
    return f"“{step.title}”最早在{day.year}年{day.month}月{day.day}日才能办理"


def status_words(case: Case) -> str:
    """The status, and the step that is on: `办理中：连（社区）走访`."""
    step = Desk.look(case).procedure.by_id.get(case.step)
    return CaseStatus(case.status).label + (f"：{step.title}" if step else "")
