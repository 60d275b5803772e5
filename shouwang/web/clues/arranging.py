"""安排走访 for several clues at once. Deciding against a case is done one by one, never for a whole page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from shouwang.accounts.roles import Permission
from shouwang.casework import actions, queries
from shouwang.casework.errors import CaseworkError
from shouwang.casework.models import Clue
from shouwang.web.clues.forms import ArrangeForm
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.paging import Keyset

#: No more than one page of the list.
MOST = Keyset().size


@needs(Permission.CLUE_REPORT)
@require_POST
def arrange(request: PersonalRequest) -> HttpResponse:
    """给选中的线索安排走访：先看一遍选了哪些，再一次写明安排。"""
    clues = list(queries.arrangeable(request.user, _picked(request.POST.getlist("picked"))))
    if not clues:
        messages.warning(request, "没有选中可以安排的线索。请在待处理或已分办的线索里选。")
        return redirect("web:clues")
    form = ArrangeForm(request.POST if "note" in request.POST else None)
    if form.is_bound and form.is_valid():
        return _arranged(request, clues, form.cleaned_data)
    context = {"form": form, "clues": clues, "heads": queries.heads_of([clue.household_id for clue in clues])}
    return render(request, "clues/arrange.html", context, status=422 if form.is_bound else 200)


def _picked(texts: list[str]) -> list[UUID]:
    """The ids that read; anything else was not picked on our page."""
    found = []
    for text in texts[:MOST]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _arranged(request: PersonalRequest, clues: list[Clue], asked: dict[str, Any]) -> HttpResponse:
    """Each clue is an act of its own: those somebody else was quicker with are named, the others are done."""
    done = 0
    for clue in clues:
        try:
            actions.triage_clue(by=request.user, clue=clue, **asked)
            done += 1
        except CaseworkError as error:
            messages.warning(request, f"户{clue.household.number}：{error}")
    if done:
        messages.success(request, f"已给 {done} 条线索安排走访。")
    return redirect("web:clues")
