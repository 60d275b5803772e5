"""The second person signs a change having seen its effect, or refuses with a reason; who proposed it may withdraw it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from shouwang.accounts.access import step_up
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import AccessDenied, require
from shouwang.casework import actions, queries
from shouwang.casework.errors import ChangeDone
from shouwang.units.errors import ShouwangError
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.rulebook.changes import facts, the_change
from shouwang.web.rulebook.effect import effect_context
from shouwang.web.rulebook.forms import RefuseForm, SignForm, WithdrawForm
from shouwang.web.templatetags.ui import day


@needs(Permission.PARAMETER_SIGN)
@step_up
def parameter_sign(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """复核签字。"""
    return _decide(request, uuid, signs=True)


@needs(Permission.PARAMETER_SIGN)
@step_up
def parameter_refuse(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """不同意。"""
    return _decide(request, uuid, signs=False)


@needs(Permission.PARAMETER_PROPOSE)
@step_up
def parameter_withdraw(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """撤回自己提出、还没有人复核的修改。"""
    change = the_change(request.user, uuid)
    require(request.user, Permission.PARAMETER_PROPOSE, change.unit)
    if change.proposed_by_id != request.user.pk:
        raise Http404("只有提出人可以撤回。")
    form, status = WithdrawForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw_parameter_change(by=request.user, change=change, reason=form.cleaned_data["note"])
        except ShouwangError as error:
            form.add_error(None, str(error))
            status = 409 if isinstance(error, ChangeDone) else 422
        else:
            messages.success(request, "已撤回。记录还在，这项修改不再等人复核。")
            return redirect("web:parameter_change", uuid=change.uuid)
    context = {
        "change": change, "form": form, "facts": facts(change),
        "back": reverse("web:parameter_change", args=[change.uuid]),
    }  # fmt: skip
    return render(request, "rulebook/withdraw.html", context, status=422 if form.errors and status == 200 else status)


def _decide(request: PersonalRequest, uuid: UUID, *, signs: bool) -> HttpResponse:
    change = the_change(request.user, uuid)
    require(request.user, Permission.PARAMETER_SIGN, change.unit)
    kind: type[SignForm | RefuseForm] = SignForm if signs else RefuseForm
    form, status = kind(request.POST if request.method == "POST" else None), 200
    if request.method == "POST" and form.is_valid():
        act = actions.approve_parameter_change if signs else actions.reject_parameter_change
        try:
            act(by=request.user, change=change, note=form.cleaned_data["note"])
        except AccessDenied:
            raise
        except ShouwangError as error:
            form.add_error(None, str(error))
            status = 409 if isinstance(error, ChangeDone) else 422
        else:
            messages.success(
                request, f"已签字，自{day(change.from_date)}起施行。" if signs else "已记下不同意，提出人会看到理由。"
            )
            return redirect("web:parameter_change", uuid=change.uuid)
    context = {
        "change": change, "form": form, "facts": facts(change), "signs": signs,
        "why_not": queries.why_not_sign(request.user, change) if signs else "",
        "back": reverse("web:parameter_change", args=[change.uuid]), **effect_context(request, change.run),
    }  # fmt: skip
    return render(request, "rulebook/decide.html", context, status=422 if form.errors and status == 200 else status)
