"""Trying another value out, and proposing it for a second person to sign."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from shouwang.accounts.access import step_up
from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import AccessDenied, require
from shouwang.casework import actions, queries, versions
from shouwang.casework.errors import ReasonNeeded
from shouwang.policy.book import RuleBook, policy_of
from shouwang.policy.parameters import BadParameterValue, ParameterSeries, parameters_of
from shouwang.units.errors import ShouwangError
from shouwang.web.guard import PersonalRequest, needs, refuse
from shouwang.web.rulebook.changes import the_change
from shouwang.web.rulebook.effect import effect_context, steps_changed, touches, tried_words
from shouwang.web.rulebook.forms import ChangeForm
from shouwang.web.rulebook.places import READERS, regiment_of

_PLACES = ((BadParameterValue, "value"), (ReasonNeeded, "reason"))


@needs(Permission.PARAMETER_PROPOSE)
@step_up
def parameter_new(request: PersonalRequest, name: str) -> HttpResponse:
    """先试算，或提出修改。"""
    regiment = _regiment(request.user)
    policy = versions.policy_on(regiment, timezone.localdate())
    series = _series(policy, name)
    form = ChangeForm(
        request.POST if request.method == "POST" else None, series=series, policy=policy,
        initial={"value": request.GET.get("value", "")},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        answer = _do(request, regiment, name, form)
        if answer is not None:
            return answer
    context = {
        "name": name, "form": form, "label": series.label if series else "施行的办法",
        "meaning": series.meaning if series else "换一部办法，程序和时限随之改变；已立的个案沿用立案时的。",
        "now": _now(regiment, policy, series), "back": reverse("web:parameter", args=[name]),
    }  # fmt: skip
    return render(request, "rulebook/propose.html", context, status=422 if form.errors else 200)


@needs(*READERS)
def parameter_trial(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """一次试算：只看影响，不改什么。"""
    run = queries.trial_for(request.user, uuid)
    if run is None:
        raise Http404("没有这次试算，或您无权查看。")
    name, value = next(iter(queries.tried_by(run).items()), ("", ""))
    base = versions.policy_on(run.unit, run.as_of)
    kind = touches(base, name, run) if name else "none"
    context = {
        "run": run, "tried": "，".join(tried_words(run)), "kind": kind, **effect_context(request, run),
        "steps": steps_changed(run, value) if kind == "policy" else None,
        "propose_url": f"{reverse('web:parameter_new', args=[name])}?value={value}" if name else "",
    }  # fmt: skip
    return render(request, "rulebook/trial.html", context)


@needs(Permission.PARAMETER_PROPOSE)
@step_up
def parameter_retry(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """试算没有做成，再算一次。"""
    change = the_change(request.user, uuid)
    if request.method == "POST":
        actions.simulate_again(by=request.user, change=change)
        messages.success(request, "已经重新排队试算。")
    return redirect("web:parameter_change", uuid=change.uuid)


def _do(request: PersonalRequest, regiment: Unit, name: str, form: ChangeForm) -> HttpResponse | None:
    """The answer to a form that could be read; None with the reason on the form where it was refused."""
    data = form.cleaned_data
    try:
        if "propose" not in request.POST:
            run = actions.try_parameter(by=request.user, regiment=regiment, name=name, value=data["value"])
            return redirect("web:parameter_trial", uuid=run.uuid)
        change = actions.propose_parameter_change(by=request.user, regiment=regiment, name=name, **data)
    except AccessDenied:
        raise
    except ShouwangError as error:
        place = next((field for kind, field in _PLACES if isinstance(error, kind)), None)
        form.add_error(place, str(error))
        return None
    messages.success(request, "已经提出。正在试算影响，算完后由第二人复核签字。")
    return redirect("web:parameter_change", uuid=change.uuid)


def _regiment(user: User) -> Unit:
    """The regiment for which the person may propose. AccessDenied where there is none."""
    regiment = regiment_of(user)
    if regiment is None:
        refuse(user, Permission.PARAMETER_PROPOSE)
        raise Http404
    require(user, Permission.PARAMETER_PROPOSE, regiment)
    return regiment


def _series(policy: str, name: str) -> ParameterSeries | None:
    """The parameter, None for the policy itself. Http404 for any other."""
    if name == versions.POLICY:
        return None
    series = parameters_of(policy_of(policy).package).get(name)
    if series is None:
        raise Http404("没有这项参数。")
    return series


def _now(regiment: Unit, policy: str, series: ParameterSeries | None) -> str:
    if series is None:
        return policy_of(policy).title
    book: RuleBook = versions.book_on(regiment, timezone.localdate())
    return series.unit.words(book.parameters[series.name])
