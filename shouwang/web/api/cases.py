"""Cases: the list, one case with its records and what I may do now, and doing a step."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpResponse
from ninja import Header, Router, Schema
from pydantic import Field

from shouwang.accounts.redact import redact
from shouwang.accounts.roles import NOT_BY_TOKEN, Permission
from shouwang.casework import actions, queries
from shouwang.casework.desk import Desk
from shouwang.casework.models import Case, StepRecord
from shouwang.casework.queries import CaseFile, CaseFilter
from shouwang.casework.queries.cases import StepView, status_words
from shouwang.policy.procedure import Field as Asked
from shouwang.units.errors import ShouwangError
from shouwang.web.api.entry import Caller, needed
from shouwang.web.api.parts import After, Listed, Size, UnitShape, Words, page_of, unit_asked
from shouwang.web.api.written import Told, written
from shouwang.web.paging import Keyset

router = Router(tags=["个案"])
_Short = Annotated[str, Field(max_length=400)]


class CaseRow(Schema):
    """一件个案，列表里的一行。"""

    number: str = Field(description="个案编号")
    household: UUID
    household_number: str
    unit: UnitShape
    status: str = Field(
        description="active 办理中、confirmed 已确认、refused 不予认定、lapsed 未申报、withdrawn 已撤回、appealed 申诉中、closed 已办结"
    )
    step: str = Field(description="当前步骤")
    opened_on: date
    due_on: date = Field(description="全程时限")
    confirmed_on: date | None


class Cases(Listed):
    rows: list[CaseRow]


class WayShape(Schema):
    """一步的一种结果。"""

    id: str
    label: str
    needs_reason: bool


class AskedShape(Schema):
    """一步要填的一项。"""

    name: str
    label: str
    kind: str
    required: bool
    choices: list[list[str]] = Field(description="可选的值和说法")


class StepShape(Schema):
    """程序的一步。"""

    id: str
    title: str
    clause: str
    state: str = Field(description="done 已办、open 可办、later 还没轮到")
    due_on: date | None
    can_act: bool = Field(description="我现在能办")
    can_sign: bool = Field(description="正等我签字")
    why_not: str
    ways: list[WayShape]
    asks: list[AskedShape]


class RecordShape(Schema):
    """办了一步。"""

    uuid: UUID
    step: str
    round: int
    way: str
    by: str
    occurred_on: date
    recorded_at: datetime
    note: str
    evidence: dict[str, Any]
    signed_by: list[str]


class CaseShape(CaseRow):
    """一件个案。"""

    policy: str
    revision: int = Field(description="办理时作为 seen 送回，别人先办了会得到 409")
    steps: list[StepShape]
    doors: list[str] = Field(description="我现在能办的撤回、申诉、办结")
    records: list[RecordShape]


class StepTaken(Schema):
    """办一步。"""

    way: Annotated[str, Field(max_length=40, description="结果的编号，见步骤的 ways")]
    seen: Annotated[int, Field(ge=0, le=2**31 - 1, description="您看到的版次")]
    evidence: dict[str, Any] = Field(default_factory=dict, description="按步骤的 asks 填写；金额以元为单位的文字")
    occurred_on: date | None = Field(None, description="办理日期；不写为今天")
    note: _Short = ""
    late_reason: _Short = ""


@router.get("/cases", response=Cases, summary="个案")
def cases(
    request: Caller, status: Words = "", step: Words = "", unit: UUID | None = None, overdue: bool = False, text: Words = "",
    after: After = "", size: Size = 50,
) -> dict[str, Any]:  # fmt: skip
    """最近立案的在前。"""
    user = request.user
    needed(user, Permission.CASE_VIEW)
    at, possible = unit_asked(user, unit)
    rows = queries.find_cases(user, CaseFilter(status, step, at, overdue, text))
    page, listed = page_of(rows if possible else rows.none(), Keyset("pk", newest_first=True, size=size), after)
    return listed | {"rows": [_row(one) for one in page.rows]}


@router.get("/cases/{number}", response=CaseShape, summary="一件个案")
def case(request: Caller, number: str) -> dict[str, Any]:
    """到了哪一步、谁办了什么、我现在能办什么。看一件要留痕，与网页相同。"""
    file = _file(request, number)
    return _row(file.case) | {
        "policy": file.page.policy_title, "revision": file.case.revision,
        "steps": [_step(view) for view in file.page.steps], "doors": [door.id for door in file.page.doors],
        "records": [_record(record) for record in file.page.history],
    }  # fmt: skip


@router.post("/cases/{number}/steps/{step}", response={200: Told}, summary="办一步")
def take_step(
    request: Caller, number: str, step: str, taken: StepTaken,
    idempotency_key: Annotated[UUID, Header(alias="Idempotency-Key")],
) -> HttpResponse:  # fmt: skip
    """与网页办的是同一件事：同样的岗位、回避和时限。确认一步须本人在网页上办，令牌不能办。"""
    needed(request.user, Permission.CASE_VIEW)
    found = queries.case_for(request.user, number)
    if found is None:
        raise Http404

    _may_be_taken(request, found, step)

    def act() -> dict[str, Any]:
        record = actions.act(by=request.user, case=found, step=step, **taken.dict())
        found.refresh_from_db()
        return {"at": ["case", number, str(record.uuid)], "done": status_words(found), "revision": found.revision}

    return written(request, idempotency_key, act)


class TakesAPerson(ShouwangError):
    code = "API-07"
    what = "“{step}”须由本人登录网页、验证身份后办理，令牌不能代办。"
    do = "请登录网页，在个案 {case} 里办理。"


def _may_be_taken(request: Caller, found: Case, name: str) -> None:
    """A program is told plainly that it may not decide; the post behind its token would not sign anyway."""
    post, step = request.user.acting_post, Desk.look(found).procedure.step(name)
    if post and post.through_token and step and {one.permission for one in step.signers} & NOT_BY_TOKEN:
        raise TakesAPerson(step=step.title, case=found.number)


def _file(request: Caller, number: str) -> CaseFile:
    needed(request.user, Permission.CASE_VIEW)
    file = queries.case_file(request.user, number)
    if file is None:
        raise Http404
    return file


def _row(one: Case) -> dict[str, Any]:
    kept = ("number", "status", "step", "opened_on", "due_on", "confirmed_on")
    household = one.household
    return {name: getattr(one, name) for name in kept} | {
        "household": household.uuid, "household_number": household.number, "unit": household.unit
    }  # fmt: skip


def _step(view: StepView) -> dict[str, Any]:
    step = view.step
    return {
        "id": step.id, "title": step.title, "clause": view.clause.id, "state": view.state, "can_act": view.can_act,
        "can_sign": view.can_sign, "why_not": view.why_not, "due_on": view.open.due_on if view.open else None,
        "ways": [{"id": way.id, "label": way.label, "needs_reason": way.reason} for way in step.ways],
        "asks": [_asked(asked) for asked in step.fields],
    }  # fmt: skip


def _asked(asked: Asked) -> dict[str, Any]:
    choices = [list(pair) for pair in asked.choices]
    return {
        "name": asked.name, "label": asked.label, "kind": asked.kind.name.lower(), "required": asked.required, "choices": choices
    }  # fmt: skip


def _record(record: StepRecord) -> dict[str, Any]:
    kept = ("uuid", "step", "round", "way", "occurred_on", "recorded_at")
    evidence = {name: redact(value) if isinstance(value, str) else value for name, value in record.evidence.items()}
    signed = [one.user.display_name for one in record.signatures.all() if one.agrees]
    return {name: getattr(record, name) for name in kept} | {
        "by": record.by.display_name, "signed_by": signed, "note": redact(record.note), "evidence": evidence
    }  # fmt: skip
