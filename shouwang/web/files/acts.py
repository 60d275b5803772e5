"""Letting a batch count, and taking it out again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.registry import bodies
from shouwang.registry.actions import compare_again, confirm_batch, undo_batch
from shouwang.registry.actions.batches import NotReady
from shouwang.registry.batch_changes import changed_since, leaning_on, told
from shouwang.registry.models import BatchState, SourceBatch
from shouwang.registry.models.batch import GONE, TAKEN
from shouwang.registry.queries import batch_for, batch_list, effect_of
from shouwang.web.files.batch import confirm_form, page
from shouwang.web.files.forms import UndoForm
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
    changed = changed_since(found) if found.state == BatchState.STAGED and bodies.has_body(found) else None
    many = found.rows.filter(outcome__in=TAKEN).count() > AT_ONCE_ROWS
    if changed:
        compare_again(by=request.user, batch=found, later=many)
        messages.warning(
            request, f"还没有入库。{told(changed, request.user)}，已对照现在的台账重新比对；请再看一遍，再确认。"
        )
        return redirect("web:batch", uuid=uuid)
    form = confirm_form(found, request.POST)
    if not form.is_valid():
        return page(request, found, form)
    answers = {name: form.cleaned_data[name] for name in ("reason", "others") if name in form.fields}
    done = confirm_batch(by=request.user, batch=found, later=many, **answers)
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
        "leaning": _leaning(request.user, found) if counted else [],
    }  # fmt: skip
    return render(request, "files/undo.html", context)


def _leaning(user: User, found: SourceBatch) -> list[tuple[SourceBatch, bool]]:
    """Later batches whose rows would be missing with this one gone, and whether the user may see them."""
    there = list(leaning_on(found))
    seen = set(batch_list(user).filter(pk__in=[one.pk for one in there]).values_list("pk", flat=True))
    return [(one, one.pk in seen) for one in there]
