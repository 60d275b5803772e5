"""Opening a case: from a clue, from an application, again after an end, or on the spot with urgent relief."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.models import Post, Unit, User
from shouwang.casework import signing, versions
from shouwang.casework.actions import clues
from shouwang.casework.actions.steps import act
from shouwang.casework.desk import Desk
from shouwang.casework.errors import CaseOver, LiveCaseExists, ReasonNeeded, WrongSigner
from shouwang.casework.models import LIVE, Case, CaseStatus, Clue, ClueState, OpenStep, StepRecord
from shouwang.policy import workdays
from shouwang.registry.actions.locking import lock
from shouwang.registry.models import Household


@transaction.atomic
def open_case(*, by: User, household: Household, clue: Clue | None = None, reason: str = "") -> Case:
    """Open a case at its first step, under the procedure in force in the regiment today."""
    return _open(by, lock(household.pk), clue, None, reason)


@transaction.atomic
def open_case_from_clue(*, by: User, clue: Clue, seen: int | None = None) -> Case:
    """Make a case of a clue. Of two people who do so at once, one is told that the other was first."""
    clues.take(clue, seen)
    return open_case(by=by, household=clue.household, clue=clue)


@transaction.atomic
def declare(
    *, by: User, household: Household, evidence: Mapping[str, Any], clue: Clue | None = None,
    occurred_on: date | None = None, late_reason: str = "",
) -> StepRecord:  # fmt: skip
    """A family, one of its members or an agent applies: the case is opened and its first step done."""
    case = open_case_from_clue(by=by, clue=clue) if clue else open_case(by=by, household=household)
    first = Desk.look(case).procedure.first
    return act(
        by=by, case=case, step=first.id, way=first.ways[0].id, evidence=evidence, occurred_on=occurred_on,
        late_reason=late_reason,
    )  # fmt: skip


@transaction.atomic
def reopen_case(*, by: User, case: Case, reason: str) -> Case:
    """Begin anew after an end: a new case under today's procedure, tied to the old one, which stays as it is."""
    if not reason.strip():
        raise ReasonNeeded(what_for="重新立案")
    household = lock(case.household_id)
    previous = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case.pk)
    if previous.status in LIVE:
        raise CaseOver(case=previous.number, status=CaseStatus(previous.status).label, step="重新立案")
    return _open(by, household, None, previous, reason)


def _open(by: User, household: Household, clue: Clue | None, previous: Case | None, reason: str) -> Case:
    today = timezone.localdate()
    regiment = household.regiment
    version = versions.version_on(regiment, today)
    read = versions.frozen(version)
    signers = read.procedure.first.signers
    post = signing.post_for(by, signers, household.unit)
    if post is None:
        signing.require(by, signing.Permission.CASE_VIEW, household.unit)
        raise WrongSigner(step="立案", who="或".join(dict.fromkeys(signer.title for signer in signers)))
    signing.recuse(by, household)
    _no_live_case(household)
    limit = read.limits[read.procedure.total]
    case = Case(
        household=household, version=version, number=_number(regiment, today), opened_on=today, opened_by=post, clue=clue,
        previous=previous, due_on=workdays.after(today, limit.amount, limit.unit),
    )  # fmt: skip
    desk = Desk(case, read, read.procedure.state([]))
    case.step = desk.state.open[0]
    case.save(force_insert=True)
    OpenStep.objects.bulk_create(desk.opened(step) for step in desk.state.open)
    if clue is not None:
        clues.close(clue, ClueState.OPENED, by, post)
    _audit(by, post, case, household, reason)
    return case


def _no_live_case(household: Household) -> None:
    live = Case.objects.filter(household=household, status__in=LIVE).first()
    if live is not None:
        raise LiveCaseExists(case=live.number, status=CaseStatus(live.status).label)


def _number(regiment: Unit, day: date) -> str:
    """`r7-2020-0001`: counted up in the regiment and year, under the lock of the regiment's row."""
    Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=regiment.pk)
    stem = f"{regiment.code}-{day.year}-"
    last = Case.objects.filter(number__startswith=stem).order_by("-pk").values_list("number", flat=True).first()
    return f"{stem}{int(last.removeprefix(stem)) + 1 if last else 1:05}"


def _audit(by: User, post: Post, case: Case, household: Household, reason: str) -> None:
    audit.record(
        by=by, post=post, verb="case.opened", target=case, unit=household.unit, policy_version=str(case.version),
        household=str(household.uuid), clue=str(case.clue.uuid) if case.clue else "",
        previous=case.previous.number if case.previous else "", reason=reason,
    )  # fmt: skip
