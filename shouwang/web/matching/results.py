"""部门成效: what became of the rows and the reports of each department, side by side for the office."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.access import step_up
from shouwang.accounts.origin import Origin
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import holds
from shouwang.casework.queries.precision import DepartmentResults, department_results
from shouwang.casework.queries.reports import BECAME
from shouwang.registry.models import RowOutcome
from shouwang.web.forms import ReasonForm
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.sheets import download
from shouwang.web.tables import Cell, Column, Empty, Row, Table

_ROWS = (
    "部门", "文件", "上报行数", "对上的", "没有变化或重复", "待判定", "不是本团的人", "退回", "其中人工判定",
)  # fmt: skip
_REPORTS = ("部门", "通报", *BECAME.values(), "属实率")


@needs(Permission.SOURCE_VIEW)
def department_page(request: PersonalRequest) -> HttpResponse:
    """部门成效：部门看本部门的，团办看各部门的。"""
    found = department_results(request.user)
    context = {
        "rows": _table("上报的资料", _ROWS, [_sent(one) for one in found], "不含已撤销的文件。"),
        "reports": _table("通报的线索", _REPORTS, [_told(one) for one in found], "属实率 = 已确认纳入 ÷ 已有结果。"),
        "export_url": reverse("web:department_results_export") if holds(request.user, Permission.EXPORT) else "",
        "now": timezone.now(),
    }
    return render(request, "matching/results.html", context)


@needs(Permission.EXPORT)
@step_up
def department_export(request: PersonalRequest) -> HttpResponse:
    """导出部门成效；写明用途，记入审计。"""
    form = ReasonForm(request.POST if request.method == "POST" else None)
    found = department_results(request.user)
    if request.method == "POST" and form.is_valid():
        return _file(request, found, form.cleaned_data["reason"])
    return render(request, "matching/results_export.html", {"form": form, "count": len(found)})


def _file(request: PersonalRequest, found: Sequence[DepartmentResults], reason: str) -> HttpResponse:
    columns = [(heading, 16) for heading in (*_ROWS, *_REPORTS[1:])]
    rows = [[*_sent(one), *_told(one)[1:]] for one in found]
    about = [
        ("导出人", f"{request.user.display_name}（{request.user.username}）"), ("岗位", str(request.user.acting_post or "")),
        ("导出时间", timezone.now()), ("用途", reason), ("行数", len(rows)), ("请求号", Origin.here().request_id),
        ("口径", "属实率 = 已确认纳入 ÷ 已有结果（已确认纳入、不立案、已立案未纳入）；筛查产生的线索不归任何一个部门。"),
    ]  # fmt: skip
    made = download("部门成效", columns, rows, about)
    audit.note(by=request.user, verb="results.exported", count=len(rows), reason=reason)
    return made


def _sent(one: DepartmentResults) -> list[Any]:
    rows = one.rows
    same = rows[RowOutcome.DUPLICATE] + rows[RowOutcome.UNCHANGED]
    return [
        one.unit.name, one.batches, one.sent, one.taken, same, one.waiting, rows[RowOutcome.REFUSED],
        rows[RowOutcome.REJECTED], one.by_hand,
    ]  # fmt: skip


def _told(one: DepartmentResults) -> list[Any]:
    share = f"{one.percent}%（{one.right}/{one.decided}）" if one.decided else "还没有结果"
    return [one.unit.name, one.reports.total(), *(one.reports[name] for name in BECAME), share]


def _table(title: str, headings: Sequence[str], rows: Sequence[Sequence[Any]], note: str) -> Table:
    first, *others = headings
    columns = [Column(first), *(Column(heading, "number") for heading in others)]
    cells = [[Cell(f"{value:,}" if isinstance(value, int) else value) for value in row] for row in rows]
    nothing = Empty("没有可看的部门", "您的岗位所在单位下没有登记部门，请联系系统管理员核对单位名录。")
    return Table(title, columns, [Row(row) for row in cells], empty=nothing, note=note)
