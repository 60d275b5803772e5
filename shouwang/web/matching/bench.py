"""The comparison workbench: one doubtful row at a time, decided by key, by mouse or by form; the next one follows."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from shouwang.accounts.models import User
from shouwang.accounts.redact import redact
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import AccessDenied, holds
from shouwang.registry.actions import Verdict, decide_match, take_back_match
from shouwang.registry.actions.batches import NotReady
from shouwang.registry.actions.matches import DecidedBefore
from shouwang.registry.models import BatchState, SourceBatch, SourceRow
from shouwang.registry.models.batch import OPEN
from shouwang.registry.queries.finding import Found, find_people
from shouwang.registry.queries.workbench import (
    BatchLine,
    beside,
    compared,
    decisions,
    next_row,
    waits,
    workbench_batch,
    workbench_batches,
    workbench_person,
    workbench_row,
)
from shouwang.units.errors import ShouwangError
from shouwang.web.files.words import feed_title
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.matching.shown import cards, decision_words, file_line, put_off_words
from shouwang.web.tables import Empty

OVER = Empty("没有等待判定的行", "部门上报的文件里再有对不上人的行，会列在这里，也会出现在待办里。")
_VERDICTS = {"nobody": Verdict.NOBODY, "later": Verdict.LATER}


class PersonForm(forms.Form):
    """台账里别的人：姓名或完整身份证号。"""

    text = forms.CharField(
        label="姓名或身份证号", min_length=2, max_length=40,
        help_text="姓名可以只写两个字；身份证号要写全。每次查找都有记录。",
    )  # fmt: skip


@needs(Permission.MATCH_DECIDE)
def matching(request: PersonalRequest) -> HttpResponse:
    """比对工作台：一批里对不上人的行，一行一行判定。"""
    user, query = request.user, request.GET
    if query.get("row"):
        row = workbench_row(user, query["row"])
        if waits(row):
            return _show(request, row.batch, row)
        done = f"已经判定：{decision_words(row)}" if row.outcome not in OPEN else "所在的批次现在不能判定"
        messages.info(request, f"第{row.row}行{done}。")
        return redirect(_address(row.batch))
    if query.get("batch"):
        batch = workbench_batch(user, query["batch"])
    else:
        lines = workbench_batches(user, most=1)
        batch = lines[0].batch if lines else None
    return _show(request, batch, next_row(user, batch) if batch else None)


@needs(Permission.MATCH_DECIDE)
@require_POST
def matching_decide(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """判定一行：是哪个人、都不是，或待查。"""
    user, choice = request.user, request.POST.get("choice", "")
    row = workbench_row(user, uuid)
    try:
        if choice in _VERDICTS:
            row = decide_match(by=user, row=row, verdict=_VERDICTS[choice])
        else:
            person = workbench_person(user, choice) if choice else None
            row = decide_match(by=user, row=row, verdict=Verdict.IS, person=person)
    except AccessDenied:
        raise
    except ShouwangError as error:
        messages.error(request, str(error))
        return _go_on(request, row.batch, None if isinstance(error, (DecidedBefore, NotReady)) else row)
    after = "排到最后，以后再定" if choice == "later" else "判错了可以撤回"
    messages.success(request, f"第{row.row}行：{decision_words(row)}。{after}。")
    return _go_on(request, row.batch)


@needs(Permission.MATCH_DECIDE)
@require_POST
def matching_take_back(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """撤回对一行的判定，这一行重新等人判定。"""
    user, row = request.user, workbench_row(request.user, uuid)
    try:
        row = take_back_match(by=user, row=row, decided_at=parse_datetime(request.POST.get("decided_at", "")))
    except AccessDenied:
        raise
    except ShouwangError as error:
        messages.error(request, str(error))
        return _go_on(request, row.batch)
    messages.success(request, f"已撤回第{row.row}行的判定，不再计入；请重新判定。")
    return _go_on(request, row.batch, row)


@needs(Permission.PERSON_SEARCH)
@require_POST
def matching_find(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """候选的都不像时，在全团台账里查别的人。"""
    row = workbench_row(request.user, uuid)
    form = PersonForm(request.POST, auto_id=_ids(row))
    found = find_people(request.user, form.cleaned_data["text"], row.batch.unit) if form.is_valid() else None
    return _show(request, row.batch, row, form, found)


def _address(batch: SourceBatch | None, row: SourceRow | None = None) -> str:
    """Where a batch, or one row of it, is on the workbench."""
    wanted = {"batch": str(batch.uuid)} if batch else {}
    if row is not None:
        wanted["row"] = str(row.uuid)
    return f"{reverse('web:matching')}?{urlencode(wanted)}"


def _go_on(request: PersonalRequest, batch: SourceBatch, row: SourceRow | None = None) -> HttpResponse:
    """The given row again, else the next: put into the page where a script asked, a page of its own otherwise."""
    address = _address(batch, row)
    if not _partly(request):
        return redirect(address)
    shown = workbench_row(request.user, row.uuid) if row else next_row(request.user, batch)
    response = _show(request, batch, shown)
    response["HX-Replace-Url"] = address
    return response


def _show(
    request: PersonalRequest, batch: SourceBatch | None, row: SourceRow | None, form: PersonForm | None = None,
    found: Found | None = None,
) -> HttpResponse:  # fmt: skip
    partly, user = _partly(request), request.user
    context: dict[str, Any] = {"partly": partly, "batch": batch, "lines": workbench_batches(user)}
    context |= {"over": OVER, "rest": _rest(context["lines"])}
    context["left"] = next((line for line in context["lines"] if batch and line.batch.pk == batch.pk), None)
    if batch is not None:
        context |= _about(user, batch)
    if row is not None:
        context |= _beside(user, row, form, found)
    status = 422 if form is not None and form.errors and not partly else 200
    return render(request, "matching/bench.html" if partly else "matching/matching.html", context, status=status)


def _rest(lines: list[BatchLine]) -> Empty:
    """This batch is done, others wait."""
    url = _address(lines[0].batch) if lines else ""
    return Empty("这一批都判定完了", f"还有 {len(lines)} 批等待判定。", url, "看下一批")


def _about(user: User, batch: SourceBatch) -> dict[str, Any]:
    """The batch in words, and what was decided in it last; the key u takes back the newest of one's own."""
    done = decisions(user, batch)
    mine = next((row.pk for row in done if row.decided_by_id == user.pk), None)
    return {
        "title": feed_title(batch),
        "counts_now": batch.state == BatchState.CONFIRMED,
        "done": [{"row": row, "words": decision_words(row), "key": "u" if row.pk == mine else ""} for row in done],
    }


def _beside(user: User, row: SourceRow, form: PersonForm | None, found: Found | None) -> dict[str, Any]:
    """The row, the people it may be about, and those somebody looked up."""
    shown = compared(row)
    there = {one.person.pk for one in shown.candidates}
    more = [one for one in found.people if one.pk not in there] if found else []
    return {
        "row": row,
        "why": redact(row.reason),
        "put_off": put_off_words(row),
        "facts": file_line(shown),
        "cards": cards(shown.candidates),
        "found": found,
        "found_cards": cards(beside(row, more), first=len(shown.candidates)),
        # What was looked for is not written back: it may be a whole citizen number.
        "find": form if form is not None and form.errors else PersonForm(auto_id=_ids(row)),
        "may_find": holds(user, Permission.PERSON_SEARCH),
    }


def _ids(row: SourceRow) -> str:
    """The fields of each row have ids of their own: the next row's are new to the page."""
    return f"row-{row.row}-%s"


def _partly(request: HttpRequest) -> bool:
    """Whether a script asked for the part of the page that changes."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"
