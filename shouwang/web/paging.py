"""Next and previous over any list, as fast on page 5,000 as on page 1 (two-range keyset, no OFFSET).

The order is one column, ended by the primary key. A position is the pair of the row at the edge, carried in the address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

from django.core import signing
from django.core.exceptions import FieldError, ValidationError
from django.db.models import Model, QuerySet
from django.http import QueryDict

_Row = TypeVar("_Row", bound=Model)
#: Counting stops here: "10,000+" is enough for a person and cheap for the database.
COUNT_UP_TO = 10_000


@dataclass(frozen=True, slots=True)
class Page(Generic[_Row]):
    """One page of rows, and the addresses of its neighbours (empty where there is none)."""

    rows: list[_Row]
    next_url: str = ""
    previous_url: str = ""
    count: int | None = None
    counted_all: bool = True

    @property
    def count_words(self) -> str:
        if self.count is None:
            return ""
        return f"共 {self.count:,} 条" if self.counted_all else f"{self.count:,} 条以上"


@dataclass(frozen=True, slots=True)
class Keyset:
    """How a list is walked: by `column` then `pk`, both the same way; `size` rows at a time."""

    column: str = "pk"
    newest_first: bool = False
    size: int = 50
    counted: bool = field(default=True)
    #: Where counting stops if it stops earlier than elsewhere.
    count_up_to: int | None = None

    def page(self, rows: QuerySet[_Row], query: Mapping[str, Any] | QueryDict, count: int | None = None) -> Page[_Row]:
        """The page the address asks for; a position that does not read is the first page. `count`: of all, if known."""
        backwards = bool(query.get("before"))
        position = self._read(str(query.get("before") or query.get("after") or ""))
        found = self._from(rows, position, backwards)
        more, found = len(found) > self.size, found[: self.size]
        if backwards:
            found.reverse()
        has_next = bool(found) and (backwards or more)
        has_previous = bool(found) and (more if backwards else position is not None)
        known, most = count is not None, self.count_up_to or COUNT_UP_TO
        if count is None and self.counted:
            # A first page that is not full holds all there are.
            everything = position is None and not more
            count = len(found) if everything else rows.order_by()[: most + 1].count()
        return Page(
            found,
            self._address(query, "after", found[-1]) if has_next else "",
            self._address(query, "before", found[0]) if has_previous else "",
            count if count is None or known else min(count, most),
            count is None or known or count <= most,
        )

    def _from(self, rows: QuerySet[_Row], position: tuple[Any, Any] | None, backwards: bool) -> list[_Row]:
        """Up to one row more than fit, as two ranges: the rest of the same value, then the values beyond."""
        down = self.newest_first != backwards
        sign, beyond = ("-", "lt") if down else ("", "gt")
        order = [f"{sign}pk"] if self.column == "pk" else [f"{sign}{self.column}", f"{sign}pk"]
        rows, wanted = rows.order_by(*order), self.size + 1
        if position is None:
            return _first(rows, wanted)
        value, pk = position
        try:
            if self.column == "pk":
                return _first(rows.filter(**{f"pk__{beyond}": pk}), wanted)
            same = _first(rows.filter(**{self.column: value, f"pk__{beyond}": pk}), wanted)
            rest = rows.filter(**{f"{self.column}__{beyond}": value})
            return same + _first(rest, wanted - len(same)) if len(same) < wanted else same
        except (FieldError, ValidationError, ValueError, TypeError):
            return _first(rows, wanted)

    def _address(self, query: Mapping[str, Any] | QueryDict, way: str, row: Model) -> str:
        kept = query.copy() if isinstance(query, QueryDict) else QueryDict(mutable=True)
        for name in ("after", "before"):
            kept.pop(name, None)
        value = row.pk
        for name in self.column.split("__") if self.column != "pk" else ():
            value = getattr(row if value is row.pk else value, name)
        value = value.isoformat() if isinstance(value, date) else value  # as the filters of `_from` read it again
        kept[way] = signing.dumps([value, row.pk], salt="paging", compress=False)
        return f"?{kept.urlencode()}"

    @staticmethod
    def _read(text: str) -> tuple[Any, Any] | None:
        """A position is signed, so that nobody probes values they may not see by writing one."""
        try:
            value, pk = signing.loads(text, salt="paging")
        except (signing.BadSignature, ValueError, TypeError):
            return None
        return value, pk


def _first(rows: QuerySet[_Row], most: int) -> list[_Row]:
    """The first rows, by their keys where a row shows more than itself: else the database joins all of it before it sorts."""
    if not rows.query.select_related:
        return list(rows[:most])
    return list(rows.filter(pk__in=list(rows.values_list("pk", flat=True)[:most])))
