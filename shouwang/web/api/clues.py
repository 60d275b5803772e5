"""Clues: the ranked list, one clue with what is said and what may be done, and reporting."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import Http404, HttpResponse
from ninja import Header, Router, Schema
from pydantic import Field

from shouwang.accounts.redact import redact
from shouwang.accounts.roles import Permission
from shouwang.casework import actions, queries
from shouwang.casework.models import Clue
from shouwang.registry.queries import household_for
from shouwang.terms.tables import CAUSES
from shouwang.web.api.entry import Caller, needed
from shouwang.web.api.parts import After, Listed, Size, UnitShape, Words, page_of, unit_asked
from shouwang.web.api.written import Told, written
from shouwang.web.paging import Keyset

router = Router(tags=["线索"])
#: 事由，与变故登记的相同；报送线索时可以不写。
Cause = Literal[CAUSES]  # type: ignore[valid-type]  # one list of causes, in the tables


class ClueRow(Schema):
    """一条线索，列表里的一行。"""

    uuid: UUID
    household: UUID
    household_number: str
    unit: UnitShape
    source: str
    state: str = Field(description="new 待处理、triaged 已分办、dismissed 不立案、merged 已并入、opened 已立案")
    outcome: str = Field(description="筛查结论；没有筛查为空")
    score: int = Field(description="只定先后，不定结果")
    reasons: list[str]
    raised_on: date
    due_on: date | None
    still_found: bool = Field(description="最近一次筛查是否仍命中")


class Clues(Listed):
    rows: list[ClueRow]


class ClueLineShape(Schema):
    """线索里的一条。"""

    source: str
    rule: str
    outcome: str
    clause: str
    sentence: str
    by: str = Field(description="报送人；筛查得出的为空")
    added_at: datetime


class ClueActShape(Schema):
    """办过什么。"""

    verb: str
    reason: str
    by: str
    at: datetime


class ClueShape(ClueRow):
    """一条线索。"""

    revision: int
    lines: list[ClueLineShape]
    acts: list[ClueActShape]
    cases: list[str] = Field(description="这一户的个案编号")
    may: list[str] = Field(
        description="我现在能办的：open 立案、triage 分办、decline 不愿申报、merge 并入、dismiss 不立案"
    )
    recusal: str = Field(description="须回避的原因；不须回避为空")


class NewClue(Schema):
    """报送一条线索。有事由和日期的，同时登记为该户的变故。"""

    household: UUID
    sentence: Annotated[str, Field(min_length=1, max_length=2000, description="看到或听到了什么")]
    cause: Cause | Literal[""] = ""
    occurred_on: date | None = None


@router.get("/clues", response=Clues, summary="线索", url_name="clues")
def clues(
    request: Caller, state: Words = "", source: Words = "", outcome: Words = "", rule: Words = "", unit: UUID | None = None,
    text: Words = "", gone: bool = False, after: After = "", size: Size = 50,
) -> dict[str, Any]:  # fmt: skip
    """按先后分排列。`gone`：连同最近一次筛查不再命中的。"""
    user = request.user
    needed(user, Permission.CLUE_VIEW)
    at, possible = unit_asked(user, unit)
    rows = queries.clue_list(user, state, source, outcome, unit=at, gone=gone, rule=rule, text=text)
    page, listed = page_of(rows if possible else rows.none(), Keyset("score", newest_first=True, size=size), after)
    return listed | {"rows": [_row(one) for one in page.rows]}


@router.get("/clues/{uuid}", response=ClueShape, summary="一条线索")
def clue(request: Caller, uuid: UUID) -> dict[str, Any]:
    """说了什么、谁说的、办过什么、我现在能办什么。"""
    user = request.user
    needed(user, Permission.CLUE_VIEW)
    found = queries.clue_for(user, str(uuid))
    if found is None:
        raise Http404
    page = queries.clue_page(user, found)
    lines = [(line, line.by.display_name if line.by else "") for line in found.lines.all()]
    kept = ("source", "rule", "outcome", "clause", "added_at")
    return _row(found) | {
        "revision": found.revision, "may": list(page.may), "recusal": page.recusal,
        "cases": [case.number for case in page.cases],
        "lines": [
            {"by": by, "sentence": redact(line.sentence), **{name: getattr(line, name) for name in kept}}
            for line, by in lines
        ],
        "acts": [
            {"verb": act.verb, "reason": redact(act.reason), "by": act.by.display_name, "at": act.at} for act in page.acts
        ],
    }  # fmt: skip


@router.post("/clues", response={200: Told}, summary="报送线索", url_name="clues")
def report(
    request: Caller, told: NewClue, idempotency_key: Annotated[UUID, Header(alias="Idempotency-Key")]
) -> HttpResponse:
    """一户一条线索：已有的线索上添一行。重发用同一个 Idempotency-Key，只办一次。"""
    user = request.user
    needed(user, Permission.CLUE_REPORT)
    household = household_for(user, told.household)

    def act() -> dict[str, Any]:
        facts = told.dict(exclude={"household"})
        made = actions.report_clue(by=user, household=household, **facts)
        return {"at": ["clue", str(made.uuid)], "done": "已记在这一户的线索上。", "revision": made.revision}

    return written(request, idempotency_key, act)


def _row(one: Clue) -> dict[str, Any]:
    kept = ("uuid", "source", "state", "outcome", "score", "reasons", "raised_on", "due_on", "still_found")
    household = one.household
    return {name: getattr(one, name) for name in kept} | {
        "household": household.uuid, "household_number": household.number, "unit": household.unit
    }  # fmt: skip
