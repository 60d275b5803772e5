"""Changes of parameters: all of them, one with its effect, and how far its simulation is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import post_for
from shouwang.casework import effects, queries
from shouwang.casework.models import ChangeState, ParameterChange, RunState
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.paging import Keyset
from shouwang.web.rulebook.effect import effect_context, job, steps_changed, touches, tried_words
from shouwang.web.rulebook.places import READERS
from shouwang.web.screenings.words import state_tag as run_tag
from shouwang.web.screenings.words import who
from shouwang.web.tables import Cell, Column, Empty, Row, Table, Tag
from shouwang.web.templatetags.ui import day, moment

P = Permission
#: So many trials are listed.
_TRIALS = 10
_DECIDED = {ChangeState.SIGNED: "复核签字", ChangeState.REJECTED: "不同意", ChangeState.WITHDRAWN: "提出人撤回"}
NEWEST = Keyset(newest_first=True)
_COLUMNS = (
    Column("改什么"), Column("改成", "short"), Column("从哪天起", "short"), Column("状态", "short"), Column("单位"),
    Column("提出", "short"), Column("办结", "short"),
)  # fmt: skip


@needs(*READERS)
def parameter_changes(request: PersonalRequest) -> HttpResponse:
    """参数修改：提出的、等复核的、办结的。"""
    page = NEWEST.page(queries.changes_for(request.user), request.GET)
    rows = [_row(change) for change in page.rows]
    nothing = Empty("还没有人提出过修改", "在“参数”里打开一项，可以试算或提出修改。")
    context = {"table": Table("历次修改", _COLUMNS, rows, page, nothing), "trials": _trials(request.user)}
    return render(request, "rulebook/changes.html", context)


@needs(*READERS)
def parameter_change(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """一项修改：改什么，影响谁，等谁办。"""
    change = the_change(request.user, uuid)
    kind = touches(change.policy, change.name, change.run)
    context = {
        "change": change, "state": state_tag(change), "facts": facts(change), "kind": kind,
        "events": _events(change), "next": _next(request.user, change), **effect_context(request, change.run),
        "steps": steps_changed(change.run, change.value) if kind == "policy" else None,
    }  # fmt: skip
    return render(request, "rulebook/change.html", context)


@needs(*READERS)
def parameter_progress(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """How far a simulation is, once a second; when it is over, the whole page is asked for again."""
    run = queries.trial_for(request.user, uuid)
    if run is None:
        raise Http404("没有这次试算，或您无权查看。")
    response = render(request, "ui/job.html", {"job": job(run)})
    if run.state in (RunState.DONE, RunState.FAILED):
        response["HX-Refresh"] = "true"
    return response


def _trials(user: User) -> Table | None:
    """The last trials, so that nobody has to keep an address."""
    runs = queries.trials_for(user)[:_TRIALS]
    rows = [
        Row(
            [
                Cell(moment(run.created_at)), Cell(run.unit.name), Cell(who(run)), Cell(tag=run_tag(run)),
                Cell("，".join(tried_words(run)) or "与现行相同"),
            ],
            reverse("web:parameter_trial", args=[run.uuid]),
        )
        for run in runs
    ]  # fmt: skip
    columns = (Column("试算时间"), Column("单位"), Column("谁"), Column("状态", "short"), Column("试了什么"))
    return Table("最近的试算", columns, rows, note="只看影响，什么也没有改。") if rows else None


def the_change(user: User, uuid: UUID) -> ParameterChange:
    """A change the person may see. Http404 for any other."""
    change = queries.change_for(user, uuid)
    if change is None:
        raise Http404("没有这项修改，或您无权查看。")
    return change


def state_tag(change: ParameterChange) -> Tag:
    """A signed change is in force or waits for its day."""
    if change.state == ChangeState.SIGNED:
        return (
            Tag("已生效", "brand")
            if queries.is_in_force(change, timezone.localdate())
            else Tag("已签字，待生效", "brand")
        )
    if change.state == ChangeState.PROPOSED:
        return Tag("等第二人复核", "middle")
    return Tag("已撤回" if change.state == ChangeState.WITHDRAWN else "不同意")


def facts(change: ParameterChange) -> list[dict[str, str]]:
    """What is changed, from what to what."""
    return [
        {"label": "改什么", "value": change.label},
        {"label": "现行", "value": queries.value_before(change)},
        {"label": "改成", "value": change.value_words},
        {"label": "从哪天起", "value": day(change.from_date)},
        {"label": "理由", "value": change.reason},
        {"label": "单位", "value": change.unit.name},
    ]


def _row(change: ParameterChange) -> Row:
    decided = change.decided_by.display_name if change.decided_by else "—"
    return Row(
        [
            Cell(change.label), Cell(change.value_words), Cell(day(change.from_date)), Cell(tag=state_tag(change)),
            Cell(change.unit.name), Cell(change.proposed_by.display_name, note=moment(change.proposed_at)),
            Cell(decided, note=moment(change.decided_at) if change.decided_at else ""),
        ],
        reverse("web:parameter_change", args=[change.uuid]),
    )  # fmt: skip


def _next(user: User, change: ParameterChange) -> dict[str, Any]:
    """What is to be done, by whom, and what this person may do now."""
    waiting = change.state == ChangeState.PROPOSED
    why = queries.why_not_sign(user, change)
    signer = post_for(user, P.PARAMETER_SIGN, change.unit) is not None and change.proposed_by_id != user.pk
    failed = change.run.state == RunState.FAILED or effects.is_stale(change.run)
    proposes = post_for(user, P.PARAMETER_PROPOSE, change.unit) is not None
    return {
        "waiting": waiting,
        "may_sign": waiting and not why,
        "may_refuse": waiting and signer,
        "may_retry": waiting and failed and proposes,
        "may_withdraw": waiting and proposes and change.proposed_by_id == user.pk,
        "why_not": why if waiting else "",
        "failed": failed,
    }


def _events(change: ParameterChange) -> list[dict[str, Any]]:
    """Proposed, decided or withdrawn: the last first, as `ui/timeline.html` takes them."""
    told: list[dict[str, Any]] = []
    if change.decided_by and change.decided_at:
        told.append(
            {
                "title": _DECIDED[change.state],
                "when": change.decided_at,
                "who": change.decided_by.display_name,
                "text": change.decision,
            }
        )
    told.append(
        {"title": "提出", "when": change.proposed_at, "who": change.proposed_by.display_name, "text": change.reason}
    )
    return told
