"""Who comes and who goes: birth, marriage, moving, death. Every change has its date."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.actions.permit import permit
from shouwang.accounts.audit import Actor
from shouwang.accounts.roles import Permission
from shouwang.registry.actions.belonging import (
    Newcomer,
    RelationUnknown,
    check_relation,
    close,
    leave,
    open_members,
    present,
    supersede,
    welcome,
)
from shouwang.registry.actions.locking import hold, not_before, not_future, person_of, touched
from shouwang.registry.models import Change, ChangeKind, Household, Membership
from shouwang.registry.models.household import ARRIVALS, DEPARTURES, HEAD
from shouwang.terms.tables import RELATIONS
from shouwang.units.errors import ShouwangError


class KindWrong(ShouwangError):
    code = "REG-41"
    what = "“{kind}”不能用来{what_for}。"
    do = "可选：{allowed}。"


class HeadNeeded(ShouwangError):
    code = "REG-45"
    what = "{member} 是户主，离开后这一户没有户主。"
    do = "请指定一位留下的成员为新户主。"


class HeadAlready(ShouwangError):
    code = "REG-46"
    what = "{member} 本来就是户主。"


class HeadStaysHead(ShouwangError):
    code = "REG-47"
    what = "{member} 是户主，改了关系这一户就没有户主。"
    do = "要换户主，请办理“更换户主”。"


@transaction.atomic
def add_member(
    *,
    by: Actor,
    household: Household,
    newcomer: Newcomer,
    kind: ChangeKind,
    on: date,
    reason: str = "",
    version: int | None = None,
) -> Membership:
    """Somebody joins: born, married in, moved in."""
    household = hold(household, version)
    allowed = permit(by, Permission.HOUSEHOLD_EDIT, household.unit)
    _check_kind(kind, ARRIVALS, "登记新成员")
    not_future(on, "加入日期")
    not_before(on, household.opened_on, "立户日期")
    membership = welcome(household, newcomer, on)
    not_before(on, membership.person.birth_date, "出生日期")
    touched(household)
    _remember(household, kind, on, membership, reason, by)
    audit.record(
        by=by, post=allowed, verb="member.added", target=household, member=membership.member_number, kind=str(kind),
        on=on, reason=reason,
    )  # fmt: skip
    return membership


@transaction.atomic
def remove_member(
    *,
    by: Actor,
    membership: Membership,
    kind: ChangeKind,
    on: date,
    reason: str = "",
    new_head: Membership | None = None,
    version: int | None = None,
) -> Membership:
    """Somebody leaves: died, married out, moved away. The last one to leave closes the household."""
    household = hold(membership.household, version)
    allowed = permit(by, Permission.HOUSEHOLD_EDIT, household.unit)
    _check_kind(kind, DEPARTURES, "登记离开")
    not_future(on, "离开日期")
    membership = present(membership, household)
    not_before(on, membership.joined_on, "加入日期")
    staying = open_members(household).exclude(pk=membership.pk)
    if membership.relation == HEAD and staying and new_head is None:
        raise HeadNeeded(member=membership.person.name)
    leave(membership, on)
    if kind == ChangeKind.DEATH:
        membership.person.died_on = on
        membership.person.save(update_fields=["died_on"])
    if new_head is not None and membership.relation == HEAD:
        supersede(present(new_head, household), relation=HEAD)
    _remember(household, kind, on, membership, reason, by)
    if staying:
        touched(household)
    else:
        close(household, on, by)
    audit.record(
        by=by, post=allowed, verb="member.removed", target=household, member=membership.member_number, kind=str(kind),
        on=on, reason=reason,
    )  # fmt: skip
    return membership


@transaction.atomic
def change_relation(
    *, by: Actor, membership: Membership, relation: str, reason: str, version: int | None = None
) -> Membership:
    """Correct how somebody is related to the head; the former row stays, superseded."""
    household = hold(membership.household, version)
    allowed = permit(by, Permission.HOUSEHOLD_EDIT, household.unit)
    membership = present(membership, household)
    check_relation(household, relation, besides=membership)
    if membership.relation == HEAD and relation != HEAD:
        raise HeadStaysHead(member=membership.person.name)
    was, membership = membership.relation, supersede(membership, relation=relation)
    touched(household)
    _remember(household, ChangeKind.CORRECTED, timezone.localdate(), membership, reason, by)
    audit.record(
        by=by, post=allowed, verb="member.corrected", target=household, member=membership.member_number, before=was,
        after=relation, reason=reason,
    )  # fmt: skip
    return membership


@transaction.atomic
def change_head(
    *,
    by: Actor,
    household: Household,
    new_head: Membership,
    former_relation: str,
    reason: str,
    version: int | None = None,
) -> Membership:
    """Another member becomes 户主; the former one stays, related to them as said. The others are corrected one by one."""
    household = hold(household, version)
    allowed = permit(by, Permission.HOUSEHOLD_EDIT, household.unit)
    new_head = present(new_head, household)
    if new_head.relation == HEAD:
        raise HeadAlready(member=new_head.person.name)
    if former_relation not in RELATIONS or former_relation == HEAD:
        raise RelationUnknown(relation=former_relation)
    for former in open_members(household).filter(relation=HEAD):
        supersede(former, relation=former_relation)
    new_head = supersede(new_head, relation=HEAD)
    touched(household)
    _remember(household, ChangeKind.CORRECTED, timezone.localdate(), new_head, f"更换户主：{reason}"[:400], by)
    audit.record(
        by=by, post=allowed, verb="head.changed", target=household, member=new_head.member_number,
        former=former_relation, reason=reason,
    )  # fmt: skip
    return new_head


def _check_kind(kind: ChangeKind, allowed: tuple[ChangeKind, ...], what_for: str) -> None:
    if kind not in allowed:
        labels = "、".join(ChangeKind(one).label for one in allowed)
        raise KindWrong(kind=ChangeKind(kind).label, what_for=what_for, allowed=labels)


def _remember(household: Household, kind: ChangeKind, on: date, membership: Membership, reason: str, by: Actor) -> None:
    Change(
        household=household, kind=kind, occurred_on=on, membership=membership, reason=reason, recorded_by=person_of(by)
    ).save()
