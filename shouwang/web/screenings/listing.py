"""The list of screenings, and starting one."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Level, Permission
from shouwang.accounts.scope import AccessDenied, holds
from shouwang.casework import actions, queries
from shouwang.casework.models import Purpose, RunState, ScreeningRun
from shouwang.casework.queries import Heads
from shouwang.registry.queries import batch_for, effect_of
from shouwang.units.errors import ShouwangError
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.nav import address_of
from shouwang.web.paging import Keyset, Page
from shouwang.web.screenings.forms import StartForm
from shouwang.web.screenings.words import heads_words, range_words, state_tag, who
from shouwang.web.tables import Cell, Column, Empty, Row, Table
from shouwang.web.templatetags.ui import count, day, moment

NEWEST = Keyset(newest_first=True, size=20)
_COLUMNS = (
    Column("截至日期"), Column("单位"), Column("范围"), Column("状态", "short"), Column("命中", "number"), Column("疑似", "number"),
    Column("专项", "number"), Column("资料不足", "number"), Column("发起", "short"),
)  # fmt: skip


@needs(Permission.CLUE_VIEW, Permission.SCREENING_RUN)
def screenings(request: PersonalRequest) -> HttpResponse:
    """筛查：历次筛查，最近的在前。"""
    page = NEWEST.page(queries.runs_for(request.user), request.GET)
    context = {
        "table": _table(request.user, page, queries.totals_of(request.user, page.rows)),
        "may_start": holds(request.user, Permission.SCREENING_RUN),
        "own_only": not any(queries.sees_all_of(request.user, run) for run in page.rows),
        "comparable": queries.pair_for(request.user) is not None,
        "unfinished": next((run for run in page.rows if run.state in (RunState.QUEUED, RunState.RUNNING)), None),
    }
    return render(request, "screenings/list.html", context)


@needs(Permission.SCREENING_RUN)
def screening_new(request: PersonalRequest) -> HttpResponse:
    """发起筛查；从一批部门文件来的，先选好只算有变动的户。"""
    batch = batch_for(request.user, request.GET["batch"]) if "batch" in request.GET else None
    form = StartForm(
        request.POST if request.method == "POST" else None, regiments=regiments_of(request.user),
        initial={"purpose": Purpose.CHANGED, "regiment": batch.unit.regiment} if batch else None,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            run = actions.run_screening(by=request.user, **form.cleaned_data)
        except AccessDenied:
            raise
        except ShouwangError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已经排队。可以离开这一页，筛查在后台进行，做完后在“筛查”里看结果。")
            return redirect("web:screening", uuid=run.uuid)
    context = {
        "form": form, "came_from": f"{batch.file_name}，涉及 {count(effect_of(batch).households)} 户" if batch else "",
        "back": reverse("web:batch", args=[batch.uuid]) if batch else reverse("web:screenings"),
    }  # fmt: skip
    return render(request, "screenings/new.html", context, status=422 if form.errors else 200)


def regiments_of(user: User) -> QuerySet[Unit]:
    """The regiments in which a person may start a screening."""
    return Unit.objects.visible_to(user, Permission.SCREENING_RUN).filter(level=Level.REGIMENT, closed_on=None)


def _table(user: User, page: Page[ScreeningRun], totals: Mapping[int, Mapping[str, Heads]]) -> Table:
    rows = [_row(run, totals.get(run.pk, {}), whole=queries.sees_all_of(user, run)) for run in page.rows]
    return Table("历次筛查", _COLUMNS, rows, page, Empty("还没有筛查过", "由团办发起筛查；做完后，结果在这里。"))


def _row(run: ScreeningRun, totals: Mapping[str, Heads], *, whole: bool) -> Row:
    failed = run.progress if run.state != RunState.DONE else ""
    return Row(
        [
            Cell(day(run.as_of)), Cell(run.unit.name), Cell(range_words(run, whole=whole)), Cell(tag=state_tag(run), note=failed),
            *(Cell(heads_words(totals.get(name))) for name in ("met", "suspected", "special", "unknown")),
            Cell(moment(run.created_at), note=who(run)),
        ],
        address_of("web:screening", run.uuid),
    )  # fmt: skip
