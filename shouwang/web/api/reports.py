"""Departments' reports by citizen number. The answer is the same whoever the number belongs to."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Header, Router, Schema
from pydantic import Field

from shouwang.accounts.roles import Permission
from shouwang.casework import actions
from shouwang.web.api.clues import Cause
from shouwang.web.api.entry import Caller, needed
from shouwang.web.api.written import Told, written

router = Router(tags=["线索"])


class NewReport(Schema):
    """部门通报一件事。"""

    citizen_number: Annotated[str, Field(min_length=15, max_length=40, description="身份证号")]
    person_name: Annotated[str, Field(min_length=1, max_length=100)]
    cause: Cause
    occurred_on: date
    sentence: Annotated[str, Field(min_length=1, max_length=2000)]


@router.post("/reports", response={200: Told}, summary="部门通报", url_name="reports")
def report(
    request: Caller, told: NewReport, idempotency_key: Annotated[UUID, Header(alias="Idempotency-Key")]
) -> HttpResponse:
    """支出骤增、收入骤减的家庭（四/一）。只限部门经办；答复不透露这个人是否登记在册。"""
    needed(request.user, Permission.CLUE_REPORT)

    def act() -> dict[str, Any]:
        made = actions.report_person(by=request.user, **told.dict())
        return {"at": ["report", str(made.uuid)], "done": "已收到，由所在连队或团办核实。", "revision": 1}

    return written(request, idempotency_key, act)
