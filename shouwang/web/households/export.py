"""Exporting the list, or a table of the data package that may be changed and sent back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from shouwang.accounts.access import step_up
from shouwang.accounts.origin import Origin
from shouwang.accounts.queries import visible_places
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import AccessDenied, holds
from shouwang.registry.actions import export_table
from shouwang.registry.actions.exports import Export
from shouwang.registry.queries import HouseholdFilter, households_for
from shouwang.terms.tables import Column, Type
from shouwang.units.errors import ShouwangError
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.households.forms import ExportForm, HouseholdsFilter
from shouwang.web.sheets import LARGEST, Fen, download

_WIDTHS = {Type.ID_NUMBER: 22, Type.MONEY: 14, Type.DATE: 12, Type.QUARTER: 10, Type.YES_NO: 10}


@needs(Permission.EXPORT)
@step_up
def household_export(request: PersonalRequest) -> HttpResponse:
    """导出名册或数据表，内容随列表的查询条件。"""
    user = request.user
    asked = HouseholdsFilter(request.GET, units=visible_places(user))
    form = ExportForm(
        request.POST if request.method == "POST" else None, may_unmask=holds(user, Permission.PERSON_UNMASK),
        initial={"table": "list"},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            made = export_table(by=user, wanted=asked.wanted, limit=LARGEST, **form.cleaned_data)
        except AccessDenied:
            raise
        except ShouwangError as error:
            form.add_error(None, str(error))
        else:
            return _file(request, made, asked, form)
    count = households_for(user, asked.wanted, size=1)
    conditions = _conditions(asked)
    context = {"form": form, "conditions": conditions, "count": count, "query": request.GET.urlencode()}
    return render(request, "households/export.html", context)


def _file(request: PersonalRequest, made: Export, asked: HouseholdsFilter, form: ExportForm) -> HttpResponse:
    about = [
        ("导出人", f"{request.user.display_name}（{request.user.username}）"),
        ("岗位", str(request.user.acting_post or "")),
        ("导出时间", timezone.now()),
        ("条件", _conditions(asked)),
        ("用途", form.cleaned_data["reason"]),
        ("行数", made.count),
        ("请求号", Origin.here().request_id),
        ("提醒", "内有个人信息，只作上述用途，用后删除。"),
    ]
    columns = [(column.header, _WIDTHS.get(column.type, 16)) for column in made.columns]
    return download(made.title, columns, _cells(made.columns, made.rows), about)


def _cells(columns: Sequence[Column], rows: Iterator[Sequence[Any]]) -> Iterator[list[Any]]:
    money = [column.type is Type.MONEY for column in columns]
    for row in rows:
        yield [Fen(value) if is_money else value for value, is_money in zip(row, money, strict=True)]


def _conditions(asked: HouseholdsFilter) -> str:
    wanted: HouseholdFilter = asked.wanted
    told = [
        wanted.unit.name if wanted.unit else "辖区内全部单位",
        f"姓名含“{wanted.name}”" if wanted.name else "",
        f"户编号以“{wanted.number}”开头" if wanted.number else "",
        "含已销户" if wanted.closed else "不含已销户",
    ]
    return "，".join(part for part in told if part)
