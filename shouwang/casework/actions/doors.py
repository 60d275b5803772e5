"""What may happen beside the steps: withdrawal, appeal, closing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from shouwang.accounts.models import User
from shouwang.casework import signing
from shouwang.casework.actions.steps import write_record
from shouwang.casework.desk import Desk
from shouwang.casework.errors import DoorShut, NoSuchStep, ReasonNeeded
from shouwang.casework.evidence import checked
from shouwang.casework.models import Case, CaseStatus, StepRecord


@transaction.atomic
def use_door(
    *,
    by: User,
    case: Case,
    door: str,
    reason: str,
    evidence: Mapping[str, Any] | None = None,
    occurred_on: date | None = None,
    late_reason: str = "",
    seen: int | None = None,
) -> StepRecord:
    """Go through a door of the procedure, always with a reason."""
    desk = Desk.lock(case, seen)
    chosen = desk.procedure.door(door)
    if chosen is None:
        raise NoSuchStep(case=desk.case.number, step=door, way="")
    post = signing.may_sign(by, desk, chosen)
    again = chosen.once and chosen.id in desk.state.standing
    if desk.state.status not in chosen.during or again:
        status = CaseStatus(desk.state.status).label
        raise DoorShut(case=desk.case.number, status=status, door=chosen.title, again="（已办过一次）" if again else "")
    if not reason.strip():
        raise ReasonNeeded(what_for=chosen.title)
    day = occurred_on or timezone.localdate()
    signing.check_lag(day, late_reason, desk.limit(desk.procedure.lag))
    record = StepRecord(
        case=desk.case, step=chosen.id, way=chosen.id, by=by, post=post, occurred_on=day, note=reason.strip(),
        late_reason=late_reason.strip(), evidence=checked(chosen.title, chosen.fields, evidence or {}),
    )  # fmt: skip
    return write_record(desk, record, f"case.{chosen.id}")


def withdraw(*, by: User, case: Case, reason: str, **more: Any) -> StepRecord:
    """The family takes its application back."""
    return use_door(by=by, case=case, door="withdraw", reason=reason, **more)


def appeal(*, by: User, case: Case, reason: str, **more: Any) -> StepRecord:
    """The family does not accept a refusal."""
    return use_door(by=by, case=case, door="appeal", reason=reason, **more)


def close_case(*, by: User, case: Case, cause: str, reason: str, **more: Any) -> StepRecord:
    """The household is no more: all dead, moved away, or merged into another."""
    return use_door(by=by, case=case, door="close", reason=reason, evidence={"cause": cause}, **more)
