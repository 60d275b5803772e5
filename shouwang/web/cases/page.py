"""The page of a case: where it stands, what to do next and who may, why it is there, what was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import post_for
from shouwang.casework.models import LIVE, CaseStatus
from shouwang.casework.queries import CaseFile
from shouwang.casework.queries.cases import StepView
from shouwang.web.cases.basis import why_of
from shouwang.web.cases.facts import case_facts, side_of
from shouwang.web.cases.papers import attachments_of, papers_of
from shouwang.web.cases.reach import the_file
from shouwang.web.cases.records import entries, entry_of, told_before
from shouwang.web.cases.words import due_tag, status_tag, titles, until, why_not
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.nav import address_of
from shouwang.web.tables import Tag
from shouwang.web.templatetags.ui import day


@dataclass(frozen=True, slots=True)
class Next:
    """One open step: what to do, who, until when, and the way to its form if this person may."""

    view: StepView
    who: str
    due: str
    tag: Tag | None
    url: str
    label: str
    why_not: str
    told: list[str]


@needs(Permission.CASE_VIEW)
def case(request: PersonalRequest, number: str) -> HttpResponse:
    """一案一页。"""
    file = the_file(request.user, number)
    context = {
        "file": file,
        "case": file.case,
        "status": status_tag(file.case),
        "stages": stages_of(file),
        "next": [_next(request.user, file, view) for view in file.page.steps if view.open],
        "over": _over(file),
        "why": why_of(file),
        "entries": entries(file),
        "facts": case_facts(file),
        "side": side_of(file, with_reasons=False),
        "doors": [_door(file, door.id, door.title) for door in file.page.doors],
        "again_url": _again(file),
        "papers": papers_of(request.user, file),
        "papers_url": address_of("web:case_papers", file.case.number),
        "attachments": attachments_of(file),
        "may_attach": post_for(request.user, Permission.VISIT_RECORD, file.case.household.unit) is not None,
        "reliefs": file.reliefs,
    }
    return render(request, "cases/case.html", context)


def stages_of(file: CaseFile) -> list[dict[str, str]]:
    """The procedure as a row: done with its day, open with its limit, the one the case ended at, still to come."""
    ended = file.case.status not in LIVE
    stages = []
    for view in file.page.steps:
        record = file.standing.get(view.step.id)
        way = view.step.way(record.way) if record else None
        state, note = "todo", ""
        if record is not None:
            state = "stopped" if way is not None and way.ends and ended else "done"
            note = _short(record.occurred_on) + (f" {way.label}" if way is not None and state == "stopped" else "")
        elif view.open is not None:
            state, note = "now", until(view.open.due_on)
        stages.append({"label": view.step.title, "state": state, "note": note})
    if ended and not any(stage["state"] == "stopped" for stage in stages):
        first = next((stage for stage in stages if stage["state"] == "todo"), None)
        if first is not None:
            first |= {"state": "stopped", "note": CaseStatus(file.case.status).label}
    return stages


def _short(on: Any) -> str:
    words = day(on)
    return words.removeprefix(f"{timezone.localdate().year}年")


def _next(user: User, file: CaseFile, view: StepView) -> Next:
    assert view.open is not None
    number, record = file.case.number, view.open.record
    url, label = "", ""
    if view.can_act:
        url, label = reverse("web:case_step", args=[number, view.step.id]), f"办理“{view.step.title}”"
    elif view.can_sign and record is not None:
        url, label = reverse("web:case_sign", args=[number, record.uuid]), "核对并签字"
    due = view.open.due_on
    return Next(
        view,
        titles(view.step.signers),
        until(due),
        due_tag(due),
        url,
        label,
        why_not(user, view),
        told_before(file, view.step),
    )


def _over(file: CaseFile) -> str:
    """What is said where no step is open."""
    status = CaseStatus(file.case.status)
    if any(view.open for view in file.page.steps):
        return ""
    if status == CaseStatus.CONFIRMED:
        return "程序已经走完，认定有效。"
    last = entry_of(file, file.page.history[-1]) if file.page.history else None
    reason = f"理由：{last.record.note}" if last and last.record.note else ""
    return f"个案{status.label}，没有要办的步骤。{reason}"


def _door(file: CaseFile, door: str, title: str) -> dict[str, str]:
    return {"url": reverse("web:case_door", args=[file.case.number, door]), "label": title}


def _again(file: CaseFile) -> str:
    over = file.case.status not in LIVE
    return reverse("web:case_again", args=[file.case.number]) if over and not file.why_not_again else ""
