"""Pages that stay fast at any depth: keyset by a unique column, and counts that stop at a cap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import models
from django.db.models import QuerySet

Row = TypeVar("Row", bound=models.Model)
Item = TypeVar("Item")
#: Counts go no further than this; pages then say “10,000+”.
CAP = 10_000
SIZE, LARGEST = 50, 200
#: From so many on, looking at one row after the other fills a page sooner than collecting all of them first.
MANY = 1_000


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some rows and the way on. `after` and `before` are what to ask for the neighbouring pages, None at the ends."""

    rows: Sequence[Item]
    count: int
    capped: bool
    after: Any = None
    before: Any = None


def page_of(
    rows: QuerySet[Row],
    key: str,
    *,
    after: Any = None,
    before: Any = None,
    size: int = SIZE,
    falling: bool = False,
    dense: QuerySet[Row] | None = None,
) -> Page[Row]:
    """One page by a unique column. One range of an index a page, however deep, on both databases.

    `dense`: the same rows asked for one by one along the key; quicker where so many fit that a page is soon full.
    """
    size = max(1, min(size, LARGEST))
    total = rows.order_by()[: CAP + 1].count()
    rows = dense if dense is not None and total >= MANY else rows
    up, down = (f"-{key}", key) if falling else (key, f"-{key}")
    beyond, within = ("lt", "gt") if falling else ("gt", "lt")
    if before not in (None, ""):
        found = list(rows.filter(**{f"{key}__{within}": before}).order_by(down)[: size + 1])
        more_before, more_after = len(found) > size, True
        found = found[:size][::-1]
    else:
        some = rows.filter(**{f"{key}__{beyond}": after}) if after not in (None, "") else rows
        found = list(some.order_by(up)[: size + 1])
        more_before, more_after = after not in (None, ""), len(found) > size
        found = found[:size]
    return Page(
        found,
        min(total, CAP),
        total > CAP,
        after=getattr(found[-1], key) if found and more_after else None,
        before=getattr(found[0], key) if found and more_before else None,
    )
