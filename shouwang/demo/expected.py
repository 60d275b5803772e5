"""What a screening should find, worked out directly from what the generator knows. Source: contract 3 and 4.

A second, independent reading of the contract: plain sums over the arrays of a chunk, with no rule language and no file
in between. Whole fen throughout; ratios are compared by cross-multiplication.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from shouwang.demo.calendar import QUARTERS, ages, day, within
from shouwang.demo.dice import Flags, Ints
from shouwang.demo.flows import net, of_kind
from shouwang.demo.traits import DROPPED_OUT, NOT_A_PUPIL, UNINSURED
from shouwang.demo.world import World, columns
from shouwang.terms.tables import INSURANCE_STATUSES, RIGID_KINDS
from shouwang.units.periods import Window, last_year, rolling_window, year_before, years_before

LINE, SEVERE = 800_000, 500_000
SPEND, SPEND_WATCH, DROP, DROP_WATCH = 100, 60, 30, 20  # in 100
BURDEN_LOW, BURDEN_OTHER, BURDEN_SPLIT, TUITION_LIMIT = 500_000, 2_000_000, 1_000_000, 1_000_000
SCHOOL_AGE = (6, 15)
TUITION_STAGES = ("普通高中", "中职", "高职高专", "技师学院", "本科", "硕士")

#: Rule ids in the order of contract 4, with their route.
RULES = {
    "income_below_line": "A",
    "rigid_spending_exceeds_income": "B",
    "income_dropped": "B",
    "income_after_medical_below_line": "",
    "medical_burden": "",
    "medical_aid_not_received": "",
    "child_out_of_school": "",
    "tuition_burden": "",
    "member_uninsured": "",
    "dwelling_unsafe": "",
    "water_unsafe": "",
}
OUTCOMES = ("met", "suspected", "special", "unknown", "not_met")


@dataclass
class Sums:
    """The figures the rules compare, by household."""

    heads: Ints
    heads_before: Ints
    now: Ints
    now_known: Flags
    before: Ints
    before_known: Flags
    base: Ints
    base_known: Flags
    rigid: Ints
    rigid_medical: Ints
    claims: Ints
    after_insurance: Ints
    aid: Ints
    education: Ints
    cause: Flags


@dataclass
class Expected:
    """Rule outcomes as bits (bit k = rule k of RULES), and what follows from them."""

    sums: Sums
    met: Ints
    suspected: Ints
    outcome: Ints  # position in OUTCOMES
    route: Ints  # bit 0: A, bit 1: B
    tier: Ints  # 0 severe, 1 low, 2 above, -1 unknown


def members_on(world: World, on: date) -> Flags:
    """Members at a day (contract 3)."""
    traits, number = world.traits, day(on)
    inside = (traits.joined <= number) & ((traits.left < 0) | (traits.left > number))
    return np.asarray(world.people.present & traits.shares & inside)


def _window(figures: Ints, covered: Flags, window: Window) -> tuple[Ints, Flags]:
    inside = columns(window)
    if inside.start < 0 or inside.stop > QUARTERS:
        return np.zeros(len(figures), np.int64), np.zeros(len(figures), bool)
    known = np.asarray(covered[:, inside].all(axis=1))
    return np.asarray(figures[:, inside].sum(axis=1), np.int64), known


def _bills(world: World, members: Flags, window: Window, what: Ints) -> Ints:
    """A column of the bills settled inside the window, of those who are members now."""
    bills = world.bills
    counts = within(bills.day, window.starts, window.ends) & members[bills.household, bills.slot]
    total = np.zeros(world.size, np.int64)
    np.add.at(total, bills.household[counts], what[counts])
    return total


def _cause(world: World, first: date, last: date) -> Flags:
    known = np.zeros(world.size, bool)
    rows = [event.household for event in world.events if day(first) <= event.day <= day(last)]
    known[rows] = True
    return known


def _sums(world: World, as_of: date) -> Sums:
    window = rolling_window(as_of)
    flow, covered = net(world.fen), ~world.missing
    everything = np.ones_like(covered)
    now, before, year = (_window(flow, covered, each) for each in (window, year_before(window), last_year(as_of)))
    members = members_on(world, as_of)
    kinds = {kind: _window(of_kind(world.fen, kind), everything, window)[0] for kind in (*RIGID_KINDS, "claim_income")}
    bills = world.bills
    medical = np.maximum(kinds["rigid_medical"], _bills(world, members, window, bills.own))
    return Sums(
        heads=np.asarray(members.sum(axis=1), np.int64),
        heads_before=np.asarray(members_on(world, years_before(as_of, 1)).sum(axis=1), np.int64),
        now=now[0],
        now_known=now[1],
        before=before[0],
        before_known=before[1],
        base=np.where(year[1], year[0], before[0]),
        base_known=year[1] | before[1],
        rigid=medical + kinds["rigid_education"] + kinds["rigid_disaster"] + kinds["rigid_other"],
        rigid_medical=medical,
        claims=kinds["claim_income"],
        after_insurance=_bills(world, members, window, bills.total - bills.basic - bills.catastrophic),
        aid=_bills(world, members, window, bills.aid),
        education=kinds["rigid_education"],
        cause=_cause(world, window.starts, as_of),
    )


def _shock_rules(s: Sums) -> tuple[dict[str, Flags], dict[str, Flags], Flags]:
    """Met, suspected, and whether one of the three income rules is unknown."""
    met: dict[str, Flags] = {}
    suspected: dict[str, Flags] = {}
    below_known = s.now_known & (s.heads > 0)
    met["income_below_line"] = below_known & (s.now < LINE * s.heads)
    spends = s.rigid > 0
    beyond = spends & s.base_known & ((s.base <= 0) | (s.rigid * 100 > SPEND * s.base))
    near = spends & s.base_known & ~beyond & (s.rigid * 100 >= SPEND_WATCH * s.base)
    met["rigid_spending_exceeds_income"] = beyond & s.cause
    suspected["rigid_spending_exceeds_income"] = (beyond & ~s.cause) | near
    comparable = s.now_known & s.before_known & (s.heads > 0) & (s.heads_before > 0)
    earlier = s.before * s.heads
    fall = (earlier - s.now * s.heads_before) * 100
    falls = comparable & (s.before > 0)
    deep = falls & (fall >= DROP * earlier)
    met["income_dropped"] = deep & s.cause
    suspected["income_dropped"] = (deep & ~s.cause) | (falls & ~deep & (fall >= DROP_WATCH * earlier))
    left = s.now + s.claims - s.rigid_medical
    suspected["income_after_medical_below_line"] = below_known & (s.now >= LINE * s.heads) & (left < LINE * s.heads)
    unknown = ~below_known | (spends & ~s.base_known) | ~comparable
    return met, suspected, unknown


def _assurance_rules(world: World, s: Sums, as_of: date) -> dict[str, Flags]:
    members, traits = members_on(world, as_of), world.traits
    low = s.now_known & (s.now < BURDEN_SPLIT * s.heads)
    burden = s.after_insurance > np.where(low, BURDEN_LOW, BURDEN_OTHER)
    age = ages(world.people.born, as_of)
    of_age = members & (age >= SCHOOL_AGE[0]) & (age <= SCHOOL_AGE[1])
    out = world.school_out | np.isin(traits.schooling, (NOT_A_PUPIL, DROPPED_OUT))
    studies = members & np.logical_or.reduce([traits.pupils(stage) for stage in TUITION_STAGES])
    covered = world.roll == INSURANCE_STATUSES.index("参保")
    bare = ~covered & ((world.roll >= 0) | (traits.insurance == UNINSURED))
    return {
        "medical_burden": burden,
        "medical_aid_not_received": burden & (s.aid == 0),
        "child_out_of_school": (of_age & out).any(axis=1),
        "tuition_burden": studies.any(axis=1) & (s.education > TUITION_LIMIT),
        "member_uninsured": (members & bare).any(axis=1),
        "dwelling_unsafe": world.dwelling >= 2,
        "water_unsafe": world.water == 0,
    }


def _bits(flags: dict[str, Flags], size: int) -> Ints:
    bits = np.zeros(size, np.int64)
    for position, rule in enumerate(RULES):
        if rule in flags:
            bits |= flags[rule].astype(np.int64) << position
    return bits


def expect(world: World, as_of: date) -> Expected:
    """What each household's screening on that day should say."""
    sums = _sums(world, as_of)
    met, suspected, unknown = _shock_rules(sums)
    met |= _assurance_rules(world, sums, as_of)
    met_bits, suspected_bits = _bits(met, world.size), _bits(suspected, world.size)
    on_a = met["income_below_line"]
    on_b = met["rigid_spending_exceeds_income"] | met["income_dropped"]
    conditions = [on_a | on_b, suspected_bits > 0, met_bits > 0, unknown]
    known = sums.now_known & (sums.heads > 0)
    tier = np.where(sums.now <= SEVERE * sums.heads, 0, np.where(sums.now < LINE * sums.heads, 1, 2))
    return Expected(
        *(sums, met_bits, suspected_bits, np.select(conditions, [0, 1, 2, 3], 4).astype(np.int64)),
        route=on_a.astype(np.int64) + 2 * on_b,
        tier=np.where(known, tier, -1),
    )
