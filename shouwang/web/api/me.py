"""Who am I here: the person, the post acted in, what it allows; and what there is to do."""

from __future__ import annotations

from datetime import date
from typing import Any

from ninja import Router, Schema
from pydantic import Field

from shouwang.accounts.scope import effective_posts
from shouwang.casework import queries
from shouwang.web.api.entry import Caller, needed
from shouwang.web.api.parts import Size, UnitShape, Words
from shouwang.web.worklists.inbox import WORKERS

router = Router(tags=["本人"])


class PostShape(Schema):
    """岗位。"""

    role: str
    title: str = Field(description="角色名称")
    unit: UnitShape
    ends_on: date = Field(description="任期至")


class Me(Schema):
    """本人。"""

    name: str
    username: str
    post: PostShape | None = Field(description="正在使用的岗位；没有岗位什么也看不到")
    permissions: list[str] = Field(description="可以办的事；用令牌时比网页少")
    by_token: bool = Field(description="是否用访问令牌")


class TaskShape(Schema):
    """一件待办。"""

    kind: str
    title: str
    todo: str = Field(description="下一步做什么")
    about: str
    unit: str
    since: date = Field(description="从何日起等办")
    due_on: date | None = Field(description="期限")
    overdue: bool
    at: list[str] = Field(description="在哪里办：种类和编号，如 case、七团-2020-1")


class Worklist(Schema):
    """待办。"""

    counts: dict[str, int] = Field(description="各类件数")
    overdue: int = Field(description="其中超期")
    rows: list[TaskShape]


@router.get("/me", response=Me, summary="本人、岗位和权限")
def me(request: Caller) -> dict[str, Any]:
    user, post = request.user, request.user.acting_post
    allowed = {one.value for held in effective_posts(user) for one in held.role_class.permissions}
    shape = (
        {"role": post.role, "title": post.role_class.title, "unit": post.unit, "ends_on": post.ends_on}
        if post
        else None
    )
    return {
        "name": user.display_name, "username": user.username, "post": shape, "permissions": sorted(allowed),
        "by_token": bool(post and post.through_token),
    }  # fmt: skip


@router.get("/worklist", response=Worklist, summary="待办")
def worklist(request: Caller, kind: Words = "", limit: Size = 50) -> dict[str, Any]:
    """由办理记录推出，最急的在前；`kind` 只看一类。"""
    user = request.user
    needed(user, *WORKERS)
    mine = queries.inbox_of(user)
    return {
        "counts": {name: one.total for name, one in mine.counts.items()},
        "overdue": mine.whole.overdue,
        "rows": mine.tasks(kind, limit=limit),
    }
