"""Recording what befell a household, and withdrawing what was recorded in error."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from shouwang.accounts import audit
from shouwang.accounts.actions.permit import permit
from shouwang.accounts.audit import Actor
from shouwang.accounts.roles import Permission
from shouwang.registry import standing
from shouwang.registry.actions.locking import hold, not_future, person_of
from shouwang.registry.models import Event, Household
from shouwang.terms.tables import CAUSES
from shouwang.units.errors import ShouwangError


class CauseUnknown(ShouwangError):
    code = "REG-80"
    what = "没有“{cause}”这种事由。"
    do = "可选：{causes}。"


class NoteNeeded(ShouwangError):
    code = "REG-81"
    what = "事由是“其他”时，要写明是什么事。"


class WithdrawnBefore(ShouwangError):
    code = "REG-82"
    what = "这次变故已经撤回。"


@transaction.atomic
def record_event(*, by: Actor, household: Household, occurred_on: date, cause: str, note: str = "") -> Event:
    """Record an illness, a disaster, a lost job…"""
    household = hold(household)
    allowed = permit(by, Permission.VISIT_RECORD, household.unit)
    if cause not in CAUSES:
        raise CauseUnknown(cause=cause, causes="、".join(CAUSES))
    if cause == "其他" and not note.strip():
        raise NoteNeeded()
    not_future(occurred_on, "发生日期")
    event = Event(
        household=household, occurred_on=occurred_on, cause=cause, note=note.strip(), recorded_by=person_of(by)
    )
    event.save(force_insert=True)
    audit.record(by=by, post=allowed, verb="event.recorded", target=household, cause=cause, on=occurred_on)
    return event


@transaction.atomic
def withdraw_event(*, by: Actor, event: Event, reason: str) -> Event:
    """Say that an event was recorded in error; both rows stay."""
    household = hold(event.household)
    allowed = permit(by, Permission.HOUSEHOLD_EDIT, household.unit)
    if not standing.events_at(date.max).filter(pk=event.pk).exists():
        raise WithdrawnBefore()
    withdrawal = Event(
        household=household, occurred_on=event.occurred_on, cause=event.cause, note=reason, voids=event,
        recorded_by=person_of(by),
    )  # fmt: skip
    withdrawal.save(force_insert=True)
    audit.record(by=by, post=allowed, verb="event.withdrawn", target=household, event=event.uuid, reason=reason)
    return withdrawal
