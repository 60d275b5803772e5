"""Changing a parameter in a regiment: a reason, the simulated effect, a second person, a day to come (T21).

A value may also be tried out without proposing it: the same simulation, nothing to sign.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.models import Post, Unit, User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import require
from shouwang.casework import effects, versions
from shouwang.casework.actions.screening import UNFINISHED, new_run
from shouwang.casework.errors import ChangeDone, ChangeRefused, ReasonNeeded, TrialBusy
from shouwang.casework.models import ChangeState, ParameterChange, Purpose, RunState, ScreeningRun
from shouwang.policy.book import policy_of
from shouwang.policy.parameters import UnknownParameter, parameters_of


@transaction.atomic
def propose_parameter_change(
    *, by: User, regiment: Unit, name: str, value: str, from_date: date, reason: str
) -> ParameterChange:
    """Propose a value from a day to come; its effect is tried out in the background on today's facts.

    `versions.POLICY` as the name proposes another policy profile. Raises UnknownParameter, BadParameterValue, ChangeRefused.
    """
    post = require(by, Permission.PARAMETER_PROPOSE, regiment)
    today = timezone.localdate()
    policy = versions.policy_on(regiment, today)
    if not reason.strip():
        raise ReasonNeeded(what_for="参数修改")
    if from_date <= today:
        raise ChangeRefused(reason="生效日期须在今天之后，已经办过的不受影响")
    value = _spelled(regiment, policy, name, value, from_date)
    run = _simulation(regiment, name, value, by)
    change = ParameterChange(
        unit=regiment,
        policy=policy,
        name=name,
        value=value,
        from_date=from_date,
        reason=reason.strip(),
        proposed_by=by,
        run=run,
    )
    change.save(force_insert=True)
    audit.record(
        by=by, post=post, verb="parameter.proposed", target=change, unit=regiment, name=name, value=value, from_date=from_date,
        reason=reason,
    )  # fmt: skip
    return change


@transaction.atomic
def try_parameter(*, by: User, regiment: Unit, name: str, value: str) -> ScreeningRun:
    """See what a value would do, without proposing it. One trial of a regiment at a time."""
    post = require(by, Permission.PARAMETER_PROPOSE, regiment)
    Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=regiment.pk)
    trials = ScreeningRun.objects.filter(unit=regiment, purpose=Purpose.SIMULATION, state__in=UNFINISHED)
    busy = trials.exclude(pk__in=ParameterChange.objects.values("run")).first()
    if busy is not None:
        raise TrialBusy(unit=regiment.name, progress=busy.progress)
    today = timezone.localdate()
    value = _spelled(regiment, versions.policy_on(regiment, today), name, value, today)
    run = _simulation(regiment, name, value, by)
    audit.record(by=by, post=post, verb="parameter.tried", target=run, unit=regiment, name=name, value=value)
    return run


@transaction.atomic
def simulate_again(*, by: User, change: ParameterChange) -> ParameterChange:
    """Try the effect of a proposal out anew: the simulation failed, or an earlier version of the program made it.

    Until the new one is there nobody can sign.
    """
    row = _waiting(change)
    post = require(by, Permission.PARAMETER_PROPOSE, row.unit)
    if row.run.state != RunState.FAILED and not effects.is_stale(row.run):
        raise ChangeRefused(reason="试算没有失败，不用重算")
    row.run, row.effect = _simulation(row.unit, row.name, row.value, by), None
    row.save(update_fields=["run", "effect"])
    audit.record(by=by, post=post, verb="parameter.retried", target=row, unit=row.unit, name=row.name, value=row.value)
    return row


@transaction.atomic
def approve_parameter_change(*, by: User, change: ParameterChange, note: str = "") -> ParameterChange:
    """A second person signs, having seen the effect. From its day on the value holds; nothing before is touched."""
    row = _waiting(change)
    post = require(by, Permission.PARAMETER_SIGN, row.unit)
    if row.proposed_by_id == by.pk:
        raise ChangeRefused(reason="提出人不能复核自己的修改")
    if row.effect is None:
        raise ChangeRefused(reason="试算还没有完成，看到影响后才能复核")
    if effects.is_stale(row.run):
        raise ChangeRefused(reason="这次试算由旧版本所做，看不全影响，请团办重新试算后再复核")
    if row.from_date <= timezone.localdate():
        raise ChangeRefused(reason="生效日期已到，请重新提出，另定生效日期")
    return _decide(by, post, row, ChangeState.SIGNED, note)


@transaction.atomic
def reject_parameter_change(*, by: User, change: ParameterChange, note: str) -> ParameterChange:
    """A second person does not agree, with a reason."""
    row = _waiting(change)
    post = require(by, Permission.PARAMETER_SIGN, row.unit)
    if row.proposed_by_id == by.pk:
        raise ChangeRefused(reason="提出人不能复核自己的修改")
    if not note.strip():
        raise ReasonNeeded(what_for="不同意")
    return _decide(by, post, row, ChangeState.REJECTED, note)


@transaction.atomic
def withdraw_parameter_change(*, by: User, change: ParameterChange, reason: str) -> ParameterChange:
    """Who proposed a change takes it back before anybody has decided, with a reason. Raises ChangeDone, ChangeRefused."""
    row = _waiting(change)
    post = require(by, Permission.PARAMETER_PROPOSE, row.unit)
    if row.proposed_by_id != by.pk:
        raise ChangeRefused(reason="只有提出人可以撤回")
    if not reason.strip():
        raise ReasonNeeded(what_for="撤回")
    return _decide(by, post, row, ChangeState.WITHDRAWN, reason)


def _simulation(regiment: Unit, name: str, value: str, by: User) -> ScreeningRun:
    trial = {"policy": value} if name == versions.POLICY else {"changed": {name: value}}
    run = new_run(regiment, versions.screening_day(), Purpose.SIMULATION, by, **trial)  # type: ignore[arg-type]
    run.save(force_insert=True)
    return run


def _spelled(regiment: Unit, policy: str, name: str, value: str, from_date: date) -> str:
    """The value in its one spelling. Raises where there is no such parameter, no such value, or no change."""
    if name == versions.POLICY:
        wanted = policy_of(value).id
        if wanted == policy:
            raise ChangeRefused(reason="与现行办法相同")
        if policy_of(wanted).since > from_date:
            raise ChangeRefused(reason="生效日期早于该办法的日期")
        return wanted
    known = parameters_of(policy_of(policy).package)
    if name not in known:
        raise UnknownParameter(name=name, known="、".join(known))
    held = known[name].read(value)
    if held == versions.book_on(regiment, from_date).parameters[name]:
        raise ChangeRefused(reason="与现行的值相同")
    return known[name].write(held)


def _waiting(change: ParameterChange) -> ParameterChange:
    row = ParameterChange.objects.select_for_update(of=("self",), no_key=True).select_related("unit").get(pk=change.pk)
    if row.state != ChangeState.PROPOSED:
        assert row.decided_by is not None
        assert row.decided_at is not None
        when = f"{timezone.localtime(row.decided_at):%m月%d日 %H:%M}"
        raise ChangeDone(who=row.decided_by.display_name, when=when, state=ChangeState(row.state).label)
    return row


def _decide(by: User, post: Post, row: ParameterChange, state: ChangeState, note: str) -> ParameterChange:
    row.state, row.decided_by, row.decided_at, row.decision = state, by, timezone.now(), note.strip()
    row.save(update_fields=["state", "decided_by", "decided_at", "decision"])
    audit.record(
        by=by, post=post, verb=f"parameter.{state}", target=row, unit=row.unit, name=row.name, value=row.value, note=note,
        from_date=row.from_date,
    )  # fmt: skip
    return row
