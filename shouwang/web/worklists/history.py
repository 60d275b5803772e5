"""已办, 我经手的, and 超期: what was done, by whom it is held up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.accounts.queries import visible_places
from shouwang.accounts.roles import Permission
from shouwang.casework import queries
from shouwang.casework.models import OpenStep, StepRecord
from shouwang.casework.queries.units import at
from shouwang.casework.versions import frozen
from shouwang.web.cases.words import due_tag, status_tag, titles
from shouwang.web.clues.words import ACT_WORDS
from shouwang.web.forms import FilterForm, UnitField
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.nav import address_of
from shouwang.web.paging import Keyset
from shouwang.web.tables import Cell, Column, Empty, Row, Table, Tag
from shouwang.web.templatetags.ui import day, moment
from shouwang.web.worklists.tabs import Tab

NEWEST = Keyset("pk", newest_first=True)
LONGEST_OVERDUE = Keyset("due_on")


class OverdueFilter(FilterForm):
    unit = UnitField(label="单位", empty_label="全部单位")
    step = forms.ChoiceField(label="步骤")

    def __init__(self, *args: Any, units: QuerySet[Any], steps: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["step"].choices = [("", "全部步骤"), *steps.items()]  # type: ignore[attr-defined]


@needs(Permission.CASE_VIEW)
def done(request: PersonalRequest) -> HttpResponse:
    """已办：我签过字的步骤，我处理过的线索。"""
    steps, acts = queries.done_by(request.user), queries.clue_acts_by(request.user)
    of_clues = request.GET.get("of") == "clues"
    address = reverse("web:done")
    tabs = [
        Tab("个案步骤", steps.count(), address, not of_clues),
        Tab("线索", acts.count(), f"{address}?of=clues", of_clues),
    ]
    table = _acts(acts, request) if of_clues else _records(steps, request)
    return render(request, "worklists/list.html", {
        "heading": "已办", "lead": "您签过字的步骤和处理过的线索，不论后来怎样。", "tabs": tabs, "tabs_label": "已办的种类",
        "table": table,
    })  # fmt: skip


@needs(Permission.CASE_VIEW)
def touched(request: PersonalRequest) -> HttpResponse:
    """我经手的：我在其中签过字的个案。"""
    page = NEWEST.page(queries.touched_by(request.user), request.GET)
    heads = queries.heads_of([case.household_id for case in page.rows])
    rows = [
        Row(
            [
                Cell(case.number, note=f"户{case.household.number} {heads.get(case.household_id, '')}"),
                Cell(case.household.unit.name), Cell(tag=status_tag(case)), Cell(day(case.opened_on)),
            ],
            address_of("web:case", case.number),
        )
        for case in page.rows
    ]  # fmt: skip
    columns = [Column("个案"), Column("单位"), Column("状态", "short"), Column("立案日期", "short")]
    table = Table("我经手的个案", columns, rows, page, Empty("还没有经手的个案", "您在个案里签过字，它就会列在这里。"))
    context = {"heading": "我经手的", "lead": "您在其中签过字的个案，不论现在由谁办。", "table": table}
    return render(request, "worklists/list.html", context)


@needs(Permission.CASE_VIEW)
def overdue(request: PersonalRequest) -> HttpResponse:
    """超期：辖区内过了期限还没有办的步骤，该谁办。"""
    user = request.user
    form = OverdueFilter(request.GET, units=visible_places(user), steps=queries.steps_in_use(user))
    rows: QuerySet[OpenStep] = queries.overdue(user)
    if unit := form.values.get("unit"):
        rows = rows.filter(at(unit, "case__"))
    if step := form.values.get("step"):
        rows = rows.filter(step=step)
    page = LONGEST_OVERDUE.page(rows, request.GET)
    columns = [Column("个案"), Column("单位"), Column("卡在哪一步"), Column("该谁办"), Column("期限", "short")]
    empty = Empty("没有超期的步骤", "过了期限还没有办的步骤会列在这里。")
    table = Table("超期的步骤", columns, [_late(row) for row in page.rows], page, empty)
    return render(request, "worklists/list.html", {
        "heading": "超期", "lead": "您辖区内过了期限还没有办的步骤，超得最久的在前。", "form": form, "table": table,
    })  # fmt: skip


def _records(rows: QuerySet[StepRecord], request: PersonalRequest) -> Table:
    page = NEWEST.page(rows.prefetch_related("case__version"), request.GET)
    columns = [Column("个案"), Column("步骤"), Column("结果"), Column("单位"), Column("录入时间", "short")]
    return Table(
        "签过字的步骤", columns, [_record(row) for row in page.rows], page,
        Empty("还没有办过的步骤", "您签过字的步骤会列在这里。"),
    )  # fmt: skip


def _record(row: StepRecord) -> Row:
    item = frozen(row.case.version).procedure.by_id[row.step]
    way = next((way.label for way in getattr(item, "ways", ()) if way.id == row.way), "")
    return Row(
        [
            Cell(row.case.number, note=f"户{row.case.household.number}"), Cell(item.title), Cell(way or "已办"),
            Cell(row.case.household.unit.name), Cell(moment(row.recorded_at)),
        ],
        address_of("web:case", row.case.number),
    )  # fmt: skip


def _acts(rows: QuerySet[Any], request: PersonalRequest) -> Table:
    page = NEWEST.page(rows, request.GET)
    lines = [
        Row(
            [
                Cell(f"户{act.clue.household.number}"), Cell(tag=Tag(ACT_WORDS.get(act.verb, act.verb))),
                Cell(act.reason or "—"), Cell(act.clue.household.unit.name), Cell(moment(act.at)),
            ],
            address_of("web:clue", act.clue.uuid),
        )
        for act in page.rows
    ]  # fmt: skip
    columns = [Column("线索"), Column("办理", "short"), Column("理由或安排"), Column("单位"), Column("时间", "short")]
    empty = Empty("还没有处理过的线索", "您立案、安排走访或写明不立案的线索会列在这里。")
    return Table("处理过的线索", columns, lines, page, empty)


def _late(row: OpenStep) -> Row:
    step = frozen(row.case.version).procedure.step(row.step)
    assert step is not None
    return Row(
        [
            Cell(row.case.number, note=f"户{row.case.household.number}"), Cell(row.case.household.unit.name),
            Cell(step.title), Cell(titles(step.signers)), Cell(day(row.due_on), tag=due_tag(row.due_on)),
        ],
        address_of("web:case", row.case.number),
    )  # fmt: skip
