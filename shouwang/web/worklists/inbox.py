"""待办: what there is to do, by kind, the most urgent first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import holds
from shouwang.casework import queries
from shouwang.casework.queries.tasks import PAGE, SOURCES, Counts, Task
from shouwang.web.cases.words import due_tag
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.paging import Page
from shouwang.web.tables import Cell, Column, Empty, Row, Table
from shouwang.web.templatetags.ui import day
from shouwang.web.worklists.places import place_of
from shouwang.web.worklists.tabs import Tab

P = Permission
#: Whoever does anything in the procedure, with clues or with files.
WORKERS = (
    P.CASE_ASSESS, P.CASE_SUBMIT, P.VISIT_RECORD, P.CASE_DECLARE, P.COMPARISON_ANSWER, P.COMPARISON_RUN, P.ONSITE_CHECK,
    P.CASE_CONFIRM, P.CASE_FILE, P.FILING_RECEIVE, P.INSPECT, P.PARAMETER_SIGN, P.SOURCE_UPLOAD,
)  # fmt: skip
OTHERS = (("已办", "web:done"), ("我经手的", "web:touched"), ("超期", "web:overdue"))


@needs(*WORKERS)
def inbox(request: PersonalRequest) -> HttpResponse:
    """待办：需要我处理的事，做什么，何时到期。"""
    mine = queries.inbox_of(request.user)
    kind = request.GET.get("kind", "")
    kind = kind if kind in SOURCES else ""
    context = {
        "total": mine.whole.total,
        "overdue": mine.whole.overdue,
        "tabs": _tabs(mine.counts, kind),
        "table": _table(mine, request.GET, kind),
        "ways": ways(request.user),
    }
    return render(request, "worklists/inbox.html", context)


def task_table(tasks: Sequence[Task], title: str, page: Page[Task] | None = None) -> Table:
    """Tasks as rows: what it is, what to do next, where, by when."""
    rows = [
        Row(
            [Cell(f"{task.title} {task.head}".strip(), note=task.about), Cell(task.todo), Cell(task.unit), _due(task)],
            place_of(task),
        )
        for task in tasks
    ]
    columns = [Column("事项"), Column("下一步做什么"), Column("单位"), Column("期限", "short")]
    empty = Empty("没有等您处理的事", "轮到您办的步骤、新的线索和要复核的事，会自动出现在这里。")
    return Table(title, columns, rows, page, empty)


def ways(user: User) -> list[dict[str, str]]:
    """The other lists of one's own work."""
    if not holds(user, P.CASE_VIEW):
        return []
    return [{"label": label, "url": reverse(name)} for label, name in OTHERS]


def _table(mine: queries.Inbox, query: QueryDict, kind: str) -> Table:
    number = int(query["page"]) if query.get("page", "").isdecimal() and len(query["page"]) < 5 else 1
    total = (mine.counts[kind] if kind else mine.whole).total
    number = max(1, min(number, -(-total // PAGE) or 1))
    tasks = mine.tasks(kind, limit=PAGE, offset=(number - 1) * PAGE)
    page: Page[Task] = Page(
        tasks,
        _address(kind, number + 1) if number * PAGE < total else "",
        _address(kind, number - 1) if number > 1 else "",
        total,
    )
    return task_table(tasks, SOURCES[kind].title if kind else "全部待办", page)


def _tabs(counts: dict[str, Counts], kind: str) -> list[Tab]:
    """全部, then each kind there is anything of."""
    whole = Tab("全部", sum(one.total for one in counts.values()), _address("", 1), not kind)
    kinds = [
        Tab(source.title, counts[name].total, _address(name, 1), name == kind)
        for name, source in SOURCES.items()
        if counts[name].total or name == kind
    ]
    return [whole, *kinds]


def _address(kind: str, number: int) -> str:
    query = QueryDict(mutable=True)
    if kind:
        query["kind"] = kind
    if number > 1:
        query["page"] = str(number)
    return f"{reverse('web:inbox')}{'?' if query else ''}{query.urlencode()}"


def _due(task: Task) -> Cell:
    if task.due_on is None:
        return Cell("没有期限", note=_since(task.since))
    return Cell(day(task.due_on), tag=due_tag(task.due_on))


def _since(since: date) -> str:
    days = (timezone.localdate() - since).days
    return f"已等 {days} 天" if days > 0 else ""
