"""Doing a step: its form, the page on which a decision is checked, and what is said when somebody was first."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.casework import actions
from shouwang.casework.errors import CaseworkError
from shouwang.casework.evidence import in_words
from shouwang.casework.models import StepRecord
from shouwang.casework.queries import CaseFile
from shouwang.casework.queries.cases import StepView
from shouwang.policy.procedure import STATUSES, Step, Way
from shouwang.web.cases.basis import basis_of
from shouwang.web.cases.facts import side_of
from shouwang.web.cases.forms import ActForm
from shouwang.web.cases.known import day_from, known_for
from shouwang.web.cases.reach import the_file, the_step
from shouwang.web.cases.records import standing_entries, told_before
from shouwang.web.cases.typed import carried, typed_in
from shouwang.web.cases.words import due_tag, titles, until, why_not
from shouwang.web.guard import PersonalRequest, needs


@needs(Permission.CASE_VIEW)
def step(request: PersonalRequest, number: str, step: str) -> HttpResponse:
    """办理一步：填写、核对、签字。"""
    file = the_file(request.user, number)
    view = the_step(file, step)
    if request.method == "POST":
        return _sent(request, file, view)
    return _page(request, file, view, _form(file, view, request.user))


def decides(way: Way) -> bool:
    """Whether an outcome settles something: what the case becomes, where it goes back to, that it is over."""
    return bool(way.status or way.back or way.ends)


def _sent(request: PersonalRequest, file: CaseFile, view: StepView) -> HttpResponse:
    form = _form(file, view, request.user, request.POST)
    if request.POST.get("stage") == "edit":
        return _page(request, file, view, form)
    if not form.is_valid() or form.way is None:
        return _page(request, file, view, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    facts = {**form.act, "step": view.step.id, "way": form.way.id, "note": form.cleaned_data["note"]}
    try:
        if decides(form.way) and request.POST.get("stage") != "sign":
            drawn = actions.rehearse(by=request.user, case=file.case, **facts)
            return _check(request, file, view, drawn, form.way)
        record = actions.act(by=request.user, case=file.case, **facts)
    except CaseworkError as error:
        return _refused(request, file, view, form, error)
    _say(request, view.step, record)
    return redirect("web:case", file.case.number)


def _form(file: CaseFile, view: StepView, user: User, sent: QueryDict | None = None) -> ActForm:
    step = view.step
    return ActForm(
        sent, asked=step.fields, ways=step.ways, lag=file.frozen.limits[file.procedure.lag], seen=file.case.revision,
        known=known_for(file, step, user), earliest=day_from(file, step, view.open.earliest if view.open else None),
    )  # fmt: skip


def _refused(
    request: PersonalRequest, file: CaseFile, view: StepView, form: ActForm, error: CaseworkError
) -> HttpResponse:
    """The same page as things are now: with the form where it may still be handed in, else with what was typed."""
    file = the_file(request.user, file.case.number)
    view = the_step(file, view.step.id)
    form.refuse(error)
    if error.status == HTTPStatus.CONFLICT:
        form.seen_now(file.case.revision)
    return _page(request, file, view, form, error.status, error)


def _page(
    request: PersonalRequest, file: CaseFile, view: StepView, form: ActForm, status: int = HTTPStatus.OK,
    error: CaseworkError | None = None,
) -> HttpResponse:  # fmt: skip
    deciding = any(way.status for way in view.step.ways) and bool(view.step.after)
    late = view.open.due_on if view.open else None
    context = {
        **_place(file, view),
        "form": form if view.can_act else None,
        "typed": typed_in(form) if form.is_bound and not view.can_act else [],
        "error": error if error and not view.can_act else None,
        "conflict": error is not None and error.status == HTTPStatus.CONFLICT,
        "shut": _shut(request, view),
        "basis": basis_of(file, view.step.id) if deciding else None,
        "before": [] if deciding else standing_entries(file, view.step.id),
        "side": side_of(file, with_reasons=not deciding),
        "due": until(late),
        "due_tag": due_tag(late),
        "told": told_before(file, view.step),
        "again": known_for(file, view.step, request.user).again,
        "checks": any(decides(way) for way in view.step.ways),
        "deciding_ways": " ".join(way.id for way in view.step.ways if decides(way)),
        "all_decide": all(decides(way) for way in view.step.ways),
    }
    return render(request, "cases/step.html", context, status=status)


def _shut(request: PersonalRequest, view: StepView) -> str:
    """Why there is no form; empty where there is one."""
    if view.can_act:
        return ""
    if view.open is None:
        return "这一步已经办过了。" if view.state == "done" else "这一步还没有轮到，前面的步骤办完才能办。"
    if view.can_sign:
        return "这一步已有人录入，正等您核对签字。请回到个案页办理。"
    return why_not(request.user, view)


def _check(request: PersonalRequest, file: CaseFile, view: StepView, drawn: StepRecord, way: Way) -> HttpResponse:
    """核对并确认: the whole basis, then the answers as they will be kept."""
    again = [step.title for step in file.procedure.steps if way.back and step.id in file.procedure.resting_on(way.back)]
    context = {
        **_place(file, view),
        "way": way,
        "becomes": STATUSES.get(way.status, ""),
        "back": file.procedure.by_id[way.back].title if way.back else "",
        "again": [title for title in again if title in _done(file)],
        "record": drawn,
        "facts": [{"label": label, "value": said} for label, said in in_words(view.step.fields, drawn.evidence)],
        "carried": carried(request.POST),
        "basis": basis_of(file, view.step.id),
        "side": side_of(file, with_reasons=False),
    }
    return render(request, "cases/check.html", context)


def _done(file: CaseFile) -> set[str]:
    return {file.procedure.by_id[name].title for name in file.standing}


def _say(request: PersonalRequest, step: Step, record: StepRecord) -> None:
    """What the act came to."""
    way = step.way(record.way)
    said = f"“{step.title}”已办：{way.label}。" if way else f"“{step.title}”已办。"
    if step.signatures > 1:
        said = f"“{step.title}”已录入并由您签字，还要另一名{titles(step.signers)}核对签字才算办完。"
    messages.success(request, said)


def _place(file: CaseFile, view: StepView) -> dict[str, Any]:
    return {
        "file": file,
        "case": file.case,
        "view": view,
        "step": view.step,
        "who": titles(view.step.signers),
        "back_url": reverse("web:case", args=[file.case.number]),
    }
