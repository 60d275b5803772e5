"""What each made-up person is called, so that children bear their father's name and spouses their own."""

from __future__ import annotations

import numpy as np

from shouwang.demo import names
from shouwang.demo.dice import Dice, Flags, Ints
from shouwang.demo.people import CHILD1, CHILD2, CHILD3, FATHER, GRANDCHILD, HEAD, INLAW, SLOTS, SPOUSE, People

_SHORT = 17_000  # one-character given names, of Han and Hui
_TURKIC = {
    (names.UYGHUR, True): names.UYGHUR_MALE,
    (names.UYGHUR, False): names.UYGHUR_FEMALE,
    (names.KAZAKH, True): names.KAZAKH_MALE,
    (names.KAZAKH, False): names.KAZAKH_FEMALE,
}


def name_all(dice: Dice, people: People, folk: Ints) -> list[str]:
    """The names of everybody present, household by household, slot by slot."""
    n = len(folk)
    surname = np.where(
        (folk == names.HUI)[:, None],
        dice.pick(names.HUI_SURNAME_WEIGHTS, (n, SLOTS)),
        dice.pick(names.HAN_SURNAME_WEIGHTS, (n, SLOTS)),
    )
    throws = [dice.raw((n, SLOTS)) for _ in range(3)]
    short = dice.chance(_SHORT, (n, SLOTS))
    for first, second in people.namesakes:
        for each in (surname, short, *throws):
            each[second, HEAD] = each[first, HEAD]
    _inherit(surname, people)
    given, father = throws[0], throws[1]
    _patronymics(given, father, people)
    return _spelled(people, folk, surname, throws, short)


def _father_of_children(people: People) -> Ints:
    """The slot of the man of the head's couple."""
    return np.where(people.male[:, HEAD] | ~people.present[:, SPOUSE], HEAD, SPOUSE)


def _inherit(surname: Ints, people: People) -> None:
    rows = np.arange(len(surname))
    surname[:, FATHER] = surname[:, HEAD]
    for slot in (CHILD1, CHILD2, CHILD3):
        surname[:, slot] = surname[rows, _father_of_children(people)]
    surname[:, GRANDCHILD] = surname[rows, np.where(people.male[:, CHILD1], CHILD1, INLAW)]


def _patronymics(given: Ints, father: Ints, people: People) -> None:
    """The father's given name is the second part of a child's name. Both are throws into the list of male names."""
    rows = np.arange(len(given))
    given[:, FATHER] = father[:, HEAD]
    man = _father_of_children(people)
    has_father = people.male[rows, man]
    for slot in (CHILD1, CHILD2, CHILD3):
        father[:, slot] = np.where(has_father, given[rows, man], father[:, CHILD1])
    father[:, GRANDCHILD] = given[rows, np.where(people.male[:, CHILD1], CHILD1, INLAW)]


def _spelled(people: People, folk: Ints, surname: Ints, throws: list[Ints], short: Flags) -> list[str]:
    present = people.present
    household = np.nonzero(present)[0]
    columns = (folk[household], people.male[present], surname[present], *(t[present] for t in throws), short[present])
    return [_one(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def _one(folk: int, male: bool, surname: int, given: int, father: int, second: int, short: bool) -> str:
    """One name from its parts; throws are turned into positions in the lists."""
    if folk in (names.UYGHUR, names.KAZAKH):
        own, men = _TURKIC[folk, male], _TURKIC[folk, True]
        return f"{own[given * len(own) >> 32]}{names.DOT}{men[father * len(men) >> 32]}"
    family = names.HUI_SURNAMES if folk == names.HUI else names.HAN_SURNAMES
    firsts, seconds = (names.MALE_FIRST, names.MALE_SECOND) if male else (names.FEMALE_FIRST, names.FEMALE_SECOND)
    last = seconds[second * len(seconds) >> 32]
    return family[surname] + ("" if short else firsts[given * len(firsts) >> 32]) + last
