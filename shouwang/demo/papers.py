"""The departments' tables, in which a person is known by number or name only: medical, school, insurance.

Here they are still in order; `faults` spoils them.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from shouwang.demo import troubles
from shouwang.demo.calendar import NO_DAY, ages, day
from shouwang.demo.dice import Ints
from shouwang.demo.register import Roll
from shouwang.demo.sheet import Coded, Column, Sheet
from shouwang.demo.traits import UNKNOWN
from shouwang.demo.world import World
from shouwang.terms.tables import INSURANCE_STATUSES, SCHOOL_STATUSES, SCHOOLING

_TERMS = (date(2019, 9, 1), date(2020, 4, 30))
_COVERED, _STOPPED = INSURANCE_STATUSES.index("参保"), INSURANCE_STATUSES.index("停保")
_IN, _PAUSED, _OUT = (SCHOOL_STATUSES.index(name) for name in ("在读", "休学", "辍学"))
_FIRST_STAGE, _LAST_STAGE = SCHOOLING.index("小学"), SCHOOLING.index("中职三年级")
_PAUSES = 350


def _persons(roll: Roll, person: Ints, born: bool) -> dict[str, Column]:
    """The three columns by which a departmental row names its person."""
    rows = person.tolist()
    return {
        "id_number": [roll.numbers[row] for row in rows],
        "name": [roll.names[row] for row in rows],
        "birth_date": roll.born[person] if born else np.full(len(rows), NO_DAY),
    }


def medical(world: World, roll: Roll) -> Sheet:
    """Every bill; a bill that is not matched can change its household's outcome."""
    bills = world.bills
    person = roll.position[bills.household, bills.slot]
    money = {
        "total": bills.total,
        "basic_paid": bills.basic,
        "catastrophic_paid": bills.catastrophic,
        "aid_paid": bills.aid,
        "self_paid": bills.own,
    }
    columns = _persons(roll, person, born=False) | {"settled_on": bills.day} | money
    sheet = Sheet("medical", columns, bills.household, person, np.ones(len(person), np.int64))
    for row in np.flatnonzero(bills.gap).tolist():
        sheet.spoil(row, "parts_do_not_sum")
    return sheet


def school(world: World, roll: Roll) -> Sheet:
    """The rolls of September 2019 and April 2020: pupils from primary to the end of secondary school."""
    dice, traits = world.dice("school file"), world.traits
    shape = traits.schooling.shape
    out = world.school_out
    stage = traits.schooling
    pupil = world.people.present & (stage >= _FIRST_STAGE) & (stage <= _LAST_STAGE)
    pupil &= dice.chance(troubles.IN_SCHOOL_FILE, shape) & (traits.left < 0) & traits.resident
    household, slot = np.nonzero(pupil | out)
    person, dropped = roll.position[household, slot], out[household, slot]
    paused = dice.chance(_PAUSES, len(person))
    twice = np.repeat(np.arange(len(person)), 2)
    spring = np.tile([False, True], len(person))
    status = np.where(spring & dropped[twice], _OUT, np.where(spring & paused[twice], _PAUSED, _IN))
    columns = _persons(roll, person[twice], born=True) | {
        "status": Coded(status, SCHOOL_STATUSES),
        "grade": Coded(stage[household, slot][twice], SCHOOLING),
        "as_of": np.where(spring, day(_TERMS[1]), day(_TERMS[0])),
    }
    return Sheet("school", columns, household[twice], person[twice], dropped[twice].astype(np.int64))


def insurance(world: World, roll: Roll) -> Sheet:
    """The roll of 2020, some rows of the year before, and people listed as both insured and stopped."""
    dice = world.dice("insurance file")
    shape = world.roll.shape
    here = world.people.present & (world.traits.left < 0) & (ages(world.people.born, date(2020, 1, 1)) >= 0)
    listed = here & (world.roll >= 0)
    double = listed & (world.roll == _COVERED) & dice.chance(troubles.DOUBLE_ROLL, shape)
    old = here & (ages(world.people.born, date(2019, 1, 1)) >= 0) & dice.chance(troubles.IN_OLD_ROLL, shape)
    rows = np.stack([old, listed, double], axis=2)
    household, slot, which = np.nonzero(rows)
    status = np.where(which == 1, world.roll[household, slot], np.where(which == 0, _COVERED, _STOPPED))
    person = roll.position[household, slot]
    matters = (which > 0) & ((world.roll != _COVERED) & (world.roll != UNKNOWN) | double)[household, slot]
    columns = _persons(roll, person, born=False) | {
        "year": np.where(which == 0, 2019, 2020),
        "status": Coded(status, INSURANCE_STATUSES),
    }
    return Sheet("insurance", columns, household.astype(np.int64), person, matters.astype(np.int64))
