"""One chunk of the made-up regiment, as the generator itself knows it, before anything is written down.

A chunk is always made whole, whatever the number of households asked for, from the seed and its own position only:
that is what makes a smaller run the beginning of a larger one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from shouwang.demo import economy, names, people, places, profile, traits
from shouwang.demo.bills import Bills
from shouwang.demo.calendar import QUARTERS, column_of
from shouwang.demo.dice import Dice, Flags, Ints
from shouwang.demo.flows import AT, net
from shouwang.demo.people import People
from shouwang.demo.traits import Traits
from shouwang.units.periods import Window, last_year, rolling_window, year_before


@dataclass(frozen=True, slots=True)
class Event:
    """One misfortune as it was registered."""

    household: int
    day: int
    cause: str
    note: str


@dataclass
class World:
    """Everything true of a chunk: arrays over households, or over households and slots."""

    seed: int
    chunk: int
    index: Ints
    unit: Ints
    crop: Ints
    folk: Ints
    people: People
    traits: Traits
    fen: Ints
    missing: Flags  # (households, quarters)
    planted: dict[str, Flags]
    dwelling: Ints  # 0..3, -1 unknown
    water: Ints  # 1, 0, -1 unknown
    roll: Ints  # (households, slots): position in tables.INSURANCE_STATUSES of the 2020 roll, -1 not in it
    school_out: Flags  # (households, slots): the school file says 辍学 in April 2020
    events: list[Event] = field(default_factory=list)
    bills: Bills = field(default_factory=Bills)

    @property
    def size(self) -> int:
        return len(self.index)

    def dice(self, topic: str) -> Dice:
        """Chance for one topic of this chunk."""
        return Dice(self.seed, self.chunk, topic)

    def members(self) -> Ints:
        """How many share the household's budget on the reference day."""
        here = self.people.present & self.traits.shares & (self.traits.left < 0)
        return np.asarray(here.sum(axis=1), np.int64)

    def sums(self, window: Window, who: Ints | None = None) -> Ints:
        """Net income over a window: of every household, or of some."""
        fen = self.fen if who is None else self.fen[:, who]
        return np.asarray(net(fen[:, :, columns(window)]).sum(axis=1), np.int64)


def columns(window: Window) -> slice:
    """The ledger columns of a window."""
    first = column_of(window.starts)
    return slice(first, first + len(window.quarters))


#: The windows the planted situations are aimed at (contract 3, on the reference day).
W = rolling_window(profile.REFERENCE)
P = year_before(W)
Y = last_year(profile.REFERENCE)


def found(seed: int, chunk: int) -> World:
    """The chunk in ordinary years: nothing has happened to anybody yet."""
    n = profile.CHUNK
    dice = Dice(seed, chunk, "settling")
    index = np.arange(chunk * n, (chunk + 1) * n, dtype=np.int64)
    unit = dice.pick(tuple(u.weight for u in profile.UNITS), n)
    folk = dice.pick_row(np.array([u.peoples for u in profile.UNITS], np.int64), unit)
    migrant = dice.chance(profile.MIGRANT, n)
    persons = people.make(seed, chunk, index, _origins(dice, folk, migrant), folk)
    known = traits.make(seed, chunk, persons, ~migrant)
    crop = np.array([u.crop for u in profile.UNITS], np.int64)[unit]
    crop[dice.chance(profile.WAGE_HOUSEHOLD, n) | (crop == profile.TOWN)] = economy.NO_CROP
    world = World(
        *(seed, chunk, index, unit, crop, folk, persons, known),
        fen=economy.make(seed, chunk, persons, known, crop),
        missing=np.zeros((n, QUARTERS), bool),
        planted={},
        dwelling=dice.pick((52, 48), n),
        water=np.ones(n, np.int64),
        roll=np.full(persons.born.shape, -1),
        school_out=np.zeros(persons.born.shape, bool),
    )
    _lift(dice, world)
    return world


def _origins(dice: Dice, folk: Ints, migrant: Flags) -> Ints:
    """Where the family's numbers were issued."""
    n = len(folk)
    han = (folk == names.HAN) | (folk == names.HUI)
    elsewhere = dice.chance(np.where(han, profile.ISSUED_INLAND, profile.ISSUED_ELSEWHERE), n) | migrant
    away = np.where(han, places.INLAND, np.where(folk == names.KAZAKH, places.NORTH, places.SOUTH))
    return np.where(elsewhere, away, places.LOCAL)


def _lift(dice: Dice, world: World) -> None:
    """Bring the poorest up to an ordinary living: whoever is to be poor is planted, and known to be."""
    heads = world.members()
    have = world.sums(W)
    bare = have < 600_00 * heads  # too little to scale: casual wages
    rows = np.flatnonzero(bare)
    monthly = dice.between(900, 1600, world.size)[rows]
    world.fen[AT["picking"]][rows] += (monthly * 3 * heads[rows] * 100)[:, None]
    have = world.sums(W)
    poor = np.flatnonzero(have < profile.FLOOR[0] * 100 * heads)
    wanted = dice.between(*profile.FLOOR, world.size)[poor] * heads[poor] * 100
    economy.rescale(world.fen, poor, wanted, have[poor])
