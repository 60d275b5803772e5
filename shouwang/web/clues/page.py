"""One clue: why it is there, who says what, what was done, what to do next and by when."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.casework import queries
from shouwang.casework.models import Clue, ClueState
from shouwang.casework.queries import CluePage
from shouwang.web.cases.reasons import figures_of, reasons_of, reports_of
from shouwang.web.cases.words import due_tag, status_tag
from shouwang.web.clues.words import WAITING, act_events, next_words, state_tag
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.nav import address_of
from shouwang.web.templatetags.ui import day

BUTTONS = {
    "open": "立案",
    "triage": "安排走访",
    "decline": "记录不愿申报",
    "merge": "并入另一条线索",
    "dismiss": "核查后不立案",
}


@needs(Permission.CLUE_VIEW)
def clue(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """一条线索。"""
    page = queries.clue_page(request.user, the_clue(request.user, uuid))
    return render(request, "clues/clue.html", _context(request.user, page))


def the_clue(user: User, uuid: UUID) -> Clue:
    """A clue the person may see. Http404 for any other."""
    found = queries.clue_for(user, str(uuid))
    if found is None:
        raise Http404("没有这条线索，或您无权查看。")
    return found


def _context(user: User, page: CluePage) -> dict[str, object]:
    clue = page.clue
    waiting = clue.state in WAITING
    return {
        "page": page,
        "clue": clue,
        "state": state_tag(clue),
        "waiting": waiting,
        "next": next_words(clue),
        "due": day(clue.due_on) if waiting and clue.due_on else "",
        "due_tag": due_tag(clue.due_on) if waiting else None,
        "acts": [{"label": BUTTONS[act], "url": reverse("web:clue_act", args=[clue.uuid, act]), "id": act} for act in page.may],
        "reasons": reasons_of(page.found),
        "former": reasons_of(page.former),
        "told": reports_of(page.told),
        "figures": figures_of(page.figures),
        "events": act_events(page.acts),
        "cases": [
            {"number": case.number, "tag": status_tag(case), "url": address_of("web:case", case.number)}
            for case in page.cases
        ],
        "into": _into(user, clue),
        "facts": _facts(page),
    }  # fmt: skip


def _into(user: User, clue: Clue) -> str:
    """The address of the clue this one was merged into, for somebody who may see it."""
    if clue.state != ClueState.MERGED:
        return ""
    last = next((act for act in reversed(list(clue.acts.all())) if act.into_id), None)
    target = queries.clue_for(user, str(last.into.uuid)) if last and last.into else None
    return reverse("web:clue", args=[target.uuid]) if target else ""


def _facts(page: CluePage) -> list[dict[str, str]]:
    household = page.clue.household
    return [
        {"label": "户编号", "value": household.number, "url": address_of("web:household", household.uuid), "action": "看户档案"},
        {"label": "户主", "value": page.head or "没有登记"},
        {"label": "单位", "value": household.unit.name},
        {"label": "共同生活", "value": f"{page.people} 人"},
        {"label": "产生日期", "value": day(page.clue.raised_on)},
        {"label": "最先来自", "value": page.clue.get_source_display()},
    ]  # fmt: skip
