"""One batch: what became of its rows, whether it is what one would expect, what to do next, and who did what."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import holds
from shouwang.registry.batch_changes import changed_since, told
from shouwang.registry.batch_steps import work_of
from shouwang.registry.batch_stops import like_of, like_words, others_words, stops_of
from shouwang.registry.feeds import feed_of_batch
from shouwang.registry.models import BadRowsBook, BatchState, SourceBatch
from shouwang.registry.models.batch import BAD, WORKING
from shouwang.registry.queries import bad_rows_of, batch_for, effect_of, may_send, outcomes_now
from shouwang.registry.queries.likeness import former_batches
from shouwang.web.files.forms import ConfirmForm
from shouwang.web.files.likeness import like_table
from shouwang.web.files.rows import rows_table, tabs_of
from shouwang.web.files.told import comparison, counts_table, facts, mapped, timeline
from shouwang.web.files.words import state_tag
from shouwang.web.guard import PersonalRequest, needs

_VIEW = (Permission.SOURCE_VIEW, Permission.SOURCE_UPLOAD)
_SHOWN = (BatchState.STAGED, BatchState.PUBLISHING, BatchState.CONFIRMED, BatchState.UNDONE)
_TITLES = {BatchState.QUEUED: "等待读取", BatchState.READING: "正在读取", BatchState.PUBLISHING: "正在入库"}


@needs(*_VIEW)
def batch(request: PersonalRequest, uuid: str) -> HttpResponse:
    """一批文件：预览、确认、撤销、经过。"""
    return page(request, batch_for(request.user, uuid))


@needs(*_VIEW)
def job(request: PersonalRequest, uuid: str) -> HttpResponse:
    """读到哪里了，要改的行准备到哪里了；办完了就让页面重新打开。"""
    found = batch_for(request.user, uuid)
    book = bad_rows_of(request.user, found) if found.state not in WORKING else None
    response = render(request, "ui/job.html", {"job": bad_rows_job(found, book) if book else job_of(found)})
    if found.state not in WORKING and not (book and book.is_waiting):
        response["HX-Refresh"] = "true"
    return response


def page(request: PersonalRequest, found: SourceBatch, form: ConfirmForm | None = None) -> HttpResponse:
    """The page of a batch; with a form that was not filled in right, that form again."""
    user = request.user
    mine = may_send(user, found)
    context: dict[str, Any] = {
        "batch": found, "feed": feed_of_batch(found), "state": state_tag(found), "mine": mine, "facts": facts(found),
        "events": timeline(found), "problem": work_of(found).problem,
    }  # fmt: skip
    if found.state in WORKING:
        context["job"] = job_of(found)
    if found.state in _SHOWN and found.counts:
        context |= _preview(request, found)
        book = bad_rows_of(user, found)
        context["book"] = book
        if book and book.is_waiting and found.state not in WORKING:
            context["book_job"] = bad_rows_job(found, book)
    if found.state == BatchState.STAGED and mine:
        context |= _asked(user, found, form)
    if found.state == BatchState.CONFIRMED:
        context |= {"effect": effect_of(found), "may_screen": holds(user, Permission.SCREENING_RUN)}
        context["may_match"] = holds(user, Permission.MATCH_DECIDE)
    return render(request, "files/batch.html", context)


def confirm_form(found: SourceBatch, data: Any = None) -> ConfirmForm:
    """What has to be answered before this batch counts."""
    if found.state != BatchState.STAGED:
        return ConfirmForm(data, stops=[])
    return ConfirmForm(data, stops=stops_of(found), others=others_words(found) if like_of(found) else "")


def _asked(user: User, found: SourceBatch, form: ConfirmForm | None) -> dict[str, Any]:
    """Before a batch counts: what to look at first. Where the comparison is old, only that it is to be made again."""
    if changed := changed_since(found):
        return {"changed": told(changed, user), "form": ConfirmForm(stops=[])}
    asked: dict[str, Any] = {"stops": stops_of(found), "form": form or confirm_form(found)}
    if like_of(found):
        asked |= {"like": like_words(found), "former": former_batches(user, found)}
    return asked


def _preview(request: PersonalRequest, found: SourceBatch) -> dict[str, Any]:
    outcomes, user = outcomes_now(found), request.user
    bad = sum(outcomes[one] for one in BAD)
    like = like_of(found) if found.state == BatchState.STAGED else 0
    asked = request.GET.get("show", "like" if like else "bad" if bad else "all")
    shown = like_table(user, found, request.GET) if like and asked == "like" else None
    return {
        "outcomes": outcomes, "bad": bad, "counts": counts_table(found, outcomes), "comparison": comparison(found),
        "mapped": mapped(found), "tabs": tabs_of(found, outcomes, asked, like),
        "table": shown or rows_table(user, found, asked, request.GET), "unclear": outcomes["unmatched"] + outcomes["ambiguous"],
    }  # fmt: skip


def bad_rows_job(found: SourceBatch, book: BadRowsBook) -> dict[str, Any]:
    """How far the workbook of bad rows is, for `ui/job.html`."""
    begun = book.beat_at is not None
    if not book.is_waiting:
        sentence = "已准备好。" if book.ready_at else book.problem
    elif begun:
        sentence = "从原文件里逐行取出……可以离开这个页面，准备好以后在这里下载。"
    else:
        sentence = "排队等待准备，一般几秒内开始。可以离开这个页面，准备好以后在这里下载。"
    state = ("running" if begun else "waiting") if book.is_waiting else "done" if book.ready_at else "failed"
    return {
        "url": reverse("web:batch_job", args=[found.uuid]), "title": "正在准备要改的行", "done": book.done,
        "total": book.total, "state": state, "sentence": sentence,
    }  # fmt: skip


def job_of(found: SourceBatch) -> dict[str, Any]:
    """How far the worker is, for `ui/job.html`."""
    work, state = work_of(found), BatchState(found.state)
    if state == BatchState.QUEUED:
        sentence = "排队等待读取，一般几秒内开始。可以离开这个页面，读完后在“上报过的文件”里看。"
    else:
        sentence = f"{work.progress or '准备'}……可以离开这个页面，不影响办理。"
    running = "waiting" if state == BatchState.QUEUED else "running" if state in WORKING else "done"
    return {
        "url": reverse("web:batch_job", args=[found.uuid]), "title": _TITLES.get(state, state.label), "done": work.done,
        "total": work.total, "state": running, "sentence": sentence if state in WORKING else f"现在是“{state.label}”。",
    }  # fmt: skip
