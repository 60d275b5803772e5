"""How the files of a chunk are spoiled, and what can still be made of them (contract 2).

The truth of a spoiled row is known here: whose it is, and whether matching can find out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from shouwang.demo import places, spoiling, troubles
from shouwang.demo.calendar import NO_DAY
from shouwang.demo.dice import PER, Dice, Ints
from shouwang.demo.people import FATHER, HEAD, MOTHER, SPOUSE
from shouwang.demo.register import Roll
from shouwang.demo.sheet import AMBIGUOUS, DUPLICATE, MATCHED, NOBODY, UNMATCHED, Sheet, numbers, texts
from shouwang.demo.world import World
from shouwang.units.identity import check_digit

DEPARTMENTS = ("medical", "school", "insurance")


@dataclass
class Reach:
    """What a right number, or a right name and birth date, leads to where it does not lead to its person."""

    by_number: dict[int, str] = field(default_factory=dict)
    by_name: dict[int, str] = field(default_factory=dict)


def spoil(world: World, roll: Roll, sheets: dict[str, Sheet], limit: int) -> None:
    """Spoil the identities in a chunk of which the first `limit` households will be written."""
    reach = Reach()
    _spoil_members(world, roll, sheets["members"], reach, limit)
    for first, second in world.people.namesakes:
        if second < limit:
            both = (int(roll.position[first, HEAD]), int(roll.position[second, HEAD]))
            reach.by_name.update(dict.fromkeys(both, AMBIGUOUS))
    for name in DEPARTMENTS:
        _spoil_rows(world, roll, sheets[name], reach)


def _spoil_members(world: World, roll: Roll, sheet: Sheet, reach: Reach, limit: int) -> None:
    dice = world.dice("faulty members")
    kinds = list(troubles.MEMBER_FAULTS)
    drawn = _draw(dice, [troubles.MEMBER_FAULTS[kind].chance for kind in kinds], sheet.size)
    throws = dice.raw(sheet.size)
    written, born = texts(sheet.columns["id_number"]), numbers(sheet.columns["birth_date"])
    for row in np.flatnonzero(drawn >= 0).tolist():
        kind = kinds[drawn[row]]
        text = spoiling.ON_MEMBERS[kind](roll.numbers[row], int(throws[row]))
        if text is None:
            continue
        written[row] = text or None
        sheet.spoil(row, kind)
        if troubles.MEMBER_FAULTS[kind].expected == "unreachable":
            reach.by_number[row] = UNMATCHED
            born[row] = roll.born[row]
    for _ in range(troubles.SHARED_NUMBERS):
        _share_number(dice, world, roll, sheet, reach, limit)


def _share_number(dice: Dice, world: World, roll: Roll, sheet: Sheet, reach: Reach, limit: int) -> None:
    """A member is entered with the number of somebody in another household."""
    one, other = (int(h) for h in dice.between(0, world.size - 1, 2))
    wrong, right = (int(roll.position[household, HEAD]) for household in (one, other))
    if one == other or max(one, other) >= limit or {wrong, right} & set(sheet.faults):
        return
    texts(sheet.columns["id_number"])[wrong] = roll.numbers[right]
    numbers(sheet.columns["birth_date"])[wrong] = roll.born[wrong]
    reach.by_number |= {wrong: UNMATCHED, right: AMBIGUOUS}
    sheet.spoil(wrong, "member_shared")


def _draw(dice: Dice, chances: list[int], rows: int) -> Ints:
    """At most one kind a row: its position in `chances`, or -1."""
    kind = dice.pick((*chances, PER - sum(chances)), rows)
    return np.where(kind == len(chances), -1, kind)


def _spoil_rows(world: World, roll: Roll, sheet: Sheet, reach: Reach) -> None:
    dice = world.dice(f"faulty {sheet.name}")
    kinds = [*troubles.ROW_FAULTS, ""]
    drawn = _draw(dice, [fault.chance for fault in troubles.ROW_FAULTS.values()], sheet.size)
    throws, blanks = dice.raw(sheet.size), dice.chance(troubles.NAMESAKE_ROW_BLANK, sheet.size)
    persons = sheet.person.tolist() if sheet.person is not None else []
    desk = _Desk(roll, sheet, reach)
    kept_whole = {int(roll.position[pair[1], HEAD]) for pair in world.people.namesakes}
    repeats: list[tuple[int, str]] = []
    for row, (person, position) in enumerate(zip(persons, drawn.tolist(), strict=True)):
        if position < 0 and person not in reach.by_number and person not in reach.by_name:
            continue
        kind = kinds[position]
        if person in kept_whole:
            kind = ""  # without numbers, two rows of namesakes could be the same row twice
        elif person in reach.by_name:
            kind = "blank_id" if blanks[row] else ""
            kept_whole.add(person)
        if kind in ("duplicate", "stranger"):
            repeats.append((row, kind))
        desk.spoil(row, person, kind, int(throws[row]))
    _append(roll, sheet, repeats, throws)


@dataclass
class _Desk:
    """Where the rows of one departmental sheet are spoiled."""

    roll: Roll
    sheet: Sheet
    reach: Reach

    def spoil(self, row: int, person: int, kind: str, throw: int) -> None:
        """Give a row its fault, if the fault can happen to it, and note what matching will make of it."""
        found = self.reach.by_number.get(person, MATCHED)
        if kind == "name_dot" and (name := spoiling.other_dot(self.roll.names[person], throw)):
            texts(self.sheet.columns["name"])[row] = name
            self.sheet.spoil(row, kind)
        elif kind == "guardian_id" and (guardian := self._guardian(row, person)) is not None:
            texts(self.sheet.columns["id_number"])[row] = self.roll.numbers[guardian]
            self.sheet.taken_for[row] = guardian
            self.sheet.spoil(row, kind)
            found = MATCHED
        elif kind in spoiling.ON_ROWS:
            found = self._spoil_number(row, person, kind, throw, found)
        if found != MATCHED:
            self.sheet.expected[row] = found

    def _spoil_number(self, row: int, person: int, kind: str, throw: int, found: str) -> str:
        text = spoiling.ON_ROWS[kind](self.roll.numbers[person], throw)
        if text is None:
            return found
        texts(self.sheet.columns["id_number"])[row] = text or None
        born = numbers(self.sheet.columns["birth_date"])
        if kind in spoiling.BY_NAME_AND_BIRTH:
            born[row] = self.roll.born[person]
            found = self.reach.by_name.get(person, MATCHED)
        elif kind in spoiling.WITHOUT_BIRTH:
            born[row] = NO_DAY
            found = UNMATCHED
        self.sheet.spoil(row, "namesake" if found == AMBIGUOUS else kind)
        return found

    def _guardian(self, row: int, person: int) -> int | None:
        """The grandmother, or else a parent, whose number stands in place of the pupil's."""
        if self.sheet.name != "school":
            return None
        for slot in (MOTHER, FATHER, SPOUSE, HEAD):
            guardian = int(self.roll.position[self.sheet.owner[row], slot])
            if guardian not in (-1, person) and guardian not in self.reach.by_number:
                return guardian
        return None


def _append(roll: Roll, sheet: Sheet, repeats: list[tuple[int, str]], throws: Ints) -> None:
    """Copies: the same row once more, or one like it of somebody who does not belong to the regiment."""
    clean = [(row, kind) for row, kind in repeats if row not in sheet.faults and row not in sheet.expected]
    first = sheet.repeat_all([row for row, _ in clean])
    for copy, (row, kind) in enumerate(clean, first):
        if kind == "duplicate":
            sheet.spoil(copy, kind, DUPLICATE)
        elif sheet.person is not None:
            throw = int(throws[row])
            code = places.STRANGER_CODES[throw % len(places.STRANGER_CODES)]
            first17 = f"{code}{roll.numbers[sheet.person[row]][6:14]}{throw % 1000:03d}"
            texts(sheet.columns["id_number"])[copy] = first17 + check_digit(first17)
            texts(sheet.columns["name"])[copy] = roll.names[throw % len(roll.names)]
            sheet.person[copy] = NOBODY
            sheet.spoil(copy, kind, UNMATCHED)
