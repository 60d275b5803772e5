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


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some rows and the way on.

    `capped`: there are more than `count`. `after`, `before`: what to ask for the neighbouring pages, None at the ends.
    """

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
    cap: int = CAP,
) -> Page[Row]:
    """One page by a unique column, counted as far as `cap`. One range of an index a page, however deep, on both databases."""
    size = max(1, min(size, LARGEST))
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
    # A page that holds all there is need not be counted.
    total = len(found) if not more_before and not more_after else rows.order_by()[: cap + 1].count()
    return Page(
        found,
        min(total, cap),
        total > cap,
        after=getattr(found[-1], key) if found and more_after else None,
        before=getattr(found[0], key) if found and more_before else None,
    )
