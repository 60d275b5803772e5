"""The page of an act: the form, what it is about, and what became of it. Which acts there are stands in two tables."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import AccessDenied, post_for, require
from shouwang.registry.actions.locking import ChangedMeanwhile, HouseholdClosed
from shouwang.registry.models import Household
from shouwang.registry.queries import household_for
from shouwang.units.errors import ShouwangError
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.households import member_acts, record_acts
from shouwang.web.households.act import Act, ActForm, Doing
from shouwang.web.households.member_acts import about_household

ACTS: dict[str, Act] = {act.name: act for act in (*record_acts.ACTS, *member_acts.ACTS)}


def offered(user: User, household: Household) -> list[Act]:
    """What a person may do to the household as a whole, now."""
    return [
        act
        for act in ACTS.values()
        if act.find is None and may(user, act, household) and not (act.why_not and act.why_not(user, household, None))
    ]


def may(user: User, act: Act, household: Household) -> bool:
    """Whether the post allows it and the household is open."""
    return household.closed_on is None and any(post_for(user, one, household.unit) for one in act.permissions)


@needs(Permission.HOUSEHOLD_VIEW)
def household_act(request: PersonalRequest, uuid: UUID, act: str, key: str = "") -> HttpResponse:
    """办一件事：先问清楚，再办，再说办了什么。"""
    user, chosen = request.user, ACTS.get(act)
    household = household_for(user, uuid)
    if chosen is None or bool(key) != (chosen.find is not None):
        raise Http404("没有这件事。")
    if not any(post_for(user, one, household.unit) for one in chosen.permissions):
        require(user, chosen.permissions[0], household.unit)
    subject, refusal = _subject(user, chosen, household, key)
    if refusal:
        messages.warning(request, refusal)
        return redirect("web:household", uuid=household.uuid)
    posted = request.method == "POST"
    form = chosen.form(
        request.POST if posted else None, request.FILES if posted else None, household=household, user=user,
        subject=subject,
    )  # fmt: skip
    done, status = _try(chosen, form, Doing(user, household, subject, {})) if posted else ("", 200)
    if done:
        messages.success(request, done)
        return redirect("web:household", uuid=household.uuid)
    about = chosen.about(user, subject) if chosen.about else about_household(household)
    context = {
        "shown": household, "act": chosen, "form": form, "about": about, "stale": status == 409,
        "back": reverse("web:household", args=[household.uuid]),
    }  # fmt: skip
    return render(request, chosen.template, context, status=status)


def _subject(user: User, act: Act, household: Household, key: str) -> tuple[Any, str]:
    """What the act is about, and why it cannot be done now: closed, done before by somebody, nowhere to go."""
    if household.closed_on is not None:
        return None, str(HouseholdClosed(number=household.number, closed_on=household.closed_on))
    try:
        subject = act.find(user, household, key) if act.find else None
    except AccessDenied:
        raise
    except ShouwangError as error:
        return None, str(error)
    return subject, act.why_not(user, household, subject) if act.why_not else ""


def _try(act: Act, form: ActForm, doing: Doing) -> tuple[str, int]:
    """What the act says it did, or nothing with its refusal on the form and what was typed kept."""
    if not form.is_valid():
        return "", 200
    try:
        return act.do(Doing(doing.user, doing.household, doing.subject, form.cleaned_data)), 200
    except AccessDenied:
        raise
    except ChangedMeanwhile as error:
        # The next submission is made in the knowledge of who was first.
        form.data = form.data.copy()
        form.data["version"] = str(Household.objects.visible_to(doing.user).get(pk=doing.household.pk).version)
        form.add_error(None, str(error))
        return "", 409
    except ShouwangError as error:
        form.add_error(None, str(error))
        return "", 200
