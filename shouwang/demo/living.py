"""Everyday things that happen to any household: small bills, school fees, corrections, blanks, assurance gaps."""

from __future__ import annotations

from datetime import date

import numpy as np

from shouwang.demo import flows, profile, troubles
from shouwang.demo.calendar import QUARTERS, day, quarter_column
from shouwang.demo.dice import Flags
from shouwang.demo.economy import NO_CROP
from shouwang.demo.flows import AT
from shouwang.demo.situations import drawn
from shouwang.demo.traits import CHRONIC, RESIDENTS, STAFF, UNINSURED, UNKNOWN
from shouwang.demo.world import W, World, columns
from shouwang.terms.tables import INSURANCE_STATUSES

_FIRST_BILL, _LAST_BILL = date(2018, 4, 1), date(2020, 6, 20)
_BOUNDARIES = {"boundary_8000": 800_000, "boundary_below": 800_000, "boundary_5000": 500_000}
_COVERED, _STOPPED, _NOT_COVERED = (INSURANCE_STATUSES.index(name) for name in ("参保", "停保", "未参保"))


def go_on(world: World) -> None:
    """All of it, in an order in which later things see earlier ones."""
    quiet = np.zeros(world.size, bool)
    for code in (*_BOUNDARIES, "away"):
        quiet |= world.planted[code]
    _touch_of_pandemic(world, quiet)
    _small_bills(world, quiet)
    _tuition(world, quiet)
    world.bills.sort()
    _spending_in_ledger(world, quiet)
    _corrections(world)
    _insure(world)
    _assurance_gaps(world)
    _blanks(world)
    _boundaries(world)
    world.fen[:, world.missing] = 0


def _touch_of_pandemic(world: World, quiet: Flags) -> None:
    dice = world.dice("pandemic")
    touched = (world.crop == NO_CROP) & dice.chance(profile.PANDEMIC_TOUCHED, world.size) & ~quiet
    kept = np.where(touched, dice.between(72, 96, world.size), 100)
    for at in flows.WAGES:
        world.fen[at, :, 8] = world.fen[at, :, 8] * kept // 100 // 1000 * 1000


def _small_bills(world: World, quiet: Flags) -> None:
    dice = world.dice("small bills")
    shape = world.people.present.shape
    ill = world.people.present & (world.traits.left < 0) & dice.chance(troubles.SMALL_BILL, shape) & ~quiet[:, None]
    household, slot = np.nonzero(ill)
    n = len(household)
    when = dice.between(day(_FIRST_BILL), day(_LAST_BILL), n)
    when = np.maximum(when, world.people.born[household, slot] + 1)
    own = np.where(dice.chance(6_000, n), dice.between(3500, 9000, n), dice.between(120, 2600, n)) * 100
    world.bills.add(dice, household, slot, when, own + dice.between(0, 9, n) * 10, inpatient=False)


def _tuition(world: World, quiet: Flags) -> None:
    """Fees of the school year 2019/20: most in the autumn, the rest in the first quarter."""
    dice = world.dice("tuition")
    for stage, (low, high) in troubles.TUITION.items():
        pupils = (world.traits.pupils(stage) & world.people.present).sum(axis=1) * ~quiet
        fee = dice.between(low, high, world.size) // 10 * 1000 * pupils
        world.fen[AT["education"], :, 6] += fee * 7 // 10
        world.fen[AT["education"], :, 8] += fee * 3 // 10


def _spending_in_ledger(world: World, quiet: Flags) -> None:
    """Bills that a visit also wrote into the ledger, a few of them wrongly; and what the chronically ill buy."""
    dice = world.dice("spending")
    told = dice.chance(troubles.BILLS_IN_LEDGER, world.size)
    wrong = dice.chance(troubles.BILLS_WRITTEN_WRONG, world.size)
    factor = np.where(wrong, dice.between(70, 130, world.size), 100) * told
    bills = world.bills
    column = quarter_column(bills.day)
    np.add.at(world.fen[AT["medical"]], (bills.household, column), bills.own * factor[bills.household] // 100)
    chronic = ((world.traits.health == CHRONIC) & world.people.present).any(axis=1) & ~quiet
    buys = chronic & dice.chance(troubles.CHRONIC_BUYS, world.size)
    paid = dice.between(*troubles.CHRONIC_PAYS, (world.size, QUARTERS)) * 100
    world.fen[AT["medical"]] += np.where(buys[:, None], paid, 0)


def _corrections(world: World) -> None:
    """A line that was wrong, and the negative line that takes it back, in the same quarter (冲销)."""
    dice = world.dice("corrections")
    chosen = dice.chance(troubles.CORRECTION, world.size) & ~world.missing.any(axis=1)
    quarter = dice.between(1, 8, world.size)
    amount = dice.between(20, 420, world.size) * 1000
    for kind, of in (("wage", world.crop == NO_CROP), ("crop", world.crop != NO_CROP)):
        rows = np.flatnonzero(chosen & of)
        world.fen[AT[f"wrong_{kind}"], rows, quarter[rows]] = amount[rows]
        world.fen[AT[f"undone_{kind}"], rows, quarter[rows]] = -amount[rows]
    world.planted["correction"] = chosen


def _insure(world: World) -> None:
    """Everybody is covered and most appear in the roll; wage earners by the staff scheme."""
    dice = world.dice("insurance")
    shape = world.people.present.shape
    for who, slot in flows.WAGE_SLOTS.items():
        earns = world.fen[AT[f"wage_{who}"]].sum(axis=1) > 0
        world.traits.insurance[earns & world.traits.worker[:, slot], slot] = STAFF
    world.roll[:] = np.where(dice.chance(troubles.IN_ROLL, shape), _COVERED, UNKNOWN)


def _assurance_gaps(world: World) -> None:
    """The four gaps in assurance (schooling, cover, house, water), dealt by quota to households of any income."""
    dice = world.dice("gaps")
    present, age = world.people.present & (world.traits.left < 0), world.traits.age
    known = ~world.planted["away"]

    def choose(code: str, possible: Flags) -> Flags:
        chosen = drawn(possible & known, dice.raw(world.size), troubles.GAPS[code].quota)
        world.planted[code] = chosen
        return chosen

    able = present & (age >= 9) & (age <= 14) & (world.traits.schooling >= 0)
    out = choose("dropout", np.asarray(able.any(axis=1)))
    world.school_out[out, able[out].argmax(axis=1)] = True
    adult = present & (age >= 18)
    bare = np.flatnonzero(choose("uninsured", np.asarray(adult.any(axis=1))))
    slot = np.where(adult[bare], dice.raw((len(bare), present.shape[1])), -1).argmax(axis=1)
    status = dice.pick((45, 30, 25), len(bare))  # told and in the roll; stopped in the roll only; told, not in it
    world.roll[bare, slot] = np.array([_NOT_COVERED, _STOPPED, UNKNOWN])[status]
    world.traits.insurance[bare, slot] = np.where(status == 1, RESIDENTS, UNINSURED)
    unsafe = choose("dwelling", np.ones(world.size, bool))
    world.dwelling[unsafe] = dice.between(2, 3, int(unsafe.sum()))
    world.water[choose("water", np.ones(world.size, bool))] = 0


def _blanks(world: World) -> None:
    """Cells nobody filled in: unknown, never a default."""
    dice = world.dice("blanks")
    n, shape = world.size, world.people.present.shape
    world.dwelling[dice.chance(troubles.BLANK_DWELLING, n) & (world.dwelling < 2)] = UNKNOWN
    world.water[dice.chance(troubles.BLANK_WATER, n) & (world.water == 1)] = UNKNOWN
    world.traits.health[dice.chance(troubles.BLANK_TRAIT, shape)] = UNKNOWN
    world.traits.labour[dice.chance(troubles.BLANK_TRAIT, shape)] = UNKNOWN
    insured = world.traits.insurance != UNINSURED
    world.traits.insurance[dice.chance(troubles.BLANK_TRAIT, shape) & insured & (world.roll != _STOPPED)] = UNKNOWN
    # Grown-ups' schooling is often left out; so is, rarely, that of a pupil.
    rarely = np.where(world.traits.age >= 22, 4 * troubles.BLANK_TRAIT, 1_000)
    away = world.planted["away"][:, None]
    world.traits.schooling[dice.chance(rarely, shape) | (away & dice.chance(50_000, shape))] = UNKNOWN


def _boundaries(world: World) -> None:
    """Make the planted boundary households exact to the fen, on the largest income line of the window."""
    inside = columns(W)
    for code, a_head in _BOUNDARIES.items():
        for row in np.flatnonzero(world.planted[code]).tolist():
            wanted = a_head * int(world.members()[row]) - (code == "boundary_below")
            lines = world.fen[flows.INCOME, row, inside]
            stream, column = np.unravel_index(int(lines.argmax()), lines.shape)
            difference = wanted - int(world.sums(W)[row])
            world.fen[flows.INCOME[int(stream)], row, inside.start + int(column)] += difference
