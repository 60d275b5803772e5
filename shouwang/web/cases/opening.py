"""Opening a case for a household without a clue, and beginning anew after an end."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from shouwang.accounts.roles import Permission
from shouwang.casework import actions, queries, versions
from shouwang.casework.errors import CaseworkError
from shouwang.casework.models import LIVE
from shouwang.policy.book import policy_of
from shouwang.registry.queries import household_for
from shouwang.web.cases.facts import side_of
from shouwang.web.cases.reach import the_file
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.nav import address_of


class OpeningForm(forms.Form):
    """Why a case is opened without a clue; it goes into the audit trail."""

    reason = forms.CharField(
        label="由来", max_length=200, widget=forms.Textarea(attrs={"rows": "3"}),
        help_text="例如：本人到连部申报；突发火灾，先救助后补程序。",
    )  # fmt: skip


class AgainForm(forms.Form):
    """What is new since the last case."""

    reason = forms.CharField(
        label="有什么新的情况",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": "3"}),
        help_text="原个案不改动，两案相连。",
    )


@needs(Permission.CASE_DECLARE)
def open_case(request: PersonalRequest, household: UUID) -> HttpResponse:
    """没有线索也可以立案：本人申报，或先救助后补程序。"""
    found = household_for(request.user, household)
    form = OpeningForm(request.POST if request.method == "POST" else None)
    shut, status = queries.why_not_open(request.user, found), HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            case = actions.open_case(by=request.user, household=found, **form.cleaned_data)
        except CaseworkError as error:
            shut, status = queries.why_not_open(request.user, found), HTTPStatus(error.status)
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已立案，编号 {case.number}。")
            return redirect("web:case", case.number)
    elif request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    policy = policy_of(versions.policy_on(found.regiment, timezone.localdate())) if found.regiment else None
    context = {
        "heading": "立案",
        "household": found,
        "head": queries.heads_of([found.pk]).get(found.pk, ""),
        "policy": policy,
        "form": None if shut else form,
        "shut": shut,
        "back_url": address_of("web:household", found.uuid) or reverse("web:cases"),
    }
    return render(request, "cases/open.html", context, status=status)


@needs(Permission.CASE_DECLARE)
def reopen_case(request: PersonalRequest, number: str) -> HttpResponse:
    """个案已经了结，又有新的情况：另立新案。"""
    file = the_file(request.user, number)
    form = AgainForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            case = actions.reopen_case(by=request.user, case=file.case, **form.cleaned_data)
        except CaseworkError as error:
            status = HTTPStatus(error.status)
            form.add_error(None, str(error))
            file = the_file(request.user, number)
        else:
            messages.success(request, f"已另立新案，编号 {case.number}。")
            return redirect("web:case", case.number)
    elif request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    shut = "原个案还在办，不能另立新案" if file.case.status in LIVE else file.why_not_again
    context = {
        "heading": "重新立案",
        "file": file,
        "case": file.case,
        "household": file.case.household,
        "head": file.head,
        "form": None if shut else form,
        "shut": shut,
        "side": side_of(file, with_reasons=False),
        "back_url": reverse("web:case", args=[number]),
    }
    return render(request, "cases/open.html", context, status=status)
