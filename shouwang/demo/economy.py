"""How each household lives in an ordinary year: land, wages, pensions, subsidies, over ten quarters.

Seasons: cotton is sold in the fourth quarter and settled in the first, inputs fall in the second and
third, so any four quarters hold one harvest and one season of inputs.
"""

from __future__ import annotations

import numpy as np

from shouwang.demo import flows, profile
from shouwang.demo.calendar import QUARTERS
from shouwang.demo.dice import UNIT, Dice, Flags, Ints, spread_table
from shouwang.demo.flows import AT
from shouwang.demo.people import HEAD, SPOUSE, People
from shouwang.demo.traits import Traits

_SKILL = spread_table(profile.SKILL_SIGMA)
_YEAR = spread_table(profile.YEAR_SIGMA)
_JITTER = spread_table(0.02)
_YEARS = range(2017, 2021)
_FIRST_YEAR = 2018
NO_CROP = len(profile.CROPS) - 1
_YUAN = 100
_TEN_YUAN = 1000


def make(seed: int, chunk: int, people: People, traits: Traits, crop: Ints) -> Ints:
    """The streams of an ordinary household. `crop` is the position in CROPS; NO_CROP lives on wages and pensions."""
    dice = Dice(seed, chunk, "economy")
    fen = flows.empty(len(crop))
    land = _land(dice, traits, crop)
    _harvests(dice, fen, land, crop)
    _wages(dice, fen, traits, crop == NO_CROP)
    _pensions(dice, fen, people, traits)
    _property(dice, fen, land, crop)
    _subsistence(dice, fen, people, traits)
    return fen


def _land(dice: Dice, traits: Traits, crop: Ints) -> Ints:
    """亩 worked by head and spouse."""
    low, high = np.array([c.land for c in profile.CROPS], np.int64).T
    land = dice.between(low[crop][:, None], high[crop][:, None], (len(crop), 2))
    total: Ints = (land * traits.worker[:, [HEAD, SPOUSE]]).sum(axis=1)
    return total


def _harvests(dice: Dice, fen: Ints, land: Ints, crop: Ints) -> None:
    """Sales, inputs and subsidies of each harvest year, laid on the quarters."""
    n = len(crop)
    skill = dice.spread(_SKILL, n)
    luck = dice.spread(_YEAR, (n, len(_YEARS)))
    gross_per = np.array([c.gross for c in profile.CROPS], np.int64)[crop]
    cost_per = np.array([c.inputs for c in profile.CROPS], np.int64)[crop]
    gross = land[:, None] * gross_per * _YUAN * skill[:, None] // UNIT * luck // UNIT
    cost = land[:, None] * cost_per * _YUAN * (UNIT + skill[:, None]) // (2 * UNIT)
    sold = np.array([c.income_season for c in profile.CROPS], np.int64)[crop]
    bought = np.array([c.input_season for c in profile.CROPS], np.int64)[crop]
    target, grant = (np.array([getattr(c, what) for c in profile.CROPS])[crop] for what in ("subsidy", "land_grant"))
    for q in range(QUARTERS):
        year, part = q // 4 + 1, q % 4
        income = gross[:, year] * sold[:, part]
        if part == 0:
            income = income + gross[:, year - 1] * sold[:, 4]
            fen[AT["target_subsidy"], :, q] = land * target * _YUAN * luck[:, year - 1] // UNIT
        if part == 1:
            fen[AT["land_subsidy"], :, q] = land * grant * _YUAN
        fen[AT["crop"], :, q] = income // 1000 * 10  # per cent, then to whole jiao
        fen[AT["input"], :, q] = cost[:, year] * bought[:, part] // 100 // _YUAN * _YUAN


def _wages(dice: Dice, fen: Ints, traits: Traits, in_town: Flags) -> None:
    n = len(in_town)
    growth = np.array([profile.WAGE_GROWTH[q // 4] for q in range(QUARTERS)], np.int64)
    for who, slot in flows.WAGE_SLOTS.items():
        chance = np.where(in_town, profile.WAGE_IN_TOWN[who], profile.WAGE_ON_FARM[who])
        earns = traits.worker[:, slot] & dice.chance(chance, n)
        quarterly = dice.between(*profile.WAGES[who], n) * 3 * earns
        amount = quarterly[:, None] * growth * dice.spread(_JITTER, (n, QUARTERS)) // UNIT
        fen[AT[f"wage_{who}"]] = amount // _TEN_YUAN * _TEN_YUAN
    picks = ~in_town & traits.worker[:, [HEAD, SPOUSE]].any(axis=1) & dice.chance(profile.PICKING, n)
    pay = dice.between(*profile.PICKING_PAY, n) * picks // 10 * 10
    for q in range(QUARTERS):
        share = {2: 40, 3: 60}.get(q % 4, 0)
        fen[AT["picking"], :, q] = pay * share // 10 * 10 * (share > 0)


def _pensions(dice: Dice, fen: Ints, people: People, traits: Traits) -> None:
    n = len(people.family)
    growth = np.array([profile.PENSION_GROWTH[q // 4] for q in range(QUARTERS)], np.int64)
    for who, slot in flows.PENSION_SLOTS.items():
        worker = dice.between(*profile.PENSION["worker"], n)
        resident = dice.between(*profile.PENSION["resident"], n)
        monthly = np.where(traits.retired[:, slot], worker, resident)
        draws = people.present[:, slot] & traits.old[:, slot]
        fen[AT[f"pension_{who}"]] = (monthly * draws * 3)[:, None] * growth // 10 * 10


def _property(dice: Dice, fen: Ints, land: Ints, crop: Ints) -> None:
    """Land let by farming families who cannot work it, and a few dividends."""
    n = len(crop)
    lets = (crop != NO_CROP) & (land == 0)
    rent = lets * dice.between(14, 40, n) * dice.between(*profile.RENT_OUT, n) * _YUAN
    dividend = dice.chance(profile.DIVIDEND, n) * dice.between(30, 260, n) * _TEN_YUAN
    for q in range(QUARTERS):
        if q % 4 == 0:
            fen[AT["rent"], :, q] = rent
        if q % 4 == 3:
            fen[AT["rent"], :, q] = dividend


def _subsistence(dice: Dice, fen: Ints, people: People, traits: Traits) -> None:
    """低保 where nobody works or draws a worker's pension."""
    n = len(people.family)
    without = ~traits.worker.any(axis=1) & ~(traits.retired & people.present).any(axis=1)
    monthly = dice.between(*profile.SUBSISTENCE, n) * people.present.sum(axis=1)
    fen[AT["subsistence"]] = (without * monthly * 3 * _YUAN)[:, None]


def rescale(fen: Ints, who: Ints, wanted: Ints, have: Ints) -> None:
    """Make the households' economy larger or smaller, so that a window's net goes from `have` to about `wanted`."""
    lines = np.ix_(np.array(flows.ECONOMY), who)
    part = fen[lines]
    fen[lines] = part * (wanted // _YUAN)[:, None] // (have // _YUAN)[:, None] // _YUAN * _YUAN
