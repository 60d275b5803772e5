"""Which amounts could be otherwise, and how does a rule's outcome move with each?

A lever is one more row of facts whose amount is varied: a ledger line of a kind the rule counts, or a bill. Which lines a
rule counts is asked of its own conditions, so no lever is written for a rule. Levers that move nothing, or move the rule
just as an earlier one does, are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from shouwang.policy.book import RuleBook
from shouwang.policy.forms import Figure, Measure, Outcome
from shouwang.screening.reasons import Scale
from shouwang.screening.tracing import LIMIT, Probe, RuleProbe, bands
from shouwang.terms import nodes as n
from shouwang.terms.evaluate import Evaluator, Facts, Row, Seen
from shouwang.terms.reach import spans_named
from shouwang.terms.tables import INCOME_KINDS, LEDGER, LEDGER_KINDS, MEMBERS, RIGID_KINDS, Column, Table, Type

_SPANS = {"W": "计算期内", "P": "上年同期", "Y": "上年度"}
_KINDS = {stored: written for written, stored in LEDGER_KINDS.items()}
#: A group of kinds that count alike: title, kinds, and the one that stands for them.
_GROUPS = (("收入", INCOME_KINDS, "wage_income"), ("刚性支出", RIGID_KINDS, "rigid_other"))
_COST = "production_cost"


@dataclass(frozen=True, slots=True)
class Lever:
    """An amount that can be varied: rows to add, the first that changes nothing at 0 is used; `columns` take the amount."""

    title: str
    table: Table
    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    #: Income may fall below zero, and is read per head when it lies in the window.
    income: bool = False
    per_head: bool = False


class Trial:
    """A household's facts with one more row, whose amount can be set."""

    def __init__(self, facts: Facts, table: Table, row: Row, columns: tuple[str, ...], member: int = 0) -> None:
        self.row = dict(row)
        self.columns = columns
        self.facts = with_row(facts, table, self.row, member)

    def at(self, amount: int) -> Facts:
        for column in self.columns:
            self.row[column] = amount
        return self.facts


def with_row(facts: Facts, table: Table, row: Row, member: int = 0) -> Facts:
    """Facts with one more row; a matched row goes to the member at that place."""
    if not table.matched:
        return {**facts, table.name: [*facts[table.name], row]}
    members = list(facts["members"])
    owner = members[member]
    members[member] = {**owner, table.name: [*owner.get(table.name, ()), row]}
    return {**facts, "members": members}


def blank_row(table: Table, **cells: Any) -> Row:
    """A row of a table with its defaults and the cells given; everything else unknown."""
    return {column.name: column.default for column in table.columns} | {"row": None} | cells


class RuleLevers:
    """The levers of one rule, found once for its rule book."""

    def __init__(self, book: RuleBook, evaluator: Evaluator, probe: RuleProbe, figures: tuple[Figure, ...]) -> None:
        self.book, self.evaluator, self.probe = book, evaluator, probe
        named = {node.name for node in probe.nodes if isinstance(node, n.Named)}
        self.figures = [f for f in figures if f.measure is Measure.YUAN and f.node.name in named]
        self.totals = [node for node in probe.nodes if isinstance(node, n.Total)]
        self.levers = [*self._ledger_levers(), *self._bill_levers()] if probe.straight else []

    def scales(self, facts: Facts, heads: int | None) -> tuple[Scale, ...]:
        """How the rule's outcome moves with each lever that moves it."""
        found: list[Scale] = []
        moves: set[tuple[int, ...]] = set()
        here = self.probe.state(facts)
        for lever in self.levers:
            trial = self._trial(lever, facts)
            # Adding nothing must change nothing: a line of 0 in an uncovered quarter would cover it.
            if trial is None or (states := self._states(trial))(0) != here:
                continue
            move = tuple((b or 0) - (a or 0) for a, b in zip(here.margins, states(1).margins, strict=True))
            if any(move) and not {move, tuple(-step for step in move)} & moves:
                moves.add(move)
                scale = self._scale(lever, trial, states, heads)
                rivals = [other for other in found if lever.income == other.income]
                if len(scale.bands) > 1 and not _outdone(scale, rivals):
                    found.append(scale)
        return tuple(found)

    def _states(self, trial: Trial) -> Probe:
        """The rule along the trial's amount, each amount asked once."""
        return cache(lambda amount: self.probe.state(trial.at(amount)))

    def _trial(self, lever: Lever, facts: Facts) -> Trial | None:
        if lever.table.matched:
            member = next((i for i, member in enumerate(facts["members"]) if self._counts(facts, member)), None)
            return None if member is None else Trial(facts, lever.table, lever.rows[0], lever.columns, member)
        seen = {row["quarter"] for row in facts[lever.table.name]}
        rows = (row for row in lever.rows if row["quarter"] in seen or not lever.income)
        row = next(rows, None)
        return None if row is None else Trial(facts, lever.table, row, lever.columns)

    def _counts(self, facts: Facts, member: Row) -> bool:
        over_members = (total for total in self.totals if total.table is MEMBERS)
        return any(self.evaluator.read(total.where)(Seen(facts), member) is True for total in over_members)

    def _scale(self, lever: Lever, trial: Trial, states: Probe, heads: int | None) -> Scale:
        figure, now = self._level(trial)
        lowest = -LIMIT if lever.income else -max(now or 0, 0)
        found = bands(states, lowest)
        if figure is not None and now is not None:
            borders = [band.first for band in found[1:] if band.first is not None]
            if any(self._read(figure, trial.at(border)) != now + border for border in borders):
                figure, now = None, None
        trial.at(0)
        return Scale(
            lever.title,
            figure.title if figure else "",
            now,
            heads if lever.per_head else None,
            found,
            lever.table.name,
            {name: value for name, value in trial.row.items() if value is not None},
            lever.columns,
            lever.income,
        )

    def _level(self, trial: Trial) -> tuple[Figure | None, int | None]:
        """The figure that moves fen by fen with the lever, and its value today."""
        for figure in self.figures:
            now = self._read(figure, trial.at(0))
            if now is not None and self._read(figure, trial.at(1)) == now + 1:
                return figure, now
        return None, None

    def _read(self, figure: Figure, facts: Facts) -> int | None:
        value: int | None = self.evaluator.read(figure.node)(Seen(facts), facts["households"])
        return value

    # ---- finding the levers

    def _ledger_levers(self) -> list[Lever]:
        spans = spans_named(self.probe.nodes)
        return [lever for span in spans for lever in self._of_span(span, self._quarters(span, spans))]

    def _quarters(self, span: str, spans: tuple[str, ...]) -> list[int]:
        """The quarters of a span, those first that lie in no other span of the rule, the latest before earlier ones."""
        windows = [self.book.context.span(name) for name in spans]
        overlap = {q: sum(q in window.quarters for window in windows) for q in self.book.context.span(span).quarters}
        return sorted(overlap, key=lambda quarter: (overlap[quarter], -quarter))

    def _of_span(self, span: str, quarters: list[int]) -> list[Lever]:
        counted = [
            kind for kind in _KINDS if self._is_counted(LEDGER, blank_row(LEDGER, quarter=quarters[0], kind=kind))
        ]
        found: list[Lever] = []
        for title, kinds, kind in _GROUPS:
            if set(kinds) <= set(counted):
                income = kinds is INCOME_KINDS
                net = income and _COST in counted
                found.append(self._line(span, quarters, "纯" + title if net else title, kind, income=income))
                counted = [other for other in counted if other not in kinds and not (net and other == _COST)]
        return found + [self._line(span, quarters, _KINDS[kind], kind, income=False) for kind in counted]

    def _line(self, span: str, quarters: list[int], title: str, kind: str, *, income: bool) -> Lever:
        rows = tuple(blank_row(LEDGER, quarter=quarter, kind=kind, amount=0) for quarter in quarters)
        return Lever(_SPANS[span] + title, LEDGER, rows, ("amount",), income, income and span == "W")

    def _is_counted(self, table: Table, row: Row) -> bool:
        totals = (total for total in self.totals if total.table is table)
        return any(self.evaluator.read(total.where)(Seen({}), row) is True for total in totals)

    def _bill_levers(self) -> list[Lever]:
        found: list[Lever] = []
        for table in {total.table.name: total.table for total in self.totals if total.table.matched}.values():
            money = [column for column in table.columns if column.type is Type.MONEY]
            row = self._bill(table, money)
            if row is not None:
                new = tuple(column.name for column in money if column.default is None)
                found.append(Lever(f"{table.title}中没有报销的费用", table, (row,), new))
                found += [
                    Lever(f"{table.title}的{column.header}", table, (row,), (column.name,))
                    for column in money
                    if column.default is not None
                ]
        return found

    def _bill(self, table: Table, money: list[Column]) -> Row | None:
        """A bill of 0 on a day on which the rule counts it."""
        days = [day for day in self.book.context.moments.values() if isinstance(day, date)]
        plain = blank_row(table, **{column.name: 0 for column in money})
        for day in sorted(days, reverse=True):
            dates = {c.name: day for c in table.columns if c.type is Type.DATE and c.required}
            if self._is_counted(table, plain | dates):
                return plain | dates
        return None


def _outdone(scale: Scale, others: list[Scale]) -> bool:
    """Whether every outcome the scale leads to is reached in the same direction, no later, by another of its sort."""
    nearest = [steps for other in others for steps in _steps(other)]
    return all(
        any(outcome is known and (step > 0) == (early > 0) and abs(early) <= abs(step) for early, known in nearest)
        for step, outcome in _steps(scale)
    )


def _steps(scale: Scale) -> list[tuple[int, Outcome]]:
    """The least change that leads into each band but the present one."""
    found = []
    for band in scale.bands:
        if band.first is not None and band.first > 0:
            found.append((band.first, band.outcome))
        elif band.last is not None and band.last < 0:
            found.append((band.last, band.outcome))
    return found


def told(scale: Scale, texts: tuple[str, ...]) -> Scale:
    """A scale with its sentences."""
    return replace(scale, texts=texts)
