"""Doing a step of a case: recording it, signing beside somebody, refusing to sign (七团办法 二/五)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.models import Post, User
from shouwang.casework import signing, snapshots
from shouwang.casework.actions import lapses
from shouwang.casework.desk import Desk, needed, told
from shouwang.casework.errors import DoneBefore, NoSuchStep, ReasonNeeded, SignedBefore
from shouwang.casework.evidence import checked, is_asked
from shouwang.casework.models import Case, CaseStatus, OpenStep, Signature, StepRecord
from shouwang.policy.procedure import Step, Way


@transaction.atomic
def act(
    *,
    by: User,
    case: Case,
    step: str,
    way: str,
    evidence: Mapping[str, Any] | None = None,
    occurred_on: date | None = None,
    note: str = "",
    late_reason: str = "",
    seen: int | None = None,
) -> StepRecord:
    """Do an open step of a case, with one of its outcomes. `seen` is the revision on the page that was filled in."""
    desk, record = _prepared(by, case, step, way, evidence, occurred_on, note, late_reason, seen)
    return write_record(desk, record, f"case.{record.step}")


@transaction.atomic
def rehearse(
    *,
    by: User,
    case: Case,
    step: str,
    way: str,
    evidence: Mapping[str, Any] | None = None,
    occurred_on: date | None = None,
    note: str = "",
    late_reason: str = "",
    seen: int | None = None,
) -> StepRecord:
    """The record `act` would save, unsaved: for the page on which a decision is checked before it is signed."""
    return _prepared(by, case, step, way, evidence, occurred_on, note, late_reason, seen)[1]


def _prepared(
    by: User, case: Case, step: str, way: str, evidence: Mapping[str, Any] | None, occurred_on: date | None, note: str,
    late_reason: str, seen: int | None,
) -> tuple[Desk, StepRecord]:  # fmt: skip
    """The locked case and the record to be, everything checked."""
    desk = Desk.lock(case, seen)
    post = _admitted(by, desk, step)
    chosen = desk.open_step(step)
    outcome = _way(desk, chosen, way)
    post = post or signing.may_sign(by, desk, chosen)
    day = occurred_on or timezone.localdate()
    signing.check_lag(day, late_reason, desk.limit(desk.procedure.lag))
    signing.check_day(desk, chosen, day)
    if outcome.reason and not note.strip():
        raise ReasonNeeded(what_for=f"{chosen.title}：{outcome.label}")
    record = StepRecord(
        case=desk.case, step=chosen.id, way=outcome.id, by=by, post=post, occurred_on=day, note=note.strip(),
        late_reason=late_reason.strip(), evidence=_evidence(chosen, outcome, evidence or {}),
    )  # fmt: skip
    return desk, record


def write_record(desk: Desk, record: StepRecord, verb: str) -> StepRecord:
    """Save a record with its first signature, and settle the case if that is all it needs."""
    record.round = desk.case.records.filter(step=record.step).count() + 1
    record.save(force_insert=True)
    Signature(record=record, user=record.by, post=record.post).save(force_insert=True)
    if needed(desk.procedure, record.step) > 1:
        OpenStep.objects.filter(case=desk.case, step=record.step).update(record=record)
    else:
        _complete(desk, record)
    _audit(
        record.by, record.post, desk, record, verb, round=record.round, way=record.way, occurred_on=record.occurred_on
    )
    return record


@transaction.atomic
def cosign(*, by: User, record: StepRecord, seen: int | None = None) -> StepRecord:
    """Sign a record beside the person who wrote it. With the last signature it needs, the step is done."""
    desk, step = _waiting(record, seen)
    post = signing.may_sign(by, desk, step)
    if record.signatures.filter(user=by).exists():
        raise SignedBefore()
    Signature(record=record, user=by, post=post).save(force_insert=True)
    if record.signatures.filter(agrees=True).count() >= step.signatures:
        _complete(desk, record)
    _audit(by, post, desk, record, "case.cosigned", step=step.id, round=record.round)
    return record


@transaction.atomic
def refuse_to_sign(*, by: User, record: StepRecord, reason: str) -> StepRecord:
    """Refuse to sign a waiting record, with a reason: it comes to nothing, and the step is open again."""
    desk, step = _waiting(record, None)
    post = signing.may_sign(by, desk, step)
    if not reason.strip():
        raise ReasonNeeded(what_for="拒签")
    if record.signatures.filter(user=by).exists():
        raise SignedBefore()
    Signature(record=record, user=by, post=post, agrees=False, reason=reason.strip()).save(force_insert=True)
    OpenStep.objects.filter(case=desk.case, record=record).update(record=None)
    _audit(by, post, desk, record, "case.sign_refused", step=step.id, round=record.round, reason=reason)
    return record


def _admitted(by: User, desk: Desk, step_id: str) -> Post | None:
    """Outside one's units nothing is said, not even that the case is past that step."""
    step = desk.procedure.step(step_id)
    return signing.may_sign(by, desk, step) if step else None


def _way(desk: Desk, step: Step, way_id: str) -> Way:
    way = step.way(way_id)
    if way is None:
        raise NoSuchStep(case=desk.case.number, step=step.title, way=f"的结果“{way_id}”")
    return way


def _evidence(step: Step, way: Way, given: Mapping[str, Any]) -> dict[str, Any]:
    return checked(step.title, step.fields, given, passing=not way.reason) if is_asked(way) else {}


def _waiting(record: StepRecord, seen: int | None) -> tuple[Desk, Step]:
    """The case and the step of a record that waits for signatures. Raises where it no longer does."""
    desk = Desk.lock(record.case, seen)
    step = desk.procedure.step(record.step)
    still = OpenStep.objects.filter(case=desk.case, step=record.step, record=record).exists()
    if step is None or not still:
        raise DoneBefore(**told(record), step=step.title if step else record.step)
    return desk, step


def _complete(desk: Desk, record: StepRecord) -> None:
    before = desk.case.status
    state = desk.settle()
    if state.status == before:
        return
    if state.status == CaseStatus.CONFIRMED:
        snapshots.take(desk, record)
    if state.status == CaseStatus.LAPSED:
        lapses.back_to_clue(desk, record)


def _audit(by: User, post: Post, desk: Desk, record: StepRecord, verb: str, **facts: Any) -> None:
    audit.record(
        by=by, post=post, verb=verb, target=desk.case, unit=desk.unit, policy_version=str(desk.case.version),
        record=str(record.uuid), late=bool(record.late_reason), status=desk.case.status, **facts,
    )  # fmt: skip
