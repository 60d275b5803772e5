"""The list of cases: found by status, step, unit, number or name; the next limit of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from shouwang.accounts.models import Unit, User
from shouwang.accounts.queries import visible_places
from shouwang.accounts.roles import Permission
from shouwang.casework import queries
from shouwang.casework.models import Case, CaseStatus
from shouwang.registry.queries import beside_heads
from shouwang.web.cases.words import due_tag, status_tag, until
from shouwang.web.forms import FilterForm, UnitField
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.households.words import in_the_home, noted
from shouwang.web.nav import address_of
from shouwang.web.paging import Keyset
from shouwang.web.tables import Cell, Column, Empty, Row, Table
from shouwang.web.templatetags.ui import day

NEWEST = Keyset("pk", newest_first=True)
COLUMNS = [
    Column("个案"), Column("连队"), Column("状态", "short"), Column("现在该办"), Column("这一步时限", "short"),
    Column("全程时限", "short"), Column("立案", "short"),
]  # fmt: skip


class CaseFilterForm(FilterForm):
    """Conditions over the list; statuses say how many there are."""

    text = forms.CharField(label="个案、户编号或姓名", max_length=60)
    status = forms.ChoiceField(label="状态")
    step = forms.ChoiceField(label="环节")
    unit = UnitField(label="单位", empty_label="全部单位")
    overdue = forms.ChoiceField(label="时限")

    def __init__(self, data: Any, *, user: User, counts: dict[str, int]) -> None:
        super().__init__(data)
        self.fields["unit"].queryset = visible_places(user)  # type: ignore[attr-defined]
        statuses = [(one.value, f"{one.label}（{counts.get(one.value, 0):,}）") for one in CaseStatus]
        self.fields["status"].choices = [("", "全部"), *statuses]  # type: ignore[attr-defined]
        self.fields["step"].choices = [("", "全部环节"), *queries.steps_in_use(user).items()]  # type: ignore[attr-defined]
        late = f"超期（{counts['overdue']:,}）"
        self.fields["overdue"].choices = [("", "全部"), ("yes", late)]  # type: ignore[attr-defined]


@needs(Permission.CASE_VIEW)
def cases(request: PersonalRequest) -> HttpResponse:
    """个案。"""
    counts = queries.case_counts(request.user)
    form = CaseFilterForm(request.GET, user=request.user, counts=counts)
    wanted = _wanted(form.values)
    page = NEWEST.page(queries.find_cases(request.user, wanted), request.GET, _known(wanted, counts))
    homes = [case.household_id for case in page.rows]
    heads = queries.heads_of(homes)
    called = beside_heads(wanted.text, homes, heads)
    to_do = queries.next_steps_of(page.rows)
    rows = [
        _row(case, to_do.get(case.pk, []), heads.get(case.household_id, ""), called.get(case.household_id, ()))
        for case in page.rows
    ]
    empty = (
        Empty("没有符合条件的个案") if form.in_use else Empty("还没有个案", "线索立案或本人申报后，个案会出现在这里。")
    )
    table = Table("个案", COLUMNS, rows, page, empty)
    return render(request, "cases/list.html", {"form": form, "table": table})


def _wanted(values: dict[str, Any]) -> queries.CaseFilter:
    unit: Unit | None = values.get("unit")
    return queries.CaseFilter(
        values.get("status", ""), values.get("step", ""), unit, bool(values.get("overdue")), values.get("text", "")
    )


def _known(wanted: queries.CaseFilter, counts: dict[str, int]) -> int | None:
    """How many there are, where the counts by status say so."""
    if wanted != queries.CaseFilter(wanted.status):
        return None
    return sum(counts.get(one.value, 0) for one in CaseStatus if wanted.status in ("", one.value))


def _row(case: Case, opened: Sequence[queries.NextStep], head: str, called: tuple[str, ...]) -> Row:
    first = next((step.due_on for step in opened if step.due_on), None)
    running = case.status == CaseStatus.ACTIVE
    whole = due_tag(case.due_on, running=running)
    return Row(
        [
            Cell(head or f"户 {case.household.number}", note=noted(case.number, in_the_home(called))),
            Cell(case.household.unit.name, note=f"户 {case.household.number}"),
            Cell(tag=status_tag(case)),
            Cell("、".join(step.title for step in opened) or "—"),
            Cell(until(first) if first else "—", tag=due_tag(first)),
            Cell("" if whole else "—", tag=whole),
            Cell(day(case.opened_on)),
        ],
        url=address_of("web:case", case.number),
    )
