"""Taking the households a simulation moves out as Excel: only those a person may see, with a purpose, recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse

from shouwang.accounts.access import step_up
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import require
from shouwang.casework import effects, queries
from shouwang.casework.models import Move, RunLine, RunState, ScreeningRun
from shouwang.policy.book import RuleBook
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.rulebook.effect import changes_words, tried_words
from shouwang.web.screenings.export import Wanted, export
from shouwang.web.screenings.words import outcome_tag
from shouwang.web.templatetags.ui import day

_LOT = 500
SHEET = (
    ("户编号", 16), ("户主", 14), ("单位", 16), ("变化", 12), ("改后结论", 10), ("共同生活人口", 12), ("变了什么", 60), ("先后分", 8),
)  # fmt: skip


@needs(Permission.EXPORT)
@step_up
def effect_export(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """导出一次试算影响的户：新进、退出、仍在名单而有变的，都在一张表里。"""
    run = queries.trial_for(request.user, uuid)
    if run is None or run.state != RunState.DONE or effects.is_stale(run):
        raise Http404("没有这次试算的结果，或您无权查看。")
    require(request.user, Permission.EXPORT, run.unit)
    found = queries.affected_lines(request.user, run)
    conditions = f"试算 {'，'.join(tried_words(run)) or '与现行相同'}，截至{day(run.as_of)}，{run.unit.name}"
    return export(
        request,
        Wanted(
            "试算影响的户", run, SHEET, _rows(found, run), found.count(), conditions,
            reverse("web:parameter_trial", args=[run.uuid]), top="规则手册", verb="simulation.exported",
        ),
    )  # fmt: skip


def _rows(found: QuerySet[RunLine], run: ScreeningRun) -> Iterator[Sequence[Any]]:
    """Every household of the list, lot by lot."""
    rules = {rule.id: rule.title for rule in RuleBook.of(run.policy, run.as_of).rules}
    waiting = found.iterator(chunk_size=_LOT)
    while lot := list(islice(waiting, _LOT)):
        heads = queries.heads_of([line.household_id for line in lot])
        for line in lot:
            yield (
                line.household.number, heads.get(line.household_id), line.household.unit.name, Move(line.move).label,
                outcome_tag(line).text, line.members, changes_words(line, rules), line.score,
            )  # fmt: skip
