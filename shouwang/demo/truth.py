"""What is true of each household and each spoiled row, written beside the tables for tests to compare with.

`truth.csv`: a row a household. `truth_matching.csv`: a row for each departmental row, and for each faulty row of any
other table; a departmental row without a fault is there too, so that a test can count.

A row without a number is taken to be found by name and birth date unless a namesake was planted; in a large run a few
people share both by accident (4 such rows of 1.3 million at 300 000 households), and matching finds those ambiguous.
"""

from __future__ import annotations

import numpy as np

from shouwang.demo import profile, troubles
from shouwang.demo.dice import Flags
from shouwang.demo.expected import OUTCOMES, RULES, Expected
from shouwang.demo.faults import DEPARTMENTS
from shouwang.demo.register import Roll
from shouwang.demo.sheet import DUPLICATE, MATCHED, REJECTED, UNMATCHED, Sheet
from shouwang.demo.world import World

HOUSEHOLD_COLUMNS = (
    *("household_id", "unit", "situations", "situation_codes", "expected_members", "expected_net_income_fen"),
    *("expected_outcome", "expected_route", "expected_tier", "expected_rules_met", "expected_rules_suspected"),
    "recoverable",
)
ROW_COLUMNS = (
    *("file", "row", "true_member_id", "expected", "expected_member_id", "fault", "fault_name", "recoverable"),
)
ROUTES = ("", "A", "B", "A+B")
TIERS = ("severe", "low", "above", "")
NONE = ("一般户", "ordinary")
_OF_ROWS = {
    "parts_do_not_sum": "各部分之和与总费用不符",
    "namesake": "无身份证号，有同名同生日的人",
    "total_row": "合计行",
}
FAULT_NAMES: dict[str, str] = (
    {code: fault.name for code, fault in (troubles.ROW_FAULTS | troubles.MEMBER_FAULTS).items()}
    | {code: reject[1] for code, reject in troubles.REJECTS.items()}
    | _OF_ROWS
)


def marks(world: World) -> dict[str, Flags]:
    """Everything worth saying of a household, by code."""
    joined = world.traits.joined
    namesake = np.zeros(world.size, bool)
    namesake[[household for pair in world.people.namesakes for household in pair]] = True
    return world.planted | {
        "migrant": ~world.traits.registered[:, 0],
        "newborn": (world.people.present & (joined == world.people.born)).any(axis=1),
        "namesake": namesake,
    }


def _situations(world: World) -> list[tuple[str, str]]:
    """Names and codes of what was planted, for every household."""
    names = {code: s.name for code, s in (troubles.SITUATIONS | troubles.GAPS).items()} | troubles.MARKS
    found: list[list[str]] = [[] for _ in range(world.size)]
    flags = marks(world)
    for code in names:
        for row in np.flatnonzero(flags[code]).tolist():
            found[row].append(code)
    return [("、".join(names[c] for c in codes), ";".join(codes)) if codes else NONE for codes in found]


def _rules(bits: int) -> str:
    return ";".join(rule for position, rule in enumerate(RULES) if bits >> position & 1)


def lost(world: World, sheets: dict[str, Sheet]) -> Flags:
    """Households whose truth cannot be seen from the files: a row that matters does not reach its person."""
    missing = np.zeros(world.size, bool)
    for name in DEPARTMENTS:
        sheet = sheets[name]
        if sheet.person is None or sheet.matters is None:
            continue
        for row in {*sheet.expected, *sheet.taken_for}:
            if sheet.person[row] >= 0 and sheet.matters[row] and not _recoverable(sheet, row):
                missing[sheet.owner[row]] = True
    return missing


def _recoverable(sheet: Sheet, row: int) -> bool:
    if row in sheet.taken_for:
        return False
    outcome = sheet.expected.get(row, MATCHED)
    stranger = outcome == UNMATCHED and sheet.person is not None and sheet.person[row] < 0
    return outcome in (MATCHED, DUPLICATE, REJECTED) or stranger


def household_rows(world: World, expected: Expected, missing: Flags, limit: int) -> list[tuple[str, ...]]:
    """The rows of `truth.csv` for the first `limit` households of a chunk."""
    units = [profile.UNITS[unit].name for unit in world.unit.tolist()]
    words = {bits: _rules(bits) for bits in {*expected.met.tolist(), *expected.suspected.tolist()}}
    sums = expected.sums
    columns = (
        *(world.index.tolist(), units, _situations(world), sums.heads.tolist(), sums.now.tolist()),
        *(sums.now_known.tolist(), expected.outcome.tolist(), expected.route.tolist(), expected.tier.tolist()),
        *(expected.met.tolist(), expected.suspected.tolist(), missing.tolist()),
    )
    rows = zip(*(column[:limit] for column in columns), strict=True)
    return [
        (
            *(f"7T-{index + 1:06d}", unit, names, codes, str(heads), str(net) if known else "", OUTCOMES[outcome]),
            *(ROUTES[route], TIERS[tier], words[met], words[suspected], "否" if gone else "是"),
        )
        for index, unit, (names, codes), heads, net, known, outcome, route, tier, met, suspected, gone in rows
    ]


def matching_lines(roll: Roll, sheet: Sheet, file: str, first_row: int) -> list[str]:
    """The lines of `truth_matching.csv` for one sheet; `first_row` is the row number of its first row in the file."""
    ids = [*roll.ids, ""]
    persons = sheet.person.tolist() if sheet.person is not None else [-1] * sheet.size
    if sheet.name not in DEPARTMENTS:
        return [_line(sheet, ids, persons, row, file, first_row, "") for row in sorted(sheet.faults)]
    people = enumerate((ids[person] for person in persons), first_row)
    lines = [f"{file},{row},{person},matched,{person},,,是" for row, person in people]
    for row in {*sheet.faults, *sheet.expected, *sheet.taken_for}:
        lines[row] = _line(sheet, ids, persons, row, file, first_row, MATCHED)
    return lines


def _line(sheet: Sheet, ids: list[str], persons: list[int], row: int, file: str, first_row: int, usual: str) -> str:
    """The truth of a row that is not like the others."""
    codes, outcome = sheet.faults.get(row, []), sheet.expected.get(row, usual)
    taken = sheet.taken_for.get(row, persons[row]) if outcome == MATCHED else -1
    names = "、".join(FAULT_NAMES[code] for code in codes)
    recoverable = "是" if _recoverable(sheet, row) else "否"
    cells = (file, str(first_row + row), ids[persons[row]], outcome, ids[taken], ";".join(codes), names, recoverable)
    return ",".join(cells)
