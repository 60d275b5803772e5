"""Reporting a clue about a household of one's own units: find the household, then say what happened (二/四/1)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import AccessDenied, holds
from shouwang.casework import actions, queries
from shouwang.registry.models import Household
from shouwang.registry.queries import HouseholdFilter, HouseholdLine, household_for, households_for
from shouwang.units.errors import ShouwangError
from shouwang.web.clues.forms import FindForm, ReportForm
from shouwang.web.guard import PersonalRequest, needs

#: So many households are offered; more than that and one asks more closely.
OFFERED = 20


@needs(Permission.CLUE_REPORT)
def clue_new(request: PersonalRequest) -> HttpResponse:
    """报送线索：先找到户，再写发生了什么。部门按身份证号报送。"""
    if not holds(request.user, Permission.HOUSEHOLD_VIEW):
        return redirect("web:report_new")
    household = _chosen(request.user, request.GET.get("household", ""))
    if household is None:
        return _find(request)
    form = ReportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            clue = actions.report_clue(by=request.user, household=household, **form.cleaned_data)
        except AccessDenied:
            raise
        except ShouwangError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已记入户{household.number}的线索；发生的事也记入了户档案。")
            return redirect("web:clue", uuid=clue.uuid)
    context = {
        "household": household,
        "head": queries.heads_of([household.pk]).get(household.pk, ""),
        "form": form,
        "back": reverse("web:clue_new"),
    }
    return render(request, "clues/report.html", context, status=422 if form.errors else 200)


def households_called(user: User, text: str) -> list[HouseholdLine]:
    """The first households of the person's units whose number begins so, or else in which somebody is called so."""
    for wanted in (HouseholdFilter(number=text.strip()), HouseholdFilter(name=text.strip())):
        found = households_for(user, wanted, size=OFFERED).rows
        if found:
            return list(found)
    return []


def _find(request: PersonalRequest) -> HttpResponse:
    asked = "text" in request.GET
    form = FindForm(request.GET if asked else None)
    found: list[Any] = []
    if asked and form.is_valid():
        address = reverse("web:clue_new")
        found = [
            {"line": line, "url": f"{address}?household={line.household.uuid}"}
            for line in households_called(request.user, form.cleaned_data["text"])
        ]
    context = {"form": form, "found": found, "asked": asked and form.is_valid(), "most": OFFERED}
    return render(request, "clues/find.html", context)


def _chosen(user: User, asked: str) -> Household | None:
    if not asked:
        return None
    try:
        return household_for(user, UUID(asked))
    except ValueError:
        raise Http404("没有这一户。") from None
