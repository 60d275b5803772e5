"""Changes of parameters: those a person may see with what became of each, and the values signed in a regiment."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import post_for
from shouwang.casework import effects, versions
from shouwang.casework.models import ChangeState, Move, ParameterChange, Purpose, RunLine, ScreeningRun
from shouwang.policy.book import policy_of


def changes_for(user: User) -> QuerySet[ParameterChange]:
    """The changes proposed in the regiments a person sees whole, the last first."""
    rows = ParameterChange.objects.visible_to(user)
    return rows.select_related("unit", "run", "proposed_by", "decided_by").order_by("-pk")


def change_for(user: User, uuid: UUID) -> ParameterChange | None:
    """One change; None outside one's units, as if there were none."""
    return changes_for(user).filter(uuid=uuid).first()


def trials_for(user: User) -> QuerySet[ScreeningRun]:
    """What was tried out and not proposed, the last first, in the regiments a person sees whole."""
    rows = ScreeningRun.objects.visible_to(user).filter(purpose=Purpose.SIMULATION)
    return (
        rows.exclude(pk__in=ParameterChange.objects.values("run")).select_related("unit", "started_by").order_by("-pk")
    )


def signed_in(regiment: Unit | None, name: str) -> list[ParameterChange]:
    """What was signed for one parameter in a regiment, by the day it holds from: the rule book of everybody there."""
    rows = ParameterChange.objects.filter(unit=regiment, name=name, state=ChangeState.SIGNED)
    return list(rows.select_related("proposed_by", "decided_by").order_by("from_date", "pk"))


def value_before(change: ParameterChange) -> str:
    """What held before the day of the change, in words."""
    last = change.from_date - timedelta(days=1)
    if change.is_policy:
        return policy_of(versions.policy_on(change.unit, last)).title
    book = versions.book_on(change.unit, last, policy=change.policy)
    return book.series(change.name).unit.words(book.parameters[change.name])


def why_not_sign(user: User, change: ParameterChange) -> str:
    """Why a person may not sign a change now; empty where nothing stands in the way."""
    if change.state != ChangeState.PROPOSED:
        return "这项修改已经办结。"
    if post_for(user, Permission.PARAMETER_SIGN, change.unit) is None:
        return "由领导小组组长复核，您现在的岗位不能复核。"
    if change.proposed_by_id == user.pk:
        return "提出人不能复核自己的修改，由另一人复核。"
    if change.effect is None:
        return "试算还没有完成，看到影响以后才能签字。"
    if effects.is_stale(change.run):
        return "这次试算由旧版本所做，请团办重新试算；看到影响以后才能签字。"
    if change.from_date <= timezone.localdate():
        return "生效日期已到，不能再签字同意；请不同意，由提出人另定日期重新提出。"
    return ""


def effect_lines(user: User, run: ScreeningRun, move: Move) -> QuerySet[RunLine]:
    """The households a simulation moves in one way, of those a person may see, the most urgent first."""
    rows = RunLine.objects.visible_to(user).filter(run=run, move=move)
    return rows.select_related("household__unit").order_by("-score", "-pk")


def affected_lines(user: User, run: ScreeningRun) -> QuerySet[RunLine]:
    """The households a simulation moves in any way, of those a person may see: entered, left, moved, then by urgency."""
    rows = RunLine.objects.visible_to(user).filter(run=run, move__in=effects.TOLD)
    return rows.select_related("household__unit").order_by("move", "-score", "-pk")


def tried_by(run: ScreeningRun) -> dict[str, str]:
    """What a simulation set otherwise than it is in force: name -> value as a person writes it."""
    base = versions.book_on(run.unit, run.as_of)
    if run.policy != base.policy.id:
        return {versions.POLICY: run.policy}
    return {
        name: value
        for name, value in run.parameters.items()
        if base.series(name).read(value) != base.parameters.get(name)
    }


def is_in_force(change: ParameterChange, day: date) -> bool:
    """Whether a signed change holds already."""
    return change.state == ChangeState.SIGNED and change.from_date <= day
