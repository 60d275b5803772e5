"""How values are written in text files: dates in four ways, 1.2万, commas; and rows that must be rejected.

Parquet holds typed values, so none of this reaches it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from shouwang.demo import troubles
from shouwang.demo.calendar import iso_names
from shouwang.demo.dice import Dice, Flags
from shouwang.demo.sheet import REJECTED, Sheet, numbers
from shouwang.demo.world import World
from shouwang.terms.tables import Type

_WAN = 1_000_000  # fen
_DATE_FORMS: tuple[Callable[[int, int, int], str], ...] = (
    lambda y, m, d: f"{y}/{m}/{d}",
    lambda y, m, d: f"{y}.{m}.{d}",
    lambda y, m, d: f"{y}{m:02d}{d:02d}",
    lambda y, m, d: f"{y}-{m}-{d}",
)
_QUARTER_FORMS = ("{}年{}季度", "{}年第{}季度", "{}q{}")
_NUMERALS = "一二三四"


def vary(world: World, sheets: dict[str, Sheet]) -> None:
    """Spell some values otherwise. Nothing is lost by it."""
    for sheet in sheets.values():
        dice = world.dice(f"spelling {sheet.name}")
        for column in sheet.table.columns:
            if column.type is Type.DATE and column.name in sheet.columns:
                _dates(dice, sheet, column.name)
            elif column.type is Type.MONEY:
                _amounts(dice, sheet, column.name)
    _quarters(world.dice("spelling quarters"), sheets["ledger"])


def _chosen(dice: Dice, chance: int, possible: Flags) -> list[tuple[int, int]]:
    """Rows to spell otherwise, each with a throw."""
    rows = np.flatnonzero(dice.chance(chance, len(possible)) & possible)
    return list(zip(rows.tolist(), dice.raw(len(rows)).tolist(), strict=True))


def _dates(dice: Dice, sheet: Sheet, column: str) -> None:
    days = numbers(sheet.columns[column])
    for row, throw in _chosen(dice, troubles.DATE_SPELLING, days >= 0):
        year, month, day_ = (int(part) for part in iso_names()[days[row]].split("-"))
        sheet.write_raw(column, row, _DATE_FORMS[throw % len(_DATE_FORMS)](year, month, day_))


def _amounts(dice: Dice, sheet: Sheet, column: str) -> None:
    fen = numbers(sheet.columns[column])
    for row, _ in _chosen(dice, troubles.COMMA_SPELLING, fen >= 100_000):
        sheet.write_raw(column, row, f"{int(fen[row]) // 100:,}.{int(fen[row]) % 100:02d}")
    for row, _ in _chosen(dice, troubles.WAN_SPELLING, (fen >= _WAN) & (fen % 10_000 == 0)):
        digits = f"{int(fen[row]) // _WAN}.{int(fen[row]) % _WAN // 10_000:02d}".rstrip("0").rstrip(".")
        sheet.write_raw(column, row, digits + "万")


def _quarters(dice: Dice, sheet: Sheet) -> None:
    from_code = sheet.columns["quarter"].codes  # type: ignore[union-attr]
    for row, throw in _chosen(dice, troubles.DATE_SPELLING // 4, np.ones(sheet.size, bool)):
        year, part = 2018 + int(from_code[row]) // 4, int(from_code[row]) % 4 + 1
        form = throw % len(_QUARTER_FORMS)
        sheet.write_raw("quarter", row, _QUARTER_FORMS[form].format(year, _NUMERALS[part - 1] if form == 1 else part))


#: Kind of rejected row -> the cell that is wrong and what it says.
_WRONG_CELL = {
    "unknown_household": ("household_id", "9T-{:06d}"),
    "bad_quarter": ("quarter", "2019Q5"),
    "three_decimals": ("amount", "1250.125"),
    "unknown_kind": ("kind", "其他收入"),
    "not_a_number": ("amount", "约三千"),
    "duplicate_member": ("name", "重复登记"),
    "event_unknown_household": ("household_id", "9T-{:06d}"),
    "unknown_status": ("status", "待核"),
    "impossible_day": ("settled_on", "2019-02-30"),
}


def add_rejects(world: World, sheets: dict[str, Sheet]) -> None:
    """Append rows that no reader may accept; nothing true is lost with them."""
    for kind, (name, _, quota) in troubles.REJECTS.items():
        sheet, dice = sheets[name], world.dice(f"reject {kind}")
        rows = dice.between(0, sheet.size - 1, quota * 4).tolist() if sheet.size else []
        clean = [row for row in rows if row not in sheet.faults and row not in sheet.expected][:quota]
        column, text = _WRONG_CELL[kind]
        for copy, throw in enumerate(dice.raw(len(clean)).tolist(), sheet.repeat_all(clean)):
            sheet.write_raw(column, copy, text.format(throw % 1_000_000))
            sheet.spoil(copy, kind, REJECTED)
