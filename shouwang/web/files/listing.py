"""部门文件: what is to be delivered and when, and every file delivered so far."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from shouwang.accounts.models import User
from shouwang.accounts.roles import Level, Permission
from shouwang.accounts.scope import effective_posts, holds
from shouwang.policy.feed import DEPARTMENT_NAMES, STANDARD
from shouwang.registry.models import BatchState, SourceBatch
from shouwang.registry.queries import FeedLine, batch_list, feed_lines
from shouwang.web.files.words import feed_title, state_tag
from shouwang.web.forms import FilterForm
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.nav import address_of
from shouwang.web.paging import Keyset, Page
from shouwang.web.tables import Cell, Column, Empty, Row, Table, Tag
from shouwang.web.templatetags.ui import count, day, moment

_NEWEST = Keyset(newest_first=True, size=30)


class BatchesFilter(FilterForm):
    """Conditions over the files delivered so far."""

    department = forms.ChoiceField(label="部门", choices=[("", "全部部门"), *DEPARTMENT_NAMES.items()])
    feed = forms.ChoiceField(label="资料")
    state = forms.ChoiceField(label="状态", choices=[("", "全部"), *BatchState.choices])

    def __init__(self, *args: Any, feeds: list[tuple[str, str]], of_office: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["feed"].choices = [("", "全部资料"), *feeds]  # type: ignore[attr-defined]
        if not of_office:
            del self.fields["department"]


@needs(Permission.SOURCE_VIEW, Permission.SOURCE_UPLOAD)
def sources(request: PersonalRequest) -> HttpResponse:
    """部门文件：该报什么、报了没有、以前报过什么。"""
    user = request.user
    lines, of_office = feed_lines(user), in_office(user)
    known = [(line.feed.id, line.feed.title) for line in lines]
    standard = [(feed.id, feed.title) for feed in STANDARD.values()] if of_office else []
    form = BatchesFilter(request.GET, feeds=known + standard, of_office=of_office)
    page = _NEWEST.page(batch_list(user, **form.values), request.GET)
    context = {
        "form": form,
        "of_office": of_office,
        "late": sum(line.late for line in lines),
        "feeds": feeds_table(lines, of_office=of_office),
        "standard": standard if holds(user, Permission.SOURCE_UPLOAD) else [],
        "table": history(page, of_office=of_office),
    }
    return render(request, "files/list.html", context)


def in_office(user: User) -> bool:
    """Whether somebody acts for the whole regiment and not for one department."""
    return any(
        post.unit.level != Level.DEPARTMENT and Permission.SOURCE_VIEW in post.role_class.permissions
        for post in effective_posts(user)
    )


def feeds_table(lines: list[FeedLine], *, of_office: bool) -> Table:
    """One row a feed, the late ones told."""
    columns = [
        Column("资料"), *([Column("部门")] if of_office else []), Column("什么时候报"), Column("上次上报", "short"),
        Column("情况", "short"),
    ]  # fmt: skip
    rows = [
        Row(
            [
                Cell(line.feed.title, note=line.feed.purpose),
                *([Cell(line.unit.name)] if of_office else []),
                Cell(line.feed.cadence.words),
                Cell(day(line.delivered) if line.delivered else "还没有报过"),
                Cell(tag=Tag("到期未报", "high") if line.late else Tag("正常", "none" if line.delivered else "plain")),
            ],
            address_of("web:source_feed", line.feed.id),
        )
        for line in lines
    ]
    nothing = Empty("没有要上报的资料", "您的岗位只能看已经上报的文件。")
    return Table("要上报的资料", columns, rows, empty=nothing, note="点资料名称下载模板、上报文件。")


def history(page: Page[SourceBatch], *, of_office: bool) -> Table:
    """Files delivered so far, the newest first."""
    columns = [
        Column("文件"), Column("资料"), *([Column("上报单位")] if of_office else []), Column("上报时间", "short"),
        Column("读入", "number"), Column("计入", "number"), Column("要处理", "number"), Column("状态", "short"),
    ]  # fmt: skip
    empty = Empty(
        "还没有上报过文件", "由各部门登录上报，团办公室也可以代传；上报以后，每个文件读了多少行、退回多少行都列在这里。"
    )
    return Table("上报过的文件", columns, [_batch_row(one, of_office) for one in page.rows], page, empty)


def _batch_row(batch: SourceBatch, of_office: bool) -> Row:
    steps = list(batch.steps.all())
    told = batch.counts
    taken = told.get("matched", 0) + told.get("accepted", 0)
    bad = sum(told.get(name, 0) for name in ("rejected", "unmatched", "ambiguous"))
    cells = [
        Cell(batch.file_name), Cell(feed_title(batch)), *([Cell(batch.unit.name)] if of_office else []),
        Cell(moment(steps[0].at) if steps else "—", note=steps[0].by.display_name if steps and steps[0].by else ""),
        Cell(count(told.get("read")) if told else "—"), Cell(count(taken) if told else "—"),
        Cell(count(bad) if told else "—"), Cell(tag=state_tag(batch)),
    ]  # fmt: skip
    return Row(cells, address_of("web:batch", batch.uuid))
