"""What the planted situations do to a household's people, income and papers. One function a situation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np

from shouwang.demo import flows, troubles
from shouwang.demo.calendar import QUARTERS, day, quarter_column
from shouwang.demo.dice import Dice, Ints
from shouwang.demo.economy import rescale
from shouwang.demo.flows import AT
from shouwang.demo.people import CHILD1, FATHER, HEAD, MOTHER, SPOUSE
from shouwang.demo.world import Event, P, W, World, Y, columns

_YUAN = 100


def strike(world: World) -> None:
    """Let every planted situation happen."""
    for code, happen in _HAPPENS.items():
        who = np.flatnonzero(world.planted[code])
        if len(who):
            happen(world, world.dice(f"shock {code}"), who)


def register(world: World, dice: Dice, who: Ints, days: Ints, cause: str, note: str, chance: int = 100_000) -> None:
    """Register the event, for most of those it happened to."""
    known = dice.chance(chance, len(who))
    pairs = zip(who[known].tolist(), days[known].tolist(), strict=True)
    world.events += [Event(household, when, cause, note) for household, when in pairs]


def _aim(low: int, high: int) -> Callable[[World, Dice, Ints], None]:
    """An economy of so many yuan a head, in both years."""

    def happen(world: World, dice: Dice, who: Ints) -> None:
        wanted = dice.between(low, high, len(who)) * world.members()[who] * _YUAN
        rescale(world.fen, who, wanted, world.sums(W, who))

    return happen


def _relief(world: World, dice: Dice, who: Ints) -> None:
    """One-off relief lifts a poor household over the line (contract: one-off lines count)."""
    _aim(6500, 7700)(world, dice, who)
    heads = world.members()[who]
    lacking = dice.between(8100, 9500, len(who)) * heads * _YUAN - world.sums(W, who)
    world.fen[AT["relief"], who, dice.between(7, 8, len(who))] = -(-lacking // 10_000) * 10_000


def _hail(world: World, dice: Dice, who: Ints) -> None:
    """Hail in June 2019: the harvest of that year shrinks; insurance pays a part; some must sow again."""
    harvest = np.s_[6:9]
    crop = world.fen[AT["crop"], who, harvest]
    kept = dice.between(360, 860, len(who))
    lost = crop * (1000 - kept)[:, None] // 1000 // _YUAN * _YUAN
    world.fen[AT["crop"], who, harvest] = crop - lost
    paid = lost.sum(axis=1) * dice.between(12, 28, len(who)) // 100 * dice.chance(62_000, len(who))
    world.fen[AT["claim"], who, 7] = paid // _YUAN * _YUAN
    sown = dice.between(6, 45, len(who)) * 10_000 * dice.chance(55_000, len(who))
    world.fen[AT["disaster"], who, 5] = sown
    struck = np.full(len(who), day(date(2019, 6, 9))) + dice.between(0, 1, len(who))
    register(world, dice, who, struck, "因灾", "冰雹", 88_000)


def _venture(world: World, dice: Dice, who: Ints) -> None:
    """A business fails: costs that bring nothing."""
    _fail(world, dice, who, (36, 85))


def _venture_loss(world: World, dice: Dice, who: Ints) -> None:
    """A business fails and takes more than the household earned."""
    _fail(world, dice, who, (112, 150))


def _fail(world: World, dice: Dice, who: Ints, share: tuple[int, int]) -> None:
    lost = world.sums(W, who) * dice.between(*share, len(who)) // 100
    world.fen[AT["venture"], who, 6] = lost // 10_000 * 10_000
    closed = dice.between(day(date(2019, 8, 5)), day(date(2019, 11, 20)), len(who))
    register(world, dice, who, closed, "产业经营失败", "合作社停办", 80_000)


def _job_loss(world: World, dice: Dice, who: Ints) -> None:
    """The main earner's wages end between April and September 2019."""
    lost = dice.between(day(date(2019, 4, 8)), day(date(2019, 9, 25)), len(who))
    _silence(world, who, HEAD, quarter_column(lost))
    register(world, dice, who, lost, "失业", "企业停产", 84_000)


def _silence(world: World, who: Ints, slot: int, last: Ints) -> None:
    """What somebody in a slot earns or draws stops after the quarter `last`."""
    after = np.arange(QUARTERS) > last[:, None]
    for code, stream in flows.STREAMS.items():
        if stream.slot == slot:
            world.fen[AT[code], who] = np.where(after, 0, world.fen[AT[code], who])


def _pandemic(world: World, dice: Dice, who: Ints) -> None:
    """Wages of the first quarter of 2020 all but vanish; the second is halved."""
    left = dice.between(0, 35, len(who))
    for at in flows.WAGES:
        world.fen[at, who, 8] = world.fen[at, who, 8] * left // 100 // 1000 * 1000
        world.fen[at, who, 9] = world.fen[at, who, 9] // 2 // 1000 * 1000
    stopped = dice.between(day(date(2020, 1, 27)), day(date(2020, 2, 20)), len(who))
    register(world, dice, who, stopped, "因疫情", "停工停业", 75_000)


def _patient(world: World, dice: Dice, who: Ints) -> Ints:
    """Any member but an infant, each as likely as the other."""
    order = dice.raw((len(who), world.people.present.shape[1]))
    possible = world.people.present[who] & (world.traits.age[who] >= 3)
    return np.asarray(np.where(possible, order, -1).argmax(axis=1), np.int64)


def _illness(world: World, dice: Dice, who: Ints) -> None:
    """Serious illness: three stays in hospital within the window, light to ruinous against last year's income."""
    n = len(who)
    slot = _patient(world, dice, who)
    world.traits.health[who, slot] = 2
    low, high = np.array(troubles.ILLNESS_SHARE, np.int64)[dice.pick(troubles.ILLNESS_WEIGHTS, n)].T
    own = world.sums(Y, who) // 1000 * dice.between(low, high, n)
    own = np.clip(own, 300_000, 30_000_000)
    first = dice.between(day(date(2019, 4, 20)), day(date(2019, 10, 20)), n)
    for part, later in ((46, 0), (33, 40), (22, 95)):
        when = first + later + dice.between(0, 30, n)
        world.bills.add(dice, who, slot, when, own * part // 1000 * 10, inpatient=True)
    register(world, dice, who, first, "因病", "住院治疗", troubles.ILLNESS_RECORDED)


def _accident(world: World, dice: Dice, who: Ints) -> None:
    """An accident at work: one stay in hospital, wages and harvest suffer a little."""
    n = len(who)
    when = dice.between(day(date(2019, 5, 1)), day(date(2020, 3, 10)), n)
    own = world.sums(Y, who) // 100 * dice.between(25, 75, n)
    world.bills.add(dice, who, np.full(n, HEAD), when, np.clip(own, 500_000, 12_000_000), inpatient=True)
    world.traits.labour[who, HEAD] = 2
    register(world, dice, who, when, "因意外", "农机伤人", 95_000)


def _leave(world: World, who: Ints, slot: int, left: Ints) -> None:
    world.traits.left[who, slot] = left
    _silence(world, who, slot, quarter_column(left))


def _death(world: World, dice: Dice, who: Ints) -> None:
    """An elder dies; the funeral is paid."""
    n = len(who)
    present = world.people.present[who]
    slot = np.where(present[:, FATHER], FATHER, np.where(present[:, MOTHER], MOTHER, SPOUSE))
    left = dice.between(day(date(2019, 5, 25)), day(date(2020, 4, 25)), n)
    for each in (SPOUSE, FATHER, MOTHER):
        _leave(world, who[slot == each], each, left[slot == each])
    world.fen[AT["other"], who, np.clip(quarter_column(left), 0, 9)] = dice.between(50, 140, n) * 10_000
    register(world, dice, who, left, "其他", "家中老人去世", 60_000)


def _marriage_out(world: World, dice: Dice, who: Ints) -> None:
    """A grown child marries and leaves, and the wages leave too."""
    _leave(world, who, CHILD1, dice.between(day(date(2019, 6, 1)), day(date(2020, 4, 30)), len(who)))


def _not_sharing(world: World, dice: Dice, who: Ints) -> None:
    """A grown child lives on an own budget; the wages are not the household's."""
    world.traits.shares[who, CHILD1] = False
    _silence(world, who, CHILD1, np.full(len(who), -1))


def _move_in(world: World, dice: Dice, who: Ints) -> None:
    """Parents join the household, with their pensions."""
    joined = dice.between(day(date(2018, 10, 1)), day(date(2020, 3, 31)), len(who))
    world.traits.joined[who[:, None], [FATHER, MOTHER]] = joined[:, None]
    before = np.arange(QUARTERS) < quarter_column(joined)[:, None]
    for code in ("pension_father", "pension_mother"):
        world.fen[AT[code], who] = np.where(before, 0, world.fen[AT[code], who])


def _drop(low: int, high: int) -> Callable[[World, Dice, Ints], None]:
    """The window's income falls to so many in 1000 of the year before, and nobody registered why."""

    def happen(world: World, dice: Dice, who: Ints) -> None:
        inside = np.arange(QUARTERS)[columns(W)]
        incomes = np.ix_(np.array(flows.INCOME), who, inside)
        gross = world.fen[incomes].sum(axis=(0, 2)) // _YUAN
        wanted = world.sums(P, who) // 1000 * dice.between(low, high, len(who)) // _YUAN
        kept = np.clip(gross - (world.sums(W, who) // _YUAN - wanted), 0, gross)
        world.fen[incomes] = world.fen[incomes] * kept[None, :, None] // gross[None, :, None] // _YUAN * _YUAN

    return happen


def _missing(*choices: int) -> Callable[[World, Dice, Ints], None]:
    """One quarter was never filled in."""

    def happen(world: World, dice: Dice, who: Ints) -> None:
        world.missing[who, np.array(choices)[dice.between(0, len(choices) - 1, len(who))]] = True

    return happen


def _away(world: World, dice: Dice, who: Ints) -> None:
    """Registered here, living in 乌鲁木齐; nobody has their figures."""
    world.missing[who] = True
    world.traits.resident[who] = False


_HAPPENS: dict[str, Callable[[World, Dice, Ints], None]] = {
    "low": _aim(5050, 7940),
    "severe": _aim(2300, 4960),
    "boundary_8000": _aim(8000, 8000),
    "boundary_below": _aim(8000, 8000),
    "boundary_5000": _aim(5000, 5000),
    "relief": _relief,
    "hail": _hail,
    "venture": _venture,
    "venture_loss": _venture_loss,
    "job_loss": _job_loss,
    "pandemic": _pandemic,
    "illness": _illness,
    "accident": _accident,
    "death": _death,
    "marriage_out": _marriage_out,
    "not_sharing": _not_sharing,
    "move_in": _move_in,
    "drop_quiet": _drop(520, 670),
    "drop_watch": _drop(715, 790),
    "missing": _missing(5, 6, 7, 8),
    "missing_base": _missing(1, 2, 3, 4),
    "missing_before": _missing(0),
    "away": _away,
}
