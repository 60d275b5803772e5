"""Granting and ending posts (GB/T 22239 访问控制 d, 安全管理中心 三员分立)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.actions.people import NotOnOneself
from shouwang.accounts.actions.permit import permit
from shouwang.accounts.audit import Actor
from shouwang.accounts.models import Post, Unit, User
from shouwang.accounts.roles import ROLES, Level, Permission, Role
from shouwang.units.errors import ShouwangError

#: Terms are renewed, not forgotten.
LONGEST_TERM = timedelta(days=3 * 366)


class UnknownRole(ShouwangError):
    code = "POS-01"
    what = "没有名为“{role}”的角色。"
    do = "请从角色清单中选择。"


class RoleNotHere(ShouwangError):
    code = "POS-02"
    what = "“{role}”不能设在“{unit}”（{level}）。"
    do = "这个角色只能设在：{allowed}。"


class KindsMixed(ShouwangError):
    code = "POS-03"
    what = "{name}已是{held}，不能再任{role}。"
    why = "系统、安全、审计三类管理员必须互相独立，也不能兼任业务岗位，否则无人能监督。"
    do = "请换人，或先终止原有岗位。"


class TermWrong(ShouwangError):
    code = "POS-04"
    what = "任期 {starts_on} 至 {ends_on} 不可用。"
    do = "止期不能早于起期和今天，一次任期最长三年。"


class PostAlreadyOver(ShouwangError):
    code = "POS-05"
    what = "这个岗位已经终止或任期已满，无需再终止。"


class PostAlreadyHeld(ShouwangError):
    code = "POS-06"
    what = "{name}在{starts_on}至{ends_on}期间已任{role}。"
    do = "如需延长，请让新任期从原任期届满的次日开始。"


@transaction.atomic
def grant_post(*, by: Actor, user: User, role: type[Role] | str, unit: Unit, starts_on: date, ends_on: date) -> Post:
    """Give a person a role at a unit for a term."""
    allowed = permit(by, Permission.POST_GRANT, unit)
    wanted = _role(role)
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if isinstance(by, User) and by.pk == user.pk:
        raise NotOnOneself(what_for="授予岗位")
    check_place(wanted, unit)
    _check_term(starts_on, ends_on)
    _check_company(user, wanted, unit, starts_on, ends_on)
    post = Post(user=user, role=wanted.code, unit=unit, starts_on=starts_on, ends_on=ends_on)
    post.granted_by = by if isinstance(by, User) else None
    post.save(force_insert=True)
    audit.record(
        by=by, post=allowed, verb="post.granted", target=post, user=user.username, role=wanted.code, starts_on=starts_on,
        ends_on=ends_on,
    )  # fmt: skip
    return post


@transaction.atomic
def end_post(*, by: Actor, post: Post, reason: str) -> Post:
    """End a post at once; its rights are gone with the next request."""
    allowed = permit(by, Permission.POST_GRANT, post.unit)
    post = Post.objects.select_for_update(of=("self",), no_key=True).select_related("unit", "user").get(pk=post.pk)
    if post.ended_at is not None or post.ends_on < timezone.localdate():
        raise PostAlreadyOver()
    post.ended_at = timezone.now()
    post.ended_by = by if isinstance(by, User) else None
    post.save(update_fields=["ended_at", "ended_by"])
    audit.record(
        by=by, post=allowed, verb="post.ended", target=post, user=post.user.username, role=post.role, reason=reason
    )
    return post


def _role(role: type[Role] | str) -> type[Role]:
    if not isinstance(role, str):
        return role
    if role not in ROLES:
        raise UnknownRole(role=role)
    return ROLES[role]


def check_place(role: type[Role], unit: Unit) -> None:
    if unit.level not in role.levels or unit.closed_on is not None:
        allowed = "、".join(level.label for level in Level if level in role.levels)
        raise RoleNotHere(role=role.title, unit=unit.name, level=Level(unit.level).label, allowed=allowed)


def _check_term(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on or ends_on < timezone.localdate() or ends_on - starts_on > LONGEST_TERM:
        raise TermWrong(starts_on=starts_on, ends_on=ends_on)


def _check_company(user: User, role: type[Role], unit: Unit, starts_on: date, ends_on: date) -> None:
    """Refuse duties that exclude each other, today or later, and the same post twice at once."""
    for held in user.posts.filter(ended_at=None, ends_on__gte=timezone.localdate()).select_related("unit"):
        if held.role_class.kind != role.kind:
            raise KindsMixed(name=user.display_name, held=held.role_class.title, role=role.title)
        same = held.role == role.code and held.unit_id == unit.pk
        if same and held.starts_on <= ends_on and starts_on <= held.ends_on:
            raise PostAlreadyHeld(name=user.display_name, role=held, starts_on=held.starts_on, ends_on=held.ends_on)
