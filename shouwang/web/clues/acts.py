"""What is done with a clue, each on a page that asks once and says what follows. The actions decide who may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import AccessDenied
from shouwang.casework import actions, queries
from shouwang.casework.models import Clue
from shouwang.units.errors import ShouwangError
from shouwang.web.cases.words import due_tag
from shouwang.web.clues.forms import DeclineForm, DismissForm, MergeForm, OpenForm, TriageForm
from shouwang.web.clues.page import BUTTONS, the_clue
from shouwang.web.clues.words import WAITING
from shouwang.web.guard import PersonalRequest, needs


@dataclass(frozen=True, slots=True)
class ClueAction:
    """One way to deal with a clue: its form, what follows, and the action itself."""

    form: type[forms.Form]
    lead: str
    done: str
    act: Callable[..., Any]
    grave: bool = False


def _merge(*, by: User, clue: Clue, number: str, reason: str, seen: int | None) -> Clue:
    """Into the waiting clue of a household given by its number."""
    waiting = queries.clue_list(by, gone=True).filter(state__in=WAITING, household__number=number.strip())
    into = waiting.first()
    if into is None:
        raise NoSuchClue(number=number)
    return actions.merge_clue(by=by, clue=clue, into=into, reason=reason, seen=seen)


class NoSuchClue(ShouwangError):
    code = "CLU-05"
    what = "您管辖的单位里，没有户编号为“{number}”的待办线索。"
    do = "请核对户编号；那一户的线索须是待处理或已分办的。"


ACTS = {
    "open": ClueAction(
        OpenForm, "立案后进入程序的第一步：本人申报，或记录不愿申报。", "已立案。", actions.open_case_from_clue
    ),
    "triage": ClueAction(
        TriageForm, "线索留在单上，到走访日期提醒。", "已安排走访，线索留在单上。", actions.triage_clue
    ),
    "decline": ClueAction(
        DeclineForm, "没有本人申报就不能上报；线索留在单上，到日子再去一次。", "已记录不愿申报，到期再次走访。", actions.record_refusal
    ),
    "merge": ClueAction(MergeForm, "两条线索说的是同一件事，例如分户前后的两户。", "已并入。", _merge),
    "dismiss": ClueAction(
        DismissForm, "核查清楚、确实不该立案的才办。", "已办理为不立案；同样的事实不会再次产生线索。", actions.dismiss_clue, grave=True
    ),
}  # fmt: skip


@needs(Permission.CLUE_REPORT, Permission.CASE_DECLARE)
def clue_act(request: PersonalRequest, uuid: UUID, act: str) -> HttpResponse:
    """办理一条线索。"""
    if act not in ACTS:
        raise Http404("没有这种办理。")
    clue, chosen = the_clue(request.user, uuid), ACTS[act]
    form = chosen.form(
        request.POST if request.method == "POST" else None, initial={"seen": clue.revision, "revisit_on": clue.due_on}
    )
    if request.method != "POST":
        if act not in queries.clue_page(request.user, clue).may:
            messages.warning(request, f"这条线索现在不能办理“{BUTTONS[act]}”。")
            return redirect("web:clue", uuid=uuid)
        return _ask(request, clue, act, form)
    if not form.is_valid():
        return _ask(request, clue, act, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _do(request, clue, act, form)


def _do(request: PersonalRequest, clue: Clue, act: str, form: forms.Form) -> HttpResponse:
    chosen = ACTS[act]
    try:
        made = chosen.act(by=request.user, clue=clue, **form.cleaned_data)
    except AccessDenied:
        raise
    except ShouwangError as error:
        form.add_error(None, str(error))
        return _ask(request, clue, act, form, HTTPStatus(getattr(error, "status", HTTPStatus.UNPROCESSABLE_ENTITY)))
    if act == "open":
        messages.success(request, f"{chosen.done}编号 {made.number}，下一步：取得本人申报，或记录不愿申报。")
        return redirect("web:case", made.number)
    messages.success(request, chosen.done)
    return redirect("web:clue", uuid=clue.uuid)


def _ask(
    request: PersonalRequest, clue: Clue, act: str, form: forms.Form, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    context = {
        "clue": clue, "heading": BUTTONS[act], "chosen": ACTS[act], "form": form, "due_tag": due_tag(clue.due_on),
        "head": queries.heads_of([clue.household_id]).get(clue.household_id, ""),
    }  # fmt: skip
    return render(request, "clues/act.html", context, status=status)
