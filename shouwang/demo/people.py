"""Who lives in each household: slots, sexes, birthdays and numbers that nobody else has.

A household has nine slots, filled or empty. Every number is unique by construction, without a register of those given
out: the household's index and the slot are mixed into one whole number, whose digits are the sequence, the day of the
year, the year modulo four and the place of issue. Two people can share all four only if they share index and slot.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import gcd

import numpy as np

from shouwang.demo import places, profile, troubles
from shouwang.demo.calendar import day, january_firsts, written
from shouwang.demo.dice import Dice, Flags, Ints

HEAD, SPOUSE, CHILD1, CHILD2, CHILD3, INLAW, GRANDCHILD, FATHER, MOTHER = range(9)
SLOTS = 9
#: Slots whose holders are always of opposite sex share a group.
_GROUP = np.array([0, 0, 1, 2, 3, 1, 4, 5, 5], np.int64)
_GROUPS = 6
_SEQUENCES, _DAYS, _YEARS = 500, 365, 4
_DOMAIN = _SEQUENCES * _DAYS * _YEARS * places.BANK_SIZE
#: Beyond this many households two people could be given one number.
MOST_HOUSEHOLDS = _DOMAIN * places.BANKS // _GROUPS
_YOUNGEST_YEAR = 2019


@dataclass
class People:
    """The members of a chunk of households; every array is (households, slots)."""

    present: Flags
    male: Flags
    born: Ints
    sequence: Ints
    place: Ints  # position in the codes of an origin: bank and place in one
    origin: Ints
    family: Ints  # (households,)
    #: Pairs of heads of one name and one birth date: who has the name, and who has it too.
    namesakes: list[tuple[int, int]] = field(default_factory=list)

    def numbers(self) -> Ints:
        """The first 17 digits of everybody's number."""
        code = places.CODES.reshape(5, -1)[self.origin, self.place]
        digits: Ints = code * 10**11 + written()[self.born] * 1000 + self.sequence
        return digits


def check_characters(first17: Ints) -> Ints:
    """The 18th character of each number, as its code point (GB 11643)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = np.zeros(first17.shape, np.int64)
    for place, weight in enumerate(weights):
        total += first17 // 10 ** (16 - place) % 10 * weight
    return np.frombuffer(b"10X98765432", np.uint8).astype(np.int64)[total % 11]


def spell_numbers(first17: Ints) -> list[str]:
    """The numbers as people write them."""
    last = check_characters(first17)
    return [f"{digits}{chr(char)}" for digits, char in zip(first17.tolist(), last.tolist(), strict=True)]


def _mixed(seed: int, index: Ints, male: Flags) -> tuple[Ints, Ints]:
    """Each slot's own whole number below the domain, and its bank: one-to-one for each sex."""
    dice = Dice(seed, 0, "numbers")
    own = index[:, None] * _GROUPS + _GROUP
    mixed = np.zeros(own.shape, np.int64)
    for of_sex in (male, ~male):
        factor = int(dice.between(_DOMAIN // 3, _DOMAIN - 1, 1)[0])
        while gcd(factor, _DOMAIN) != 1:
            factor += 1
        shift = int(dice.between(0, _DOMAIN - 1, 1)[0])
        mixed = np.where(of_sex, (own % _DOMAIN * factor + shift) % _DOMAIN, mixed)
    return mixed, own // _DOMAIN


def _traits(name: str) -> Ints:
    values: Ints = np.array([getattr(family, name) for family in profile.FAMILIES], np.int64)
    return values


def _sexes(dice: Dice, family: Ints) -> Flags:
    shape = (len(family), SLOTS)
    male = dice.chance(51_500, shape)
    male[:, HEAD] = dice.chance(_traits("male_head")[family] * 1000, len(family))
    male[:, SPOUSE] = ~male[:, HEAD]
    male[:, INLAW] = ~male[:, CHILD1]
    male[:, FATHER], male[:, MOTHER] = True, False
    return male


def _present(dice: Dice, family: Ints) -> Flags:
    n = len(family)
    present = np.zeros((n, SLOTS), bool)
    present[:, HEAD] = True
    present[:, SPOUSE] = _traits("spouse")[family] > 0
    lo, hi = _traits("children").T
    children = dice.between(lo[family], hi[family], n)
    for rank, slot in enumerate((CHILD1, CHILD2, CHILD3)):
        present[:, slot] = children > rank
    present[:, INLAW] = present[:, GRANDCHILD] = _traits("married_child")[family] > 0
    lo, hi = _traits("parents").T
    parents = dice.between(lo[family], hi[family], n)
    present[:, MOTHER] = (parents == 2) | ((parents == 1) & dice.chance(66_000, n))
    present[:, FATHER] = (parents == 2) | ((parents == 1) & ~present[:, MOTHER])
    return present


def _birth_years(dice: Dice, family: Ints, male: Flags, remainder: Ints) -> Ints:
    """Years coherent with the relations. Each is lowered by up to three, to leave its own remainder modulo four."""
    n = len(family)
    years = np.zeros((n, SLOTS), np.int64)

    def settle(slot: int, wish: Ints) -> Ints:
        years[:, slot] = wish - (wish - remainder[:, slot]) % _YEARS
        settled: Ints = years[:, slot]
        return settled

    lo, hi = _traits("head_age").T
    head = settle(HEAD, profile.REFERENCE.year + 1 - dice.between(lo[family], hi[family], n))
    younger = dice.between(-1, 6, n)  # how much younger the wife is
    spouse = settle(SPOUSE, head + 1 + np.where(male[:, HEAD], younger, -younger))
    parent = np.maximum(head, np.where(_traits("spouse")[family] > 0, spouse, head))
    child = settle(CHILD1, parent + 23 + dice.between(0, 6, n))
    younger = dice.between(-1, 3, n)
    inlaw = settle(INLAW, child + 1 + np.where(male[:, CHILD1], younger, -younger))
    settle(GRANDCHILD, np.maximum(child, inlaw) + 23 + dice.between(0, 4, n))
    for slot in (CHILD2, CHILD3):
        child = settle(slot, child + 5 + dice.between(0, 3, n))
    father = settle(FATHER, head - 24 - dice.between(0, 8, n))
    settle(MOTHER, father + dice.between(0, 4, n))
    return years


def _too_late(years: Ints, male: Flags) -> Flags:
    """Children who would be born in the future, or to a mother over 45."""
    late = years > _YOUNGEST_YEAR
    mother = np.where(male[:, HEAD], years[:, SPOUSE], years[:, HEAD])
    for slot in (CHILD1, CHILD2, CHILD3):
        late[:, slot] |= years[:, slot] - mother > 45
    late[:, GRANDCHILD] |= years[:, GRANDCHILD] - np.where(male[:, CHILD1], years[:, INLAW], years[:, CHILD1]) > 45
    return late


def _namesakes(dice: Dice, people: People, folk: Ints) -> None:
    """Give a few heads the birthday of another of the same folk, sex and birth year, and a place nobody else has."""
    year = written()[people.born[:, HEAD]] // 10_000
    alike = (folk * 2 + people.male[:, HEAD]) * 10_000 + year
    order = np.lexsort((dice.raw(len(folk)), alike))
    pairs = np.stack([order[:-1], order[1:]], axis=1)[alike[order[:-1]] == alike[order[1:]]]
    taken: set[int] = set()
    for first, second in pairs[np.argsort(dice.raw(len(pairs)), kind="stable")].tolist():
        if len(people.namesakes) < troubles.NAMESAKES and not {first, second} & taken:
            taken |= {first, second}
            people.namesakes.append((min(first, second), max(first, second)))
    for first, second in people.namesakes:
        people.born[second, HEAD] = people.born[first, HEAD]
        people.origin[second, HEAD] = places.KEPT


def make(seed: int, chunk: int, index: Ints, origin: Ints, folk: Ints) -> People:
    """The people of a chunk."""
    dice = Dice(seed, chunk, "people")
    family = dice.pick(_traits("weight"), len(index))
    male = _sexes(dice, family)
    present = _present(dice, family)
    mixed, bank = _mixed(seed, index, male)
    half, rest = mixed % _SEQUENCES, mixed // _SEQUENCES
    day_of_year, rest = rest % _DAYS, rest // _DAYS
    years = _birth_years(dice, family, male, rest % _YEARS)
    present &= ~_too_late(years, male)
    people = People(
        present=present,
        male=male,
        born=np.clip(january_firsts()[np.clip(years, 1900, 2029) - 1900] + day_of_year, 0, day(profile.REFERENCE)),
        sequence=half * 2 + male,
        place=bank * places.BANK_SIZE + rest // _YEARS,
        origin=np.broadcast_to(origin[:, None], present.shape).copy(),
        family=family,
    )
    _namesakes(dice, people, folk)
    return people
