"""Which rows a person may see and where a person may act: by post, default deny (GB/T 22239 访问控制 d–f, ASVS V8).

Scope is equality on three columns (`division`, `regiment`, `company`), never a path prefix. A model declares
`scope = Scope(Permission.…)` and uses `Scoped.as_manager()`; a model that declares nothing cannot be listed at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self, TypeVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from shouwang.accounts.roles import Level, Permission
from shouwang.units.errors import ShouwangError

if TYPE_CHECKING:
    from shouwang.accounts.models import Post, Unit, User

NOTHING = Q(pk__in=[])
EVERYTHING = Q(pk__isnull=False)
#: A department sees every row of its territory (for the unit directory and the like).
ANY_DEPARTMENT = "*"


class AccessDenied(ShouwangError):
    """Answered with 404, not 403: a refusal must not confirm that the thing exists."""

    code = "ACC-01"
    what = "您现在的岗位不能在“{unit}”{permission}。"
    why = "每个岗位只能办理本单位、本职责内的事。"
    do = "如确需办理，请联系安全管理员核对您的岗位和任期。"


class ScopeUndeclared(ShouwangError):
    code = "ACC-02"
    what = "程序错误：{model} 没有声明可见范围，已拒绝列出。"
    do = "请联系开发人员为它声明 scope。"


@dataclass(frozen=True, slots=True)
class Scope:
    """How a model's rows belong to units.

    `via` leads to the row that has the scope columns ("household__"). `department` names the column with the department
    code; without it a department sees no row at all.
    """

    view: Permission
    via: str = ""
    department: str = ""


_Row = TypeVar("_Row", bound=models.Model)


class Scoped(models.QuerySet[_Row]):
    """Rows, and the part of them a person may see."""

    def visible_to(self, user: User | AnonymousUser, permission: Permission | None = None) -> Self:
        """The rows `user` may see, or those where `permission` holds; none unless a current post says so."""
        scope = getattr(self.model, "scope", None)
        if not isinstance(scope, Scope):
            raise ScopeUndeclared(model=self.model._meta.label)
        wanted = permission or scope.view
        reaches = [_reach(post, scope) for post in effective_posts(user) if wanted in post.role_class.permissions]
        return self.filter(reduce(or_, reaches, NOTHING))


def effective_posts(user: User | AnonymousUser, on: date | None = None) -> list[Post]:
    """The posts whose rights count now: the one being acted in, else all current ones.

    Posts of two kinds (business and an administrator, or two administrators) cancel each other: `actions` refuses to
    grant them, and if they exist all the same, nobody may use them.
    """
    if not isinstance(user, AbstractBaseUser) or not user.is_active:
        return []
    acting: Post | None = user.acting_post
    if acting is not None:
        return [acting] if acting.is_current(on) else []
    posts = list(user.posts.current(on).select_related("unit"))
    return posts if len({post.role_class.kind for post in posts}) <= 1 else []


def holds(user: User | AnonymousUser, permission: Permission) -> bool:
    """Whether any place exists where `user` has the permission; for menus and worklists, not for deciding an act."""
    return any(permission in post.role_class.permissions for post in effective_posts(user))


def post_for(user: User | AnonymousUser, permission: Permission, unit: Unit, department: str = "") -> Post | None:
    """The post under which `user` may use a permission at a unit; None where there is no such post."""
    for post in effective_posts(user):
        if permission in post.role_class.permissions and covers(post.unit, unit, department):
            return post
    return None


def require(user: User | AnonymousUser, permission: Permission, unit: Unit, department: str = "") -> Post:
    """The post that allows this act; raises AccessDenied (404) where none does."""
    post = post_for(user, permission, unit, department)
    if post is None:
        raise AccessDenied(unit=unit.name, permission=permission.label, permission_code=permission.value, at=unit)
    return post


def covers(own: Unit, unit: Unit, department: str = "") -> bool:
    """Whether `unit` lies within the territory of a post at `own`.

    A department's territory is that of the unit it belongs to, but only for its own business.
    """
    if own.level == Level.CORPS or own.pk == unit.pk:
        return True
    if own.level == Level.DEPARTMENT:
        return department != "" and department == own.department and _within(_territory(own), unit)
    return _within((own.level, own.pk), unit)


def _territory(department: Unit) -> tuple[str, int | None]:
    """The scope column and value of the unit a department belongs to."""
    if department.regiment_id:
        return Level.REGIMENT, department.regiment_id
    return Level.DIVISION, department.division_id


def _within(territory: tuple[str, int | None], unit: Unit) -> bool:
    level, number = territory
    return number is not None and getattr(unit, f"{Level(level).value}_id") == number


def _reach(post: Post, scope: Scope) -> Q:
    """The rows of a scoped model that one post reaches."""
    own = post.unit
    if own.level == Level.CORPS:
        return EVERYTHING
    if own.level != Level.DEPARTMENT:
        return Q(**{f"{scope.via}{own.level}": own.pk})
    if not scope.department:
        return NOTHING
    level, number = _territory(own)
    mine = Q() if scope.department == ANY_DEPARTMENT else Q(**{scope.department: own.department})
    return Q(**{f"{scope.via}{Level(level).value}": number}) & mine
