"""Hospital bills: how a stay is paid, and the bills of a chunk as columns."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from shouwang.demo import troubles
from shouwang.demo.dice import Dice, Ints

_COLUMNS = ("household", "slot", "day", "total", "basic", "catastrophic", "aid", "own", "gap")


def _nothing() -> Ints:
    return np.zeros((len(_COLUMNS), 0), np.int64)


@dataclass
class Bills:
    """All bills of a chunk; money in fen. `gap` is what the parts miss of the total."""

    table: Ints = field(default_factory=_nothing)

    def __getattr__(self, name: str) -> Ints:
        if name not in _COLUMNS:
            raise AttributeError(name)
        column: Ints = self.table[_COLUMNS.index(name)]
        return column

    def add(self, dice: Dice, household: Ints, slot: Ints, day: Ints, own: Ints, inpatient: bool) -> None:
        """Bills of which `own` fen are left to the patient. The parts follow from it (real columns)."""
        n = len(household)
        part = dice.between(*(troubles.BILL_SELF_PART if inpatient else (300, 480)), n)
        total = own * 1000 // part // 10 * 10
        basic = total * dice.between(*(troubles.BILL_BASIC_PART if inpatient else (450, 520)), n) // 1000
        helped = dice.chance(troubles.AID_GIVEN, n) & inpatient
        aid = total * dice.between(*troubles.BILL_AID_PART, n) // 1000 * helped
        catastrophic = (total - basic - aid - own) * inpatient
        basic = total - own - aid - catastrophic
        gap = dice.between(*troubles.PARTS_GAP, n) * 100 * dice.chance(troubles.PARTS_DO_NOT_SUM, n)
        new = np.stack([household, slot, day, total + gap, basic, catastrophic, aid, own, gap])
        self.table = np.concatenate([self.table, new], axis=1)

    def sort(self) -> None:
        """By household, then slot, then day: the order of writing."""
        self.table = self.table[:, np.lexsort((self.day, self.slot, self.household))]
