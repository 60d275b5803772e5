"""What did a simulation find? Counts of households and people together, by unit, by tier and by move. No files, no engine."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from shouwang.policy.book import RuleBook

MET = "met"
ENTERS, LEAVES, OTHER = "进入", "退出", "其他"
OUTCOMES = ("met", "suspected", "special", "unknown", "not_met")
_DIGITS = "〇一二三四五六七八九"
_NUMBER = re.compile(r"[0-9]+|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]", re.ASCII)
_LAST = 10**9
TIERS = ("severe", "low", "above", "unknown")


@dataclass(frozen=True, slots=True)
class Cell:
    """Households that are alike in everything a simulation counts by."""

    unit: str
    outcome_before: str
    outcome_after: str
    tier_before: str
    tier_after: str
    changed: bool

    @property
    def move(self) -> str:
        """进入, 退出, 其他, or empty where nothing changed."""
        if self.outcome_after == MET != self.outcome_before:
            return ENTERS
        if self.outcome_before == MET != self.outcome_after:
            return LEAVES
        return OTHER if self.changed else ""


@dataclass(frozen=True, slots=True)
class Count:
    """Households, and the people in them."""

    households: int = 0
    people: int = 0

    def __sub__(self, other: Count) -> Count:
        return Count(self.households - other.households, self.people - other.people)


@dataclass(frozen=True, slots=True)
class Summary:
    """One line of the summary: all, met before and after, and the three moves."""

    scope: str
    name: str
    all: Count
    met_before: Count
    met_after: Count
    enters: Count
    leaves: Count
    other: Count


@dataclass(frozen=True, slots=True)
class ChangedParameter:
    """A parameter whose value differs between the two books."""

    name: str
    label: str
    meaning: str
    unit: str
    before: str
    after: str
    clause: str
    clause_text: str
    discretion: str


@dataclass
class Simulation:
    """The same population under two rule books."""

    policy: str
    policy_title: str
    as_of: date
    window: str
    engine: str
    parameters: tuple[ChangedParameter, ...]
    households: Counter[Cell] = field(default_factory=Counter)
    people: Counter[Cell] = field(default_factory=Counter)

    def count(self, wanted: Callable[[Cell], bool]) -> Count:
        """Households and people of the cells wanted."""
        cells = [cell for cell in self.households if wanted(cell)]
        return Count(sum(self.households[c] for c in cells), sum(self.people[c] for c in cells))

    def moves(self) -> list[tuple[str, str, Count]]:
        """Every pair of different outcomes that occurs: before, after, how many."""
        pairs = [(before, after) for before in OUTCOMES for after in OUTCOMES if before != after]
        counted = [(was, now, self.count(_having("outcome_before", was, "outcome_after", now))) for was, now in pairs]
        return [move for move in counted if move[2].households]

    def with_outcome(self, outcome: str, *, after: bool) -> Count:
        """Households and people of one outcome, before or after."""
        return self.count(_having("outcome_after" if after else "outcome_before", outcome))

    def summaries(self) -> Iterable[Summary]:
        """The whole, then by unit, then by tier.

        A household stands under its tier after the change, save that 现行命中 and 退出 go by its tier before it.
        """
        yield self._summary("全团", "合计", lambda cell: True, lambda cell: True)
        for unit in sorted({cell.unit for cell in self.households}, key=unit_order):
            of_unit = _having("unit", unit)
            yield self._summary("连队", unit, of_unit, of_unit)
        for tier in TIERS:
            yield self._summary("档次", tier, _having("tier_before", tier), _having("tier_after", tier))

    def _summary(self, scope: str, name: str, was: Callable[[Cell], bool], now: Callable[[Cell], bool]) -> Summary:
        return Summary(
            scope,
            name,
            self.count(now),
            self.count(lambda cell: was(cell) and cell.outcome_before == MET),
            self.count(lambda cell: now(cell) and cell.outcome_after == MET),
            self.count(lambda cell: now(cell) and cell.move == ENTERS),
            self.count(lambda cell: was(cell) and cell.move == LEAVES),
            self.count(lambda cell: now(cell) and cell.move == OTHER),
        )


def _having(*wanted: str) -> Callable[[Cell], bool]:
    """Whether a cell has these values: name, value, name, value."""
    pairs = list(zip(wanted[::2], wanted[1::2], strict=True))
    return lambda cell: all(getattr(cell, name) == value for name, value in pairs)


def unit_order(unit: str) -> tuple[int, str]:
    """一连, 二连 … 十一连, 21连, then those without a number, by name."""
    found = _NUMBER.match(unit)
    if not found:
        return _LAST, unit
    text = found[0]
    if text.isdigit():
        return int(text), unit
    tens, ten, ones = text.rpartition("十") if "十" in text else ("", "", text)
    number = (_DIGITS.find(tens) if tens else 1) * 10 if ten else 0
    return number + (_DIGITS.find(ones) if ones else 0), unit


def changed_parameters(before: RuleBook, after: RuleBook) -> tuple[ChangedParameter, ...]:
    """The parameters that differ, in the order of the policy, with clause and what the clause says."""
    found = []
    for name, held in after.parameters.items():
        if before.parameters.get(name) != held:
            series = after.series(name)
            dated = series.on(after.as_of)
            found.append(
                ChangedParameter(
                    *(name, series.label, series.meaning, series.unit.value),
                    *(series.unit.words(before.parameters[name]), series.unit.words(held)),
                    *(dated.clause, after.clause(dated.clause).text, dated.discretion),
                )
            )
    return tuple(found)
