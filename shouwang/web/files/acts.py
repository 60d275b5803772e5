"""Letting a batch count, and taking it out again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from shouwang.accounts.roles import Permission
from shouwang.registry.actions import confirm_batch, undo_batch
from shouwang.registry.actions.batches import NotReady
from shouwang.registry.batch_stops import stops_of
from shouwang.registry.models import BatchState
from shouwang.registry.models.batch import GONE, TAKEN
from shouwang.registry.queries import batch_for, effect_of
from shouwang.web.files.batch import page
from shouwang.web.files.forms import ConfirmForm, UndoForm
from shouwang.web.files.words import state_tag
from shouwang.web.guard import PersonalRequest, needs

#: So few rows are posted while the person waits; anything more is the worker's.
AT_ONCE_ROWS = 1_000


@needs(Permission.SOURCE_UPLOAD)
def batch_confirm(request: PersonalRequest, uuid: str) -> HttpResponse:
    """确认入库；只接受提交，打开这个地址则回到这一批。"""
    found = batch_for(request.user, uuid)
    if request.method != "POST":
        return redirect("web:batch", uuid=uuid)
    stops = stops_of(found) if found.state == BatchState.STAGED else []
    form = ConfirmForm(request.POST, stops=stops)
    if not form.is_valid():
        return page(request, found, form)
    many = found.rows.filter(outcome__in=TAKEN).count() > AT_ONCE_ROWS
    done = confirm_batch(by=request.user, batch=found, reason=form.cleaned_data.get("reason", ""), later=many)
    if done.state == BatchState.CONFIRMED:
        messages.success(request, "已入库，从现在起计入台账。")
    return redirect("web:batch", uuid=uuid)


@needs(Permission.SOURCE_UPLOAD)
def batch_undo(request: PersonalRequest, uuid: str) -> HttpResponse:
    """撤销整批：先看会撤掉什么，再写原因。"""
    found = batch_for(request.user, uuid)
    if found.state in GONE:
        raise NotReady(state=BatchState(found.state).label, act="撤销")
    form = UndoForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            undo_batch(by=request.user, batch=found, reason=form.cleaned_data["reason"])
        except NotReady as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "已撤销，这一批的内容不再计入；文件改好后可以再上报。")
        return redirect("web:batch", uuid=uuid)
    counted = found.state == BatchState.CONFIRMED
    context = {
        "batch": found, "form": form, "state": state_tag(found), "effect": effect_of(found) if counted else None,
    }  # fmt: skip
    return render(request, "files/undo.html", context)
