"""The tables a household is in by its own number: households, members, ledger, events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shouwang.demo import flows, naming, profile
from shouwang.demo.calendar import QUARTER_NAMES
from shouwang.demo.dice import Ints
from shouwang.demo.flows import AT, STREAMS
from shouwang.demo.people import CHILD1, FATHER, GRANDCHILD, HEAD, INLAW, MOTHER, SLOTS, SPOUSE, spell_numbers
from shouwang.demo.sheet import Coded, Column, Sheet
from shouwang.demo.traits import DISABLED, INSURANCE_NAMES, ORDINARY, SKILLED, UNKNOWN
from shouwang.demo.world import World
from shouwang.terms.tables import CAUSES, DISABILITY_GRADES, HEALTH, LABOUR, LEDGER_KINDS, RELATIONS, SCHOOLING

_KIND_NAMES = {english: chinese for chinese, english in LEDGER_KINDS.items()}
_BIRTH_WRITTEN = 88_000
_WILLING, _CAN_LEAVE = 92_000, 84_000
_TWO_HEALTHS = "残疾、长期慢性病"


@dataclass
class Roll:
    """Everybody present in a chunk, in the order of writing."""

    household: Ints
    slot: Ints
    #: Position in the roll by household and slot, -1 where nobody is.
    position: Ints
    households: list[str]
    ids: list[str]
    names: list[str]
    numbers: list[str]
    born: Ints


def call(world: World) -> Roll:
    """Number and name everybody."""
    present = world.people.present
    household, slot = np.nonzero(present)
    position = np.full(present.shape, -1)
    position[household, slot] = np.arange(len(household))
    households = [f"7T-{i + 1:06d}" for i in world.index.tolist()]
    ordinal = present.cumsum(axis=1)[household, slot]
    return Roll(
        *(household, slot, position, households),
        ids=[f"{households[h]}-{k}" for h, k in zip(household.tolist(), ordinal.tolist(), strict=True)],
        names=naming.name_all(world.dice("names"), world.people, world.folk),
        numbers=spell_numbers(world.people.numbers()[present]),
        born=world.people.born[present],
    )


def households(world: World, roll: Roll) -> Sheet:
    """The table of households."""
    return Sheet(
        "households",
        {
            "household_id": list(roll.households),
            "unit": Coded(world.unit, tuple(unit.name for unit in profile.UNITS)),
            "dwelling_grade": Coded(world.dwelling, ("A", "B", "C", "D")),
            "water_safe": world.water,
        },
        np.arange(world.size),
    )


def members(world: World, roll: Roll) -> Sheet:
    """The table of members."""
    dice, traits, present = world.dice("members"), world.traits, world.people.present
    n = len(roll.ids)
    able = (traits.labour[present] == ORDINARY) | (traits.labour[present] == SKILLED)
    shares = np.where(traits.shares[present], UNKNOWN, 0)
    health = traits.health[present]
    health = np.where((health == DISABLED) & dice.chance(30_000, n), len(HEALTH), health)
    columns: dict[str, Column] = {
        "household_id": Coded(roll.household, roll.households),
        "member_id": list(roll.ids),
        "name": list(roll.names),
        "id_number": list(roll.numbers),
        "relation": Coded(_relations(world)[present], RELATIONS),
        "birth_date": np.where(dice.chance(_BIRTH_WRITTEN, n), roll.born, -1),
        "registered_here": traits.registered[present].astype(np.int64),
        "resident_here": traits.resident[present].astype(np.int64),
        "shares_budget": np.where(dice.chance(50_000, n) & (shares == UNKNOWN), 1, shares),
        "joined_on": traits.joined[present],
        "left_on": traits.left[present],
        "health": Coded(health, (*HEALTH, _TWO_HEALTHS)),
        "disability_grade": Coded(traits.grade[present], DISABILITY_GRADES),
        "labour": Coded(traits.labour[present], LABOUR),
        "willing_to_work": np.where(able, dice.chance(_WILLING, n), -1).astype(np.int64),
        "can_leave_home": np.where(able, dice.chance(_CAN_LEAVE, n), -1).astype(np.int64),
        "schooling": Coded(traits.schooling[present], SCHOOLING),
        "medical_insurance": Coded(traits.insurance[present], INSURANCE_NAMES),
    }
    return Sheet("members", columns, roll.household, person=np.arange(n))


def _relations(world: World) -> Ints:
    at = {name: position for position, name in enumerate(RELATIONS)}
    male, son = world.people.male, world.people.male[:, CHILD1]
    relation = np.where(male, at["之子"], at["之女"])
    for slot, name in ((HEAD, "户主"), (SPOUSE, "配偶"), (FATHER, "之父"), (MOTHER, "之母")):
        relation[:, slot] = at[name]
    relation[:, INLAW] = np.where(son, at["之儿媳"], at["之女婿"])
    boy = male[:, GRANDCHILD]
    relation[:, GRANDCHILD] = np.where(
        son, np.where(boy, at["之孙子"], at["之孙女"]), np.where(boy, at["之外孙子"], at["之外孙女"])
    )
    return relation


def ledger(world: World, roll: Roll) -> Sheet:
    """The ledger: one row for every amount, and a zero where a quarter was visited and brought nothing."""
    written = world.fen != 0
    economy = written[[*flows.INCOME, *flows.COST]].any(axis=0)
    written[AT["nothing"]] |= ~economy & ~world.missing
    household, quarter, stream = np.nonzero(written.transpose(1, 2, 0))
    slots = np.array([s.slot for s in STREAMS.values()])[stream]
    # A stream of nobody in particular looks up slot -1, the last column of the widened table: nobody.
    position = np.concatenate([roll.position, np.full((world.size, 1), -1)], axis=1)
    kinds = tuple(dict.fromkeys(s.kind for s in STREAMS.values()))
    sources = tuple(dict.fromkeys(s.source for s in STREAMS.values()))
    return Sheet(
        "ledger",
        {
            "household_id": Coded(household, roll.households),
            "quarter": Coded(quarter, QUARTER_NAMES),
            "kind": Coded(_codes(kinds, "kind")[stream], tuple(_KIND_NAMES[kind] for kind in kinds)),
            "amount": world.fen[stream, household, quarter],
            "one_off": np.where(np.array([s.one_off for s in STREAMS.values()])[stream], 1, UNKNOWN),
            "member_id": Coded(position[household, np.where(slots < 0, SLOTS, slots)], roll.ids),
            "source": Coded(_codes(sources, "source")[stream], sources),
        },
        household.astype(np.int64),
    )


def _codes(values: tuple[str, ...], name: str) -> Ints:
    return np.array([values.index(getattr(stream, name)) for stream in STREAMS.values()], np.int64)


def events(world: World, roll: Roll) -> Sheet:
    """The registered misfortunes, by household and day."""
    rows = sorted(world.events, key=lambda event: (event.household, event.day))
    owner = np.array([event.household for event in rows], np.int64)
    return Sheet(
        "events",
        {
            "household_id": Coded(owner, roll.households),
            "occurred_on": np.array([event.day for event in rows], np.int64),
            "cause": Coded(np.array([CAUSES.index(event.cause) for event in rows], np.int64), CAUSES),
            "note": [event.note for event in rows],
        },
        owner,
    )
