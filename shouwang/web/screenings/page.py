"""One screening: how far it is, what it found by unit and by rule, and the ranked list of households."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.accounts.queries import visible_places
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import holds
from shouwang.casework import queries
from shouwang.casework.models import RunState, ScreeningRun
from shouwang.casework.models.screening import KEPT
from shouwang.casework.queries import Heads
from shouwang.policy.book import RuleBook
from shouwang.web.cases.reasons import OUTCOMES
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.nav import address_of
from shouwang.web.screenings import lines
from shouwang.web.screenings.forms import LinesFilter
from shouwang.web.screenings.words import (
    fingerprint_words,
    flagged,
    heads_words,
    job_of,
    policy_title,
    range_words,
    state_tag,
    who,
)
from shouwang.web.tables import Cell, Column, Empty, Row, Table
from shouwang.web.templatetags.ui import count, day, moment

ACCESS = (Permission.CLUE_VIEW, Permission.SCREENING_RUN)


@needs(*ACCESS)
def screening(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """一次筛查。"""
    run = the_run(request.user, uuid)
    context: dict[str, Any] = {
        "run": run,
        "state": state_tag(run),
        "facts": _facts(run, whole=queries.sees_all_of(request.user, run)),
    }
    if run.state != RunState.DONE:
        context["job"] = job_of(run, reverse("web:screening_progress", args=[run.uuid]), _title(run))
        context["may_start"] = holds(request.user, Permission.SCREENING_RUN)
        return render(request, "screenings/running.html", context)
    return render(request, "screenings/run.html", context | _results(request, run))


@needs(*ACCESS)
def screening_progress(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """How far it is, once a second; when it is over, the whole page is asked for again."""
    run = the_run(request.user, uuid)
    job = job_of(run, reverse("web:screening_progress", args=[run.uuid]), _title(run))
    response = render(request, "ui/job.html", {"job": job})
    if run.state in (RunState.DONE, RunState.FAILED):
        response["HX-Refresh"] = "true"
    return response


def the_run(user: User, uuid: UUID) -> ScreeningRun:
    """A screening the person may see. Http404 for any other."""
    run = queries.run_for(user, uuid)
    if run is None:
        raise Http404("没有这次筛查，或您无权查看。")
    return run


def book_of(run: ScreeningRun) -> RuleBook:
    """The rules and values a run went by."""
    return RuleBook.of(run.policy, run.as_of, run.parameters)


def _results(request: PersonalRequest, run: ScreeningRun) -> dict[str, Any]:
    user, book = request.user, book_of(run)
    form = LinesFilter(request.GET, units=visible_places(user), rules=book.rules)
    page = lines.BY_SCORE.page(queries.lines_for(user, run, form.wanted), request.GET)
    by_unit = queries.by_unit(user, run)
    totals = {name: sum((one.cells[name] for one in by_unit if name in one.cells), Heads()) for name in KEPT}
    whole = queries.sees_all_of(user, run)
    export = f"{reverse('web:screening_export', args=[run.uuid])}?{urlencode(_kept(request))}"
    return {
        "form": form,
        "flagged": heads_words(flagged(totals)),
        "totals": [{"title": OUTCOMES[name], "words": heads_words(totals[name])} for name in KEPT],
        "households": queries.totals_of(user, [run])[run.pk].get("households") if whole else None,
        "whole": whole,
        "units": _units(run, by_unit, totals),
        "rules": _rules(run, queries.by_rule(user, run), book),
        "table": lines.table(user, page, form.titles),
        "export_url": export if holds(user, Permission.EXPORT) else "",
        "compare_url": _compare(user, run),
        "parameters": [_changed(book, name) for name in run.parameters],
        "rulebook_url": address_of("web:rulebook_part", book.policy.package, "rules"),
    }


def _kept(request: PersonalRequest) -> dict[str, str]:
    """The conditions of the list, without the position in it."""
    return {name: value for name, value in request.GET.items() if name not in ("after", "before") and value}


def _units(run: ScreeningRun, by_unit: list[queries.UnitLine], totals: dict[str, Heads]) -> Table:
    rows = [
        Row(
            [Cell(one.unit), *(Cell(heads_words(one.cells.get(name))) for name in KEPT)],
            f"{reverse('web:screening', args=[run.uuid])}?unit={one.uuid}#results",
        )
        for one in by_unit
    ]
    if len(rows) > 1:
        rows.append(Row([Cell("合计"), *(Cell(heads_words(totals[name])) for name in KEPT)]))
    columns = [Column("单位"), *(Column(OUTCOMES[name], "number") for name in KEPT)]
    nothing = Empty("没有命中、疑似、专项和资料不足的户", "本次筛查的户都有结论：不命中。")
    return Table("各单位结论", columns, rows, empty=nothing, layout="wide", compact=True, note="点单位看名单。")


def _rules(run: ScreeningRun, found: dict[str, dict[str, Heads]], book: RuleBook) -> Table:
    rows = [
        Row(
            [Cell(rule.title), *(Cell(heads_words(found.get(rule.id, {}).get(name))) for name in ("met", "suspected"))],
            f"{reverse('web:screening', args=[run.uuid])}?rule={rule.id}#results",
        )
        for rule in book.rules
    ]
    columns = [Column("规则"), Column("命中", "number"), Column("疑似", "number")]
    return Table("各条规则", columns, rows, layout="wide", compact=True, note="一户可以同时列在几条规则下。")


def _changed(book: RuleBook, name: str) -> str:
    series = book.series(name)
    return f"{series.label} {series.unit.words(book.parameters[name])}"


def _compare(user: User, run: ScreeningRun) -> str:
    pair = queries.pair_for(user, None, run.uuid)
    return f"{reverse('web:screening_compare')}?earlier={pair.before.uuid}&later={pair.after.uuid}" if pair else ""


def _title(run: ScreeningRun) -> str:
    return f"{run.unit.name}截至 {day(run.as_of)} 的筛查"


def _facts(run: ScreeningRun, *, whole: bool) -> list[dict[str, str]]:
    told = [
        {"label": "截至日期", "value": day(run.as_of)},
        {"label": "范围", "value": range_words(run, whole=whole)},
        {"label": "办法", "value": policy_title(run)},
        {"label": "发起", "value": f"{moment(run.created_at)}，{who(run)}"},
    ]
    if run.finished_at:
        told.append({"label": "结束", "value": moment(run.finished_at)})
    if whole and "clues_raised" in run.counts:
        told.append({"label": "线索", "value": _clues(run)})
    if fingerprint := fingerprint_words(run):
        told.append(
            {"label": "结果指纹", "value": fingerprint, "note": "同样的资料、办法和参数，用命令行筛查得到同样的指纹。"}
        )
    return told


def _clues(run: ScreeningRun) -> str:
    raised, added, known = (count(run.counts.get(f"clues_{name}", 0)) for name in ("raised", "added_to", "known"))
    return f"新增 {raised} 条，补充 {added} 条，与以前相同 {known} 条"
