"""The second signature: the record in full, then sign it or refuse with a reason."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from shouwang.accounts.roles import Permission
from shouwang.casework import actions
from shouwang.casework.errors import CaseworkError
from shouwang.casework.models import StepRecord
from shouwang.casework.queries import CaseFile
from shouwang.web.cases.facts import side_of
from shouwang.web.cases.reach import the_file, the_record, the_step
from shouwang.web.cases.records import entry_of
from shouwang.web.cases.words import titles, why_not
from shouwang.web.guard import PersonalRequest, needs


class SignForm(forms.Form):
    """What was before the person's eyes."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class RefusalForm(forms.Form):
    """Why somebody does not sign."""

    reason = forms.CharField(label="拒签的理由", max_length=400, widget=forms.Textarea(attrs={"rows": "3"}))


@needs(Permission.CASE_VIEW)
def sign(request: PersonalRequest, number: str, record: UUID) -> HttpResponse:
    """核对另一人录入的记录，签字或拒签。"""
    file = the_file(request.user, number)
    found = the_record(file, record)
    refusing = request.POST.get("act") == "refuse"
    form = RefusalForm(request.POST if refusing else None)
    signed = SignForm(request.POST or None, initial={"seen": file.case.revision})
    if request.method != "POST":
        return _page(request, file, found, form)
    if not (form if refusing else signed).is_valid():
        return _page(request, file, found, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        if refusing:
            actions.refuse_to_sign(by=request.user, record=found, reason=form.cleaned_data["reason"])
            messages.success(request, "已拒签。这条记录不作数，这一步要重新办理。")
        else:
            actions.cosign(by=request.user, record=found, seen=signed.cleaned_data["seen"])
            messages.success(request, f"“{file.procedure.by_id[found.step].title}”已签字办完。")
    except CaseworkError as error:
        file = the_file(request.user, number)
        return _page(request, file, the_record(file, record), form, error, error.status)
    return redirect("web:case", number)


def _page(
    request: PersonalRequest, file: CaseFile, record: StepRecord, form: RefusalForm, error: CaseworkError | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:  # fmt: skip
    view = the_step(file, record.step)
    waiting = view.open is not None and view.open.record_id == record.pk
    may = waiting and view.can_sign
    shut = "" if may else why_not(request.user, view) if waiting else "这条记录已经不等签字了。"
    context = {
        "file": file,
        "case": file.case,
        "step": view.step,
        "entry": entry_of(file, record),
        "form": form if may else None,
        "seen": SignForm(initial={"seen": file.case.revision}),
        "error": error,
        "shut": shut,
        "who": titles(view.step.signers),
        "side": side_of(file, with_reasons=True),
        "back_url": reverse("web:case", args=[file.case.number]),
    }
    return render(request, "cases/sign.html", context, status=status)
