"""What departments sent: the batches a person may see, and one with its numbers and steps. Rows stay with the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Router, Schema
from pydantic import Field

from shouwang.accounts.roles import Permission
from shouwang.registry.models import BatchState, SourceBatch
from shouwang.registry.queries import batch_for, batches_for
from shouwang.web.api.entry import Caller, needed
from shouwang.web.api.parts import Listed, Size, UnitShape, Words

router = Router(tags=["部门文件"])


class BatchRow(Schema):
    """一批，列表里的一行。"""

    uuid: UUID
    unit: UnitShape
    department: str
    table: str = Field(description="哪一种表，如 medical")
    file_name: str
    sha256: str = Field(description="文件指纹")
    state: BatchState
    as_of: date = Field(description="资料截至")
    counts: dict[str, int] = Field(description="各种结果的行数")


class Batches(Listed):
    next: int | None = None  # type: ignore[assignment]
    rows: list[BatchRow]


class BatchStepShape(Schema):
    """批次的一步。"""

    state: str
    by: str = Field(description="办理人；由程序办的为空")
    at: datetime
    reason: str


class BatchShape(BatchRow):
    """一批。"""

    steps: list[BatchStepShape]


@router.get("/batches", response=Batches, summary="部门文件的批次")
def batches(
    request: Caller, state: BatchState | None = None, table: Words = "",
    after: Annotated[int | None, Field(ge=0, le=2**63 - 1)] = None, size: Size = 50,
) -> dict[str, Any]:  # fmt: skip
    """最近的在前。部门只看本部门的。"""
    needed(request.user, Permission.SOURCE_VIEW)
    page = batches_for(request.user, state=state, table=table, after=after, size=size)
    return {
        "count": page.count, "capped": page.capped, "next": page.after, "rows": [_row(one) for one in page.rows]
    }  # fmt: skip


@router.get("/batches/{uuid}", response=BatchShape, summary="一批")
def batch(request: Caller, uuid: UUID) -> dict[str, Any]:
    """行数、办到哪里、谁办的。"""
    needed(request.user, Permission.SOURCE_VIEW)
    found = batch_for(request.user, uuid)
    steps = found.steps.select_related("by").order_by("pk")
    return _row(found) | {
        "steps": [
            {"state": one.state, "by": one.by.display_name if one.by else "", "at": one.at, "reason": one.reason}
            for one in steps
        ]
    }


def _row(one: SourceBatch) -> dict[str, Any]:
    kept = ("uuid", "unit", "department", "table", "file_name", "sha256", "state", "as_of")
    counts = {name: number for name, number in one.counts.items() if isinstance(number, int)}
    return {name: getattr(one, name) for name in kept} | {"counts": counts}
