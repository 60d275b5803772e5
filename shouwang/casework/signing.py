"""Who may sign what: the right post, not a relative, not somebody who did a step that must be kept apart."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q
from django.utils import timezone

from shouwang.accounts.models import Post, Unit, User
from shouwang.accounts.queries import is_own_household, kinship_with
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import covers as post_covers
from shouwang.accounts.scope import effective_posts, require
from shouwang.casework.desk import Desk
from shouwang.casework.errors import LateNeedsReason, MustBeApart, MustRecuse, TooEarly, WrongDay, WrongSigner
from shouwang.casework.models import Signature
from shouwang.policy.procedure import Door, Signer, Step
from shouwang.policy.procedure_json import Limit
from shouwang.registry.models import Household, Membership


def post_for(user: User, signers: Iterable[Signer], unit: Unit) -> Post | None:
    """The post under which a person may sign at a unit."""
    wanted = tuple(signers)
    for post in effective_posts(user):
        for signer in wanted:
            held = Permission(signer.permission) in post.role_class.permissions
            if held and post.unit.level == signer.level and post_covers(post.unit, unit):
                return post
    return None


def may_sign(user: User, desk: Desk, item: Step | Door) -> Post:
    """The post for a step or door. Raises AccessDenied outside one's units, else what says why not."""
    post = post_for(user, item.signers, desk.unit)
    if post is None:
        require(user, Permission.CASE_VIEW, desk.unit)
        raise WrongSigner(step=item.title, who="或".join(dict.fromkeys(signer.title for signer in item.signers)))
    if isinstance(item, Door) or item.recuse:
        recuse(user, desk.case.household)
    if isinstance(item, Step):
        keep_apart(user, desk, item)
    return post


def keep_apart(user: User, desk: Desk, step: Step) -> None:
    """Raises MustBeApart where the person signed, in any round, a step whose signers may not sign this one."""
    signed = Signature.objects.filter(
        record__case=desk.case, user=user, record__step__in=desk.procedure.apart_from(step.id)
    )
    other = signed.select_related("record").order_by("pk").first()
    if other is not None:
        raise MustBeApart(step=step.title, other=desk.procedure.by_id[other.record.step].title)


def recuse(user: User, household: Household) -> None:
    """Raises MustRecuse for one's own household, declared relatives, and people one shares or shared a household with."""
    reason = why_recuse(user, household)
    if reason:
        raise MustRecuse(why_kin=reason)


def why_recuse(user: User, household: Household) -> str:
    """Why a person may not act on a household; empty where nothing speaks against it."""
    members = current_members(household)
    indexes = set(members.values_list("person__citizen_index", flat=True)) - {""}
    if is_own_household(user, indexes):
        return "这是您本人所在的户"
    kin = kinship_with(user, indexes)
    if kin is not None:
        return f"户内有您申报的亲属（{kin.get_relation_display()}）"
    if user.citizen_index:
        mine = Membership.objects.filter(person__citizen_index=user.citizen_index, superseded_at=None)
        shared = members.filter(person__memberships__household__in=mine.values("household"))
        if shared.filter(person__memberships__superseded_at=None).exists():
            return "户内有人曾与您同户"
    return ""


def current_members(household: Household):  # type: ignore[no-untyped-def]
    """Who belongs to a household today."""
    today = timezone.localdate()
    still = Q(left_on=None) | Q(left_on__gt=today)
    return Membership.objects.filter(still, household=household, superseded_at=None)


def check_day(desk: Desk, step: Step, on: date) -> None:
    """Raises where a step is dated before those it follows, or before the time it must wait is over."""
    for entry in step.after:
        earlier = desk.state.standing[entry.partition(":")[0]]
        if on < earlier.on:
            other = desk.procedure.by_id[earlier.step].title
            raise WrongDay(day=on, reason=f"早于“{other}”的日期{earlier.on}")
    earliest = desk.earliest(step)
    if earliest is not None and on < earliest:
        assert step.wait is not None
        raise TooEarly(step=step.title, earliest=earliest, limit=desk.limit(step.wait[1]).label)


def check_lag(on: date, late_reason: str, limit: Limit) -> None:
    """Raises for a day to come, and for a day long past without a reason (T6 back-dating)."""
    lag = (timezone.localdate() - on).days
    if lag < 0:
        raise WrongDay(day=on, reason="还没有到")
    if lag > limit.amount and not late_reason.strip():
        raise LateNeedsReason(day=on, lag=lag, limit=limit.words())
