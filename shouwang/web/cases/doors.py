"""Doors beside the steps: withdrawal, appeal, closing; whatever the procedure of the case has, always with a reason."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from shouwang.accounts.roles import Permission
from shouwang.casework import actions
from shouwang.casework.errors import CaseworkError
from shouwang.casework.queries import CaseFile
from shouwang.policy.procedure import STATUSES, Door
from shouwang.web.cases.facts import side_of
from shouwang.web.cases.forms import ActForm
from shouwang.web.cases.reach import the_file
from shouwang.web.cases.typed import typed_in
from shouwang.web.cases.words import titles
from shouwang.web.guard import PersonalRequest, needs


@needs(Permission.CASE_VIEW)
def door(request: PersonalRequest, number: str, door: str) -> HttpResponse:
    """撤回、申诉、办结。"""
    file = the_file(request.user, number)
    chosen = file.procedure.door(door)
    if chosen is None:
        raise Http404("这个个案的程序里没有这一项。")
    form = ActForm(
        request.POST if request.method == "POST" else None, asked=chosen.fields, ways=(),
        lag=file.frozen.limits[file.procedure.lag], seen=file.case.revision,
    )  # fmt: skip
    if request.method != "POST":
        return _page(request, file, chosen, form)
    if not form.is_valid():
        return _page(request, file, chosen, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        actions.use_door(by=request.user, case=file.case, door=chosen.id, reason=form.cleaned_data["note"], **form.act)
    except CaseworkError as error:
        form.refuse(error)
        file = the_file(request.user, number)
        if error.status == HTTPStatus.CONFLICT:
            form.seen_now(file.case.revision)
        return _page(request, file, chosen, form, error, error.status)
    messages.success(request, f"“{chosen.title}”已办，个案现在是“{STATUSES[chosen.status]}”。")
    return redirect("web:case", number)


def _page(
    request: PersonalRequest, file: CaseFile, chosen: Door, form: ActForm, error: CaseworkError | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:  # fmt: skip
    open_now = chosen in file.page.doors
    context = {
        "file": file,
        "case": file.case,
        "door": chosen,
        "form": form if open_now else None,
        "typed": typed_in(form) if form.is_bound and not open_now else [],
        "error": error if not open_now else None,
        "conflict": error is not None and error.status == HTTPStatus.CONFLICT,
        "becomes": STATUSES[chosen.status],
        "who": titles(chosen.signers),
        "side": side_of(file, with_reasons=False),
        "back_url": reverse("web:case", args=[file.case.number]),
    }
    return render(request, "cases/door.html", context, status=status)
