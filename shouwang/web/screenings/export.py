"""Taking a list of a screening, of two compared, or of a simulation out as Excel: a fresh proof, a purpose, a record (GB/T 35273 7.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.access import step_up
from shouwang.accounts.origin import Origin
from shouwang.accounts.queries import visible_places
from shouwang.accounts.roles import Permission
from shouwang.casework import queries
from shouwang.casework.models import ScreeningRun
from shouwang.web.forms import ReasonForm
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.screenings import comparing, lines
from shouwang.web.screenings.forms import LinesFilter
from shouwang.web.screenings.page import book_of, the_run
from shouwang.web.sheets import LARGEST, SheetFull, download
from shouwang.web.templatetags.ui import day


@dataclass(frozen=True)
class Wanted:
    """A list to be taken out: what it is called, its columns and rows, and which conditions it follows."""

    title: str
    run: ScreeningRun
    columns: Sequence[tuple[str, int]]
    rows: Iterable[Sequence[Any]]
    count: int
    conditions: str
    back: str
    #: The part of the site it belongs to, and what the audit trail calls it.
    top: str = "筛查"
    verb: str = "screening.exported"

    @property
    def top_url(self) -> str:
        return reverse("web:screenings" if self.top == "筛查" else "web:rulebook")


@needs(Permission.EXPORT)
@step_up
def screening_export(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """导出一次筛查的名单，内容随查询条件。"""
    run = the_run(request.user, uuid)
    form = LinesFilter(request.GET, units=visible_places(request.user), rules=book_of(run).rules)
    found = queries.lines_for(request.user, run, form.wanted)
    back = f"{reverse('web:screening', args=[run.uuid])}?{request.GET.urlencode()}"
    conditions = f"截至{day(run.as_of)}的筛查，{form.told}"
    return export(
        request,
        Wanted("筛查名单", run, lines.SHEET, lines.sheet_rows(found, form.titles), found.count(), conditions, back),
    )


@needs(Permission.EXPORT)
@step_up
def screening_compare_export(request: PersonalRequest) -> HttpResponse:
    """导出两次筛查的对照：新进、退出、数字有变的都在一张表里。"""
    form, pair = comparing.asked(request)
    if pair is None:
        return render(request, "screenings/nothing_to_compare.html", {"back": reverse("web:screenings")})
    wanted = queries.LineFilter(unit=form.values.get("unit"))
    count = sum(heads.households for heads in queries.move_totals(pair.by_unit(request.user, wanted)).values())
    conditions = (
        f"先：截至{day(pair.before.as_of)}（{day(pair.before.created_at)}发起）；后：截至{day(pair.after.as_of)}"
        f"（{day(pair.after.created_at)}发起）；{wanted.unit.name if wanted.unit else '辖区内全部单位'}"
    )
    back = f"{reverse('web:screening_compare')}?{request.GET.urlencode()}"
    rows = comparing.sheet_rows(pair, request.user, wanted)
    return export(request, Wanted("筛查对照", pair.after, comparing.SHEET, rows, count, conditions, back))


def export(request: PersonalRequest, wanted: Wanted) -> HttpResponse:
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _file(request, wanted, form.cleaned_data["reason"])
    context = {"wanted": wanted, "form": form, "action": request.get_full_path()}
    return render(request, "screenings/export.html", context, status=422 if form.errors else 200)


def _file(request: PersonalRequest, wanted: Wanted, reason: str) -> HttpResponse:
    if wanted.count > LARGEST:
        raise SheetFull(title=wanted.title, limit=LARGEST)
    user = request.user
    about = [
        ("名单", wanted.title), ("条件", wanted.conditions), ("结果指纹", wanted.run.result_sha256),
        ("导出人", f"{user.display_name}（{user.username}）"), ("岗位", str(user.acting_post or "")),
        ("导出时间", timezone.now()), ("用途", reason), ("行数", wanted.count), ("请求号", Origin.here().request_id),
        ("提醒", "内有个人信息，只作上述用途，用后删除。"),
    ]  # fmt: skip
    made = download(wanted.title, wanted.columns, wanted.rows, about)
    audit.note(
        by=user, verb=wanted.verb, target=wanted.run, unit=wanted.run.unit, count=wanted.count, reason=reason,
        filter=wanted.conditions,
    )  # fmt: skip
    return made
