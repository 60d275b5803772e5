"""系统状态: the morning round of the system administrator, and the two things to do about it: a backup, a drill."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from shouwang.accounts import backup
from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import holds
from shouwang.casework.queries.condition import Sign, signs
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.home import Tile, contributes
from shouwang.web.tables import Cell, Column, Row, Table, Tag
from shouwang.web.templatetags.ui import moment


@needs(Permission.JOB_VIEW)
def system(request: PersonalRequest) -> HttpResponse:
    """系统状态。"""
    found = signs(request.user)
    facts = {
        "table": _table(found),
        "unwell": [sign.title for sign in found if not sign.well],
        "may_back_up": holds(request.user, Permission.BACKUP_RUN),
        "now": timezone.now(),
    }
    return render(request, "system.html", facts)


@needs(Permission.BACKUP_RUN)
@require_POST
def back_up(request: PersonalRequest) -> HttpResponse:
    """现在备份。"""
    made = backup.make(by=request.user)
    messages.success(request, f"已备份为 {made.name}。请把它和密钥分开，各送一份到本机以外。")
    return redirect("web:system")


@needs(Permission.BACKUP_RUN)
@require_POST
def drill(request: PersonalRequest) -> HttpResponse:
    """恢复演练：把最新的备份恢复到别处，逐表核对，再删除。"""
    messages.success(request, backup.drill(by=request.user).sentence())
    return redirect("web:system")


@contributes
def system_tile(user: User) -> Iterator[Tile]:
    """What is not well, for whoever looks after the machine."""
    if holds(user, Permission.JOB_VIEW):
        unwell = [sign.title for sign in signs(user) if not sign.well]
        note = "、".join(unwell) if unwell else "磁盘、备份、后台任务都正常"
        yield Tile("系统状态", str(len(unwell)), "项要处理", note, reverse("web:system"), order=10)


def _table(found: list[Sign]) -> Table:
    rows = [
        Row(
            [
                Cell(sign.title),
                Cell(tag=Tag("正常", "none") if sign.well else Tag("要处理", "high")),
                Cell(sign.words, note=moment(sign.since) if sign.since else ""),
                Cell(sign.advice or "—"),
            ]
        )
        for sign in found
    ]
    return Table("系统状态", [Column("看什么"), Column("情况", "short"), Column("现状"), Column("怎么办")], rows)
