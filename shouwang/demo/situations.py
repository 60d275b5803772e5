"""Which household is given which situation: exact quotas a chunk, dealt to those it can happen to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np

from shouwang.demo import profile, troubles
from shouwang.demo.calendar import ages
from shouwang.demo.dice import Flags, Ints
from shouwang.demo.economy import NO_CROP
from shouwang.demo.flows import AT
from shouwang.demo.people import CHILD1, FATHER, INLAW, MOTHER, SPOUSE
from shouwang.demo.world import W, World, columns


def _steady(world: World) -> Flags:
    """Nobody was born in the last year: per-head figures of both years compare like with like."""
    recent = world.people.present & (ages(world.people.born, date(2019, 4, 1)) < 0)
    return ~np.asarray(recent.any(axis=1))


def _works(world: World) -> Flags:
    return np.asarray((world.traits.worker & world.people.present).any(axis=1))


def _wage_of_head(world: World) -> Ints:
    return np.asarray(world.fen[AT["wage_head"]][:, columns(W)].sum(axis=1), np.int64)


def _in_hail(world: World) -> Flags:
    hit = np.array([unit.hail for unit in profile.UNITS])[world.unit]
    return np.asarray(hit & (world.crop != NO_CROP) & (world.fen[AT["crop"]].sum(axis=1) > 0))


def _leaves(world: World, at_least: int) -> Flags:
    """A grown child who earns and has brought no spouse home."""
    traits, present = world.traits, world.people.present
    free = present[:, CHILD1] & ~present[:, INLAW] & traits.worker[:, CHILD1]
    return np.asarray(free & (traits.age[:, CHILD1] >= at_least))


def _has_elder(world: World) -> Flags:
    present = world.people.present
    old_spouse = present[:, SPOUSE] & (world.traits.age[:, SPOUSE] >= 58)
    return np.asarray(present[:, FATHER] | present[:, MOTHER] | old_spouse)


#: To whom a situation can happen; everybody, where nothing is said.
_POSSIBLE: dict[str, Callable[[World], Flags]] = {
    "boundary_8000": _steady,
    "boundary_below": _steady,
    "boundary_5000": _steady,
    "hail": _in_hail,
    "venture_loss": lambda w: _works(w) & ((w.crop == NO_CROP) | (w.crop == profile.STOCK)),
    "venture": lambda w: _works(w) & ((w.crop == NO_CROP) | (w.crop == profile.STOCK)),
    "job_loss": lambda w: _steady(w) & (_wage_of_head(w) * 2 > w.sums(W)),
    "pandemic": lambda w: _wage_of_head(w) * 2 > w.sums(W),
    "illness": lambda w: w.members() >= 2,
    "accident": _works,
    "marriage_out": lambda w: _leaves(w, 21),
    "not_sharing": lambda w: _leaves(w, 22),
    "death": _has_elder,
    "move_in": lambda w: np.asarray(w.people.present[:, [FATHER, MOTHER]].any(axis=1)),
    "drop_quiet": lambda w: _steady(w) & _works(w),
    "drop_watch": lambda w: _steady(w) & _works(w),
    "relief": _steady,
    "away": lambda w: w.traits.registered[:, 0] & _works(w),
}
#: Situations that come more easily to those who have less.
_RATHER_POOR = ("low", "severe", "relief")


def deal(world: World) -> None:
    """Fill `world.planted`: at most one situation a household."""
    dice = world.dice("situations")
    free = np.ones(world.size, bool)
    a_head = np.clip(world.sums(W) // world.members() // 100, 4_000, 60_000)
    for code, situation in troubles.SITUATIONS.items():
        possible = free & (_POSSIBLE[code](world) if code in _POSSIBLE else True)
        order = dice.raw(world.size) * (a_head if code in _RATHER_POOR else 1)
        world.planted[code] = drawn(possible, order, situation.quota)
        free &= ~world.planted[code]


def drawn(possible: Flags, order: Ints, quota: int) -> Flags:
    """The `quota` first of the possible ones, in the given order."""
    rows = np.flatnonzero(possible)
    chosen = np.zeros(len(possible), bool)
    chosen[rows[np.argsort(order[rows], kind="stable")[:quota]]] = True
    return chosen
