"""Shapes that several answers share: a unit, a page of rows, where the next page begins."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import parse_qs
from uuid import UUID

from django.db.models import QuerySet
from ninja import Schema
from pydantic import Field

from shouwang.accounts.models import Unit, User
from shouwang.accounts.queries import visible_units
from shouwang.web.paging import Keyset, Page

#: Words to look for: short, and without control characters, which PostgreSQL refuses.
Words = Annotated[str, Field(max_length=60, pattern=r"^[^\x00-\x1f]*$")]
#: A position as the last answer gave it.
After = Annotated[str, Field(max_length=400, pattern=r"^[^\x00-\x1f]*$", description="上一页答复里的 next")]
Size = Annotated[int, Field(ge=1, le=200, description="每页几条")]


class UnitShape(Schema):
    """单位。"""

    uuid: UUID
    name: str = Field(description="名称")
    level: str = Field(description="层级：corps 兵团、division 师市、regiment 团、company 连（社区）、department 部门")


class Listed(Schema):
    """一页。`next` 原样带入下一次请求的 after。"""

    count: int = Field(description="共多少条；capped 为真时只数到这里（10000；常见的姓名为 1000）")
    capped: bool = Field(description="是否不止这么多")
    next: str | None = Field(None, description="下一页的位置；没有下一页为空")


def unit_asked(user: User, uuid: UUID | None) -> tuple[Unit | None, bool]:
    """The unit a filter names, and whether it can be met: one that is not visible leaves nothing, and says nothing."""
    if uuid is None:
        return None, True
    unit = visible_units(user).filter(uuid=uuid).first()
    return unit, unit is not None


def page_of(rows: QuerySet[Any], keyset: Keyset, after: str) -> tuple[Page[Any], dict[str, Any]]:
    """A page of rows, and what `Listed` says of it."""
    page = keyset.page(rows, {"after": after} if after else {})
    count = page.count or 0
    where = parse_qs(page.next_url.lstrip("?")).get("after", [None])[0]
    return page, {"count": min(count, 10_000), "capped": not page.counted_all, "next": where}
