"""What does the registry hold already: the same as a row of a file, or something like it with another figure?

The same is left out, so that a table exported and sent back changes only what was changed. Something like it is shown: a
file that corrects an earlier one would come in beside it, and its money would count twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from shouwang.registry.publish import MODELS, Values
from shouwang.units.text import normalise

_OWNER = {"ledger": "household_id", "events": "household_id", "households": "household_id"}
#: What a fact is about: two of one owner that agree in this are one thing told twice, unless somebody says otherwise.
#: A payment's source carries its day, so that February's allowance is not January's.
ABOUT = {
    "medical": ("settled_on",),
    "school": ("as_of",),
    "insurance": ("year",),
    "ledger": ("person_id", "quarter", "kind", "source"),
    "events": ("occurred_on", "cause"),
}
#: What it says of it.
SAYS = {
    "medical": ("total", "basic_paid", "catastrophic_paid", "aid_paid", "self_paid"),
    "school": ("status", "grade"),
    "insurance": ("status",),
    "ledger": ("amount_fen", "one_off"),
    "events": ("note",),
}
#: A line put right by hand, or moved by a split, is no longer what the file said: nothing can be like it.
_SETTLED = {"ledger": ("corrects", "corrected_by", "transfer")}
Key = tuple[Any, ...]


class Known:
    """What the registry holds of the owners of a file's rows.

    Counted, not merely noted: two equal lines of a ledger are two, and a file that brings a third brings one.
    """

    def __init__(self, table: str) -> None:
        self.table, self.model = table, MODELS[table]
        self.owner = _OWNER.get(table, "person_id")
        self.latest = table not in ABOUT  # of members and households what holds is the last word on each kind
        self._asked: set[int] = set()
        self._last: dict[tuple[int, str], str] = {}
        self._same: dict[Key, list[int]] = defaultdict(list)
        self._like: dict[Key, list[tuple[Key, int]]] = defaultdict(list)
        self._waiting: list[tuple[int, Key]] = []

    def ask(self, owners: Iterable[int]) -> None:
        """Look up those not asked about before: one query a lot."""
        new = set(owners) - self._asked
        self._asked |= new
        rows = self.model._default_manager.standing().filter(**{f"{self.owner}__in": new}).order_by("pk")  # type: ignore[attr-defined]
        if self.latest:
            ordered = rows.order_by("as_of", "pk").values_list(self.owner, "kind", "value")
            self._last.update({(owner, kind): value for owner, kind, value in ordered})
            return
        if self.table == "events":  # one taken back is not there any more, and may be reported again
            rows = rows.filter(voids=None, voided_by=None)
        about, says, settled = ABOUT[self.table], SAYS[self.table], _SETTLED.get(self.table, ())
        width = 1 + len(about) + len(says)
        for pk, *told in rows.values_list("pk", self.owner, *about, *says, *settled):
            key = _as_read(told[:width])
            self._same[key].append(pk)
            if not any(told[width:]):
                self._like[key[: 1 + len(about)]].append((key, pk))

    def has(self, row: int, facts: Sequence[Values]) -> bool:
        """Whether a row would say nothing new; what was found once is used up. A row that does is kept for `like`."""
        if self.latest:
            return all(self._last.get((fact[self.owner], fact["kind"])) == fact["value"] for fact in facts)
        about = (self.owner, *ABOUT[self.table])
        keys = [_as_read(fact[name] for name in (*about, *SAYS[self.table])) for fact in facts]
        if all(self._same.get(key) for key in keys):
            for key in keys:
                self._same[key].pop(0)
            return True
        self._waiting += [(row, key[: len(about)]) for key in keys if key[: len(about)] in self._like]
        return False

    def like(self) -> list[tuple[int, int]]:
        """New rows, each with the key of a fact of the same thing that the file does not repeat. When all rows are read.

        What the file repeats stays as it is and is nobody's former figure, wherever in the file it stands.
        """
        found = []
        for row, about in self._waiting:
            left = self._like[about]
            still = next((one for one in left if one[1] in self._same[one[0]]), None)
            if still is not None:
                left.remove(still)
                found.append((row, still[1]))
        return found


def _as_read(key: Iterable[Any]) -> Key:
    """Texts as a file gives them back: `冲销：重复` is kept as written, but read from a cell as `冲销:重复`."""
    return tuple(normalise(value) if isinstance(value, str) else value for value in key)
