"""The list of households, and finding somebody by citizen number."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.accounts.queries import visible_places
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import holds
from shouwang.registry.queries import HouseholdFilter, HouseholdLine, households_for
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.households.forms import HouseholdsFilter, NumberForm
from shouwang.web.households.turning import turned
from shouwang.web.households.words import in_the_home, state_tag
from shouwang.web.nav import address_of
from shouwang.web.paging import Page
from shouwang.web.tables import Cell, Column, Empty, Row, Table
from shouwang.web.templatetags.ui import day

_OPENED, _STATE = "立户日期", "状态"
COLUMNS = (
    Column("户编号"), Column("户主"), Column("单位"), Column("人口", "number"), Column(_OPENED, "short"), Column(_STATE, "short"),
)  # fmt: skip


@needs(Permission.HOUSEHOLD_VIEW)
def households(request: PersonalRequest) -> HttpResponse:
    """户籍台账：我辖区内的户。"""
    user, query = request.user, request.GET
    form = HouseholdsFilter(query, units=visible_places(user))
    found = households_for(user, form.wanted, after=query.get("after", ""), before=query.get("before", ""))
    context = {
        "form": form,
        "table": table_of(turned(found, query), empty(user, form)),
        "may_register": holds(user, Permission.HOUSEHOLD_EDIT),
        "may_search": holds(user, Permission.PERSON_SEARCH),
        "export_url": f"{reverse('web:household_export')}?{query.urlencode()}"
        if holds(user, Permission.EXPORT)
        else "",
    }
    return render(request, "households/list.html", context)


@needs(Permission.PERSON_SEARCH)
def person_search(request: PersonalRequest) -> HttpResponse:
    """按身份证号查人住在哪一户；每次查询都有记录。"""
    form, table = NumberForm(request.POST if request.method == "POST" else None), None
    if request.method == "POST" and form.is_valid():
        wanted = HouseholdFilter(citizen_number=form.cleaned_data["number"], closed=True)
        found = households_for(request.user, wanted)
        nobody = Empty("辖区内没有人登记这个身份证号", "请核对号码；也可能住在别的辖区，或登记时没有填身份证号。")
        table = table_of(Page(list(found.rows), count=found.count), nobody)
    return render(request, "households/search.html", {"form": form, "table": table})


def table_of(page: Page[HouseholdLine], nothing: Empty) -> Table:
    """Lines of the list as the shell's table; a column that would say nothing of any of them is left out."""
    rows = [_row(line) for line in page.rows]
    silent = set()
    if not any(line.household.opened_on for line in page.rows):
        silent.add(_OPENED)
    if not any(line.household.closed_on for line in page.rows):
        silent.add(_STATE)
    columns = [column for column in COLUMNS if column.label not in silent]
    kept = [place for place, column in enumerate(COLUMNS) if column.label not in silent]
    return Table("户", columns, [Row([row.cells[n] for n in kept], row.url) for row in rows], page, nothing)


def empty(user: User, form: HouseholdsFilter) -> Empty:
    """What is said where there is no household: look elsewhere, or begin."""
    if form.in_use:
        return Empty("没有符合条件的户", "请放宽查询条件；姓名可以只写两个字。")
    if holds(user, Permission.HOUSEHOLD_EDIT):
        return Empty(
            "辖区内还没有登记户",
            "可以逐户登记，也可以由管理员用数据包一次装入。",
            reverse("web:household_new"),
            "登记新户",
        )
    return Empty("辖区内还没有登记户", "请联系连队两委或团办登记。")


def _row(line: HouseholdLine) -> Row:
    one = line.household
    cells: list[Any] = [
        Cell(one.number),
        Cell(line.head or "未登记户主", note=in_the_home(line.called)),
        Cell(one.unit.name),
        Cell(f"{line.members} 人"),
        Cell(day(one.opened_on)),
        Cell(tag=state_tag(one)),
    ]
    return Row(cells, url=address_of("web:household", one.uuid))
