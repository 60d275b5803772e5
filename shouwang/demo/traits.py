"""What is known of each member besides name and number: health, labour, schooling, residence, insurance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from shouwang.demo import profile
from shouwang.demo.calendar import NO_DAY, ages
from shouwang.demo.dice import Dice, Flags, Ints
from shouwang.demo.people import CHILD1, CHILD2, CHILD3, GRANDCHILD, INLAW, SPOUSE, People
from shouwang.terms.tables import SCHOOLING

HEALTHY, CHRONIC, SERIOUS, DISABLED = range(4)
#: Positions in `tables.LABOUR`.
ORDINARY, SKILLED, WEAK, LOST, NONE = range(5)
UNKNOWN = -1
NOT_A_PUPIL = SCHOOLING.index("非在校生")
DROPPED_OUT = SCHOOLING.index("辍学")
_SCHOOL_YEAR = date(2019, 8, 31)
RESIDENTS, STAFF, UNINSURED = range(3)
INSURANCE_NAMES = ("居民", "职工", "未参保")


@dataclass
class Traits:
    """Arrays of (households, slots), positions in the code lists; -1 is unknown."""

    age: Ints
    health: Ints
    grade: Ints  # disability, 0..3
    labour: Ints
    schooling: Ints
    worker: Flags  # able, of working age, no pupil
    retired: Flags  # draws a worker's pension
    old: Flags  # draws any pension
    registered: Flags
    resident: Flags
    shares: Flags
    insurance: Ints
    joined: Ints
    left: Ints

    def pupils(self, stage: str) -> Flags:
        """Members at a stage: 本科, 普通高中…"""
        return np.isin(self.schooling, [k for k, name in enumerate(SCHOOLING) if name.startswith(stage)])


def _health(dice: Dice, age: Ints) -> tuple[Ints, Ints]:
    chance = np.zeros(age.shape, np.int64)
    for from_age, share in sorted(profile.CHRONIC.items()):
        chance[age >= from_age] = share
    health = np.where(dice.chance(chance, age.shape), CHRONIC, HEALTHY)
    health[dice.chance(profile.SERIOUS, age.shape)] = SERIOUS
    health[dice.chance(profile.DISABLED, age.shape)] = DISABLED
    grade = np.where(health == DISABLED, dice.pick((10, 25, 35, 30), age.shape), UNKNOWN)
    return health, grade


def _schooling(dice: Dice, age_in_autumn: Ints) -> Ints:
    """The stage of the school year 2019/20. Nobody under 16 is out of school unless that is planted."""
    shape = age_in_autumn.shape
    usual = [*["学龄前儿童"] * 3, *["学前教育"] * 3, *["小学"] * 6, "七年级", "八年级", "九年级"]
    stage = np.full(shape, NOT_A_PUPIL)
    for years, name in enumerate(usual):
        stage[age_in_autumn == years] = SCHOOLING.index(name)
    academic = dice.chance(profile.GOES_TO_ACADEMIC, shape)
    stays = dice.chance(profile.STAYS_AFTER_16, shape)
    for year in range(3):
        here = (age_in_autumn == 15 + year) & (stays | (year == 0))
        stage[here & academic] = SCHOOLING.index("普通高中一年级") + year
        stage[here & ~academic] = SCHOOLING.index("中职一年级") + year
    kind = dice.pick((*profile.UNIVERSITY, 100_000 - sum(profile.UNIVERSITY)), shape)
    for year in range(4):
        here = age_in_autumn == 18 + year
        stage[here & (kind == 0)] = SCHOOLING.index("本科一年级") + year
        if year < 3:
            stage[here & (kind == 1)] = SCHOOLING.index("高职高专一年级") + year
    return stage


def _labour(dice: Dice, age: Ints, health: Ints, grade: Ints, pupil: Flags) -> Ints:
    labour = np.where(dice.chance(16_000, age.shape), SKILLED, ORDINARY)
    labour[(health == CHRONIC) | (health == DISABLED)] = WEAK
    labour[(health == SERIOUS) | ((grade >= 0) & (grade <= 1))] = LOST
    labour[age > profile.WORKING_AGE[1]] = NONE
    labour[(age > profile.WORKING_AGE[1]) & (age < 68) & (health == HEALTHY)] = WEAK
    labour[(age < 16) | pupil] = NONE
    return labour


def _adult_roles(age: Ints, people: People) -> tuple[Flags, Flags]:
    """Who has reached pension age, and who is in the working years before it."""
    men, women = profile.PENSION_AGE
    pensionable = np.where(people.male, age >= men, age >= women)
    working = (age >= profile.WORKING_AGE[0]) & (age <= profile.WORKING_AGE[1])
    return pensionable, working


def make(seed: int, chunk: int, people: People, registered: Flags) -> Traits:
    """The traits of the people of a chunk."""
    dice = Dice(seed, chunk, "traits")
    shape = people.born.shape
    age = ages(people.born, profile.REFERENCE)
    health, grade = _health(dice, age)
    schooling = _schooling(dice, ages(people.born, _SCHOOL_YEAR))
    schooling[_past_school(age, people)] = NOT_A_PUPIL
    pupil = (schooling != NOT_A_PUPIL) & (age >= 6)
    pensionable, working = _adult_roles(age, people)
    retired = pensionable & dice.chance(profile.RETIRED_WORKER, shape)
    old = retired | (age >= profile.PENSION_AGE[0])
    labour = _labour(dice, age, health, grade, pupil)
    worker = people.present & working & (labour <= SKILLED) & ~pupil & ~retired
    insurance = np.where(retired, STAFF, RESIDENTS)
    joined = np.where((ages(people.born, date(2018, 1, 1)) < 0), people.born, NO_DAY)
    everywhere = np.broadcast_to(registered[:, None], shape)
    return Traits(
        *(age, health, grade, labour, schooling, worker, retired, old, everywhere.copy(), np.ones(shape, bool)),
        *(np.ones(shape, bool), insurance, joined, np.full(shape, NO_DAY)),
    )


def _past_school(age: Ints, people: People) -> Flags:
    """Grown-ups by relation are no pupils, however young: only children and grandchildren study."""
    grown = np.ones(age.shape, bool)
    grown[:, [CHILD1, CHILD2, CHILD3, GRANDCHILD]] = False
    grown[:, CHILD1] |= people.present[:, INLAW]
    grown[:, SPOUSE] = grown[:, INLAW] = True
    return grown
