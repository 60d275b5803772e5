"""Screening runs: what was asked, how far it is, and how many households it found among those one may see."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import Http404
from ninja import Router, Schema
from pydantic import Field

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.casework import queries
from shouwang.casework.models import RunState, ScreeningRun
from shouwang.web.api.entry import Caller, needed
from shouwang.web.api.parts import After, Listed, Size, UnitShape, page_of
from shouwang.web.paging import Keyset

router = Router(tags=["筛查"])


class RunShape(Schema):
    """一次筛查。"""

    uuid: UUID
    unit: UnitShape
    policy: str = Field(description="按哪部办法")
    policy_sha256: str = Field(description="办法指纹")
    as_of: date = Field(description="截至日期")
    purpose: str = Field(description="whole 全部户、changed 有变动的户")
    state: RunState
    parameters: dict[str, str] = Field(description="本团改用的参数")
    households: dict[str, int] = Field(description="各结论户数，只数您看得到的户")
    result_sha256: str = Field(description="结果指纹；没有完成为空")
    created_at: datetime
    finished_at: datetime | None


class Runs(Listed):
    rows: list[RunShape]


@router.get("/screenings", response=Runs, summary="筛查")
def screenings(request: Caller, after: After = "", size: Size = 50) -> dict[str, Any]:
    """最近的在前；参数修改的试算不在其中。"""
    needed(request.user, Permission.CLUE_VIEW)
    page, listed = page_of(queries.runs_for(request.user), Keyset("pk", newest_first=True, size=size), after)
    return listed | {"rows": _rows(request.user, page.rows)}


@router.get("/screenings/{uuid}", response=RunShape, summary="一次筛查")
def screening(request: Caller, uuid: UUID) -> dict[str, Any]:
    """办到哪里、各结论多少户。"""
    needed(request.user, Permission.CLUE_VIEW)
    found = queries.run_for(request.user, uuid)
    if found is None:
        raise Http404
    return _rows(request.user, [found])[0]


def _rows(user: User, runs: list[ScreeningRun]) -> list[dict[str, Any]]:
    totals = queries.totals_of(user, runs)
    kept = (
        "uuid", "unit", "policy", "policy_sha256", "as_of", "purpose", "state", "parameters", "result_sha256", "created_at",
        "finished_at",
    )  # fmt: skip
    return [
        {name: getattr(run, name) for name in kept}
        | {"households": {outcome: heads.households for outcome, heads in totals.get(run.pk, {}).items()}}
        for run in runs
    ]
