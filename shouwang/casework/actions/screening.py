"""Asking for a screening. The row is the queue; `manage work` does it."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from shouwang.accounts import audit
from shouwang.accounts.actions.permit import permit
from shouwang.accounts.audit import Actor
from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Permission
from shouwang.casework import versions
from shouwang.casework.errors import RunBusy, RunFailed
from shouwang.casework.models import Purpose, RunState, ScreeningRun
from shouwang.policy.book import fingerprint, policy_of

UNFINISHED = (RunState.QUEUED, RunState.RUNNING)


@transaction.atomic
def run_screening(
    *, by: Actor, regiment: Unit, purpose: Purpose = Purpose.WHOLE, as_of: date | None = None
) -> ScreeningRun:
    """Queue a screening of a regiment: every household, or only those whose facts changed since the last like it."""
    post = permit(by, Permission.SCREENING_RUN, regiment)
    Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=regiment.pk)
    busy = ScreeningRun.objects.filter(unit=regiment, state__in=UNFINISHED).exclude(purpose=Purpose.SIMULATION).first()
    if busy is not None:
        raise RunBusy(unit=regiment.name, progress=busy.progress)
    run = new_run(regiment, as_of or versions.screening_day(), purpose, by)
    if purpose == Purpose.CHANGED and previous_like(run) is None:
        raise RunFailed()
    run.save(force_insert=True)
    audit.record(
        by=by, post=post, verb="screening.asked", target=run, unit=regiment, purpose=str(purpose), as_of=run.as_of,
        policy_version=f"{run.policy}@{run.policy_sha256[:16]}",
    )  # fmt: skip
    return run


def new_run(
    regiment: Unit, day: date, purpose: Purpose, by: Actor, *, policy: str = "", changed: dict[str, str] | None = None
) -> ScreeningRun:
    """A run under the policy and parameters in force in the regiment that day, or those tried out instead."""
    policy = policy or versions.policy_on(regiment, day)
    return ScreeningRun(
        unit=regiment, policy=policy, policy_sha256=fingerprint(policy_of(policy).package), as_of=day, purpose=purpose,
        parameters=versions.overrides_on(regiment, policy, day) | (changed or {}),
        started_by=by if isinstance(by, User) else None,
    )  # fmt: skip


def previous_like(run: ScreeningRun) -> ScreeningRun | None:
    """The last finished run whose results hold for this one but for changed facts: same day, policy and parameters."""
    done = ScreeningRun.objects.filter(unit=run.unit, state=RunState.DONE, as_of=run.as_of, policy=run.policy)
    like = done.filter(policy_sha256=run.policy_sha256).exclude(purpose=Purpose.SIMULATION).order_by("-pk")
    return next((found for found in like if found.parameters == run.parameters), None)
