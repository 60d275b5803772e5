"""Accounts and posts, for the three administrators: list, one person, and where each may act."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from shouwang.accounts.models import Post, TotpDevice, User
from shouwang.accounts.queries import visible_units
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import post_for
from shouwang.web.administration.forms import PeopleFilter
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.nav import address_of
from shouwang.web.paging import Keyset
from shouwang.web.tables import Cell, Column, Empty, Row, Table, Tag
from shouwang.web.templatetags.ui import day, masked, masked_phone, moment

BY_NAME = Keyset("username")
#: What may be done to an account: permission, page, label.
ACTS = (
    (Permission.POST_GRANT, "web:post_grant", "授予岗位"),
    (Permission.PASSWORD_RESET, "web:password_reset", "重置密码"),
    (Permission.FACTOR_RESET, "web:factor_reset", "重置动态口令"),
    (Permission.ACCOUNT_MANAGE, "web:account_disable", "停用账号"),
)


@needs(Permission.ACCOUNT_VIEW)
def people(request: PersonalRequest) -> HttpResponse:
    """账号管理：我管辖单位的账号。"""
    user = request.user
    form = PeopleFilter(request.GET, units=visible_units(user))
    page = BY_NAME.page(_asked_for(User.objects.visible_to(user).select_related("unit"), form.values), request.GET)
    may_open = post_for(user, Permission.ACCOUNT_MANAGE, user.acting_post.unit) if user.acting_post else None
    return render(request, "people/list.html", {"form": form, "table": _table(page), "may_open": may_open})


@needs(Permission.ACCOUNT_VIEW)
def person(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """一个账号：资料、岗位、我能办的事。"""
    shown = visible_person(request.user, uuid)
    posts = list(shown.posts.select_related("unit", "ended_by", "granted_by").order_by("-starts_on", "-pk"))
    context = {
        "shown": shown,
        "facts": _facts(shown),
        "posts": [(post, _may_end(request.user, post)) for post in posts],
        "acts": [
            {"url": reverse(name, args=[shown.uuid]), "label": label}
            for permission, name, label in ACTS
            if shown.is_active and post_for(request.user, permission, shown.unit)
        ],
        "is_self": shown.pk == request.user.pk,
    }
    return render(request, "people/person.html", context)


def visible_person(user: User, uuid: UUID) -> User:
    """Somebody in the territory of the post; 404 for anybody else."""
    found: User = get_object_or_404(User.objects.visible_to(user).select_related("unit"), uuid=uuid)
    return found


def _asked_for(rows: QuerySet[User], values: dict[str, Any]) -> QuerySet[User]:
    current = Post.objects.current().filter(user=OuterRef("pk"))
    if name := values.get("name"):
        rows = rows.filter(Q(username__startswith=name.strip().lower()) | Q(display_name__contains=name.strip()))
    if unit := values.get("unit"):
        rows = rows.filter(unit=unit)
    if role := values.get("role"):
        rows = rows.filter(Exists(current.filter(role=role)))
    states = {
        "active": Q(is_active=True),
        "new": Q(is_active=True, must_change_password=True),
        "idle": Q(is_active=True) & ~Q(Exists(current)),
        "closed": Q(is_active=False),
    }
    return rows.filter(states.get(values.get("state", ""), Q()))


def _table(page: Any) -> Table:
    posts: dict[int, list[str]] = {}
    for post in Post.objects.current().filter(user__in=page.rows).select_related("unit"):
        posts.setdefault(post.user_id, []).append(str(post))
    bound = set(TotpDevice.objects.filter(user__in=page.rows, confirmed=True).values_list("user_id", flat=True))
    rows = [
        Row(
            [
                Cell(one.display_name, note=one.username),
                Cell(one.unit.name),
                Cell("、".join(posts.get(one.pk, [])) or "没有现任岗位"),
                Cell("已绑定" if one.pk in bound else "未绑定"),
                Cell(moment(one.last_login) if one.last_login else "从未登录"),
                Cell(tag=_state(one)),
            ],
            url=address_of("web:person", one.uuid),
        )
        for one in page.rows
    ]
    columns = [Column("姓名"), Column("单位"), Column("现任岗位")]
    columns += [Column(label, "short") for label in ("动态口令", "最近登录", "状态")]
    return Table("账号", columns, rows, page, Empty("没有符合条件的账号", "请放宽查询条件。"))


def _state(user: User) -> Tag:
    if not user.is_active:
        return Tag("已停用")
    return Tag("尚未首次登录") if user.must_change_password and not user.last_login else Tag("在用", "brand")


def _facts(user: User) -> list[dict[str, str]]:
    bound = TotpDevice.objects.filter(user=user, confirmed=True).exists()
    values = (
        ("用户名", user.username),
        ("所属单位", user.unit.name),
        ("身份证号", masked(user.citizen_number)),
        ("手机号", masked_phone(user.phone)),
        ("账号状态", _state(user).text),
        ("动态口令", "已绑定" if bound else "未绑定"),
        ("密码设置于", f"{day(user.password_changed_at)}{'，须在下次登录时改' if user.must_change_password else ''}"),
        ("最近登录", moment(user.last_login) if user.last_login else "从未登录"),
        ("开设于", day(user.created_at)),
    )
    return [{"label": label, "value": value} for label, value in values]


def _may_end(user: User, post: Post) -> bool:
    over = post.ended_at is not None or post.ends_on < timezone.localdate()
    return not over and post_for(user, Permission.POST_GRANT, post.unit) is not None
