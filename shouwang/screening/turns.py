"""Which fact, if it were registered, corrected or withdrawn, would give a rule another outcome?

Amounts are the business of `levers`. Here: a shock nobody registered, one that does not hold, the grade of a dwelling, a
child back at school. Each is tried on the household with the reference evaluator.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from shouwang.policy.forms import MET, NOT_MET, UNKNOWN, Outcome
from shouwang.screening.blanks import possible
from shouwang.screening.levers import blank_row, with_row
from shouwang.screening.reasons import Turn
from shouwang.screening.tracing import RuleProbe
from shouwang.screening.wording import cell
from shouwang.terms import nodes as n
from shouwang.terms.evaluate import Evaluator, Facts, Row, Seen
from shouwang.terms.tables import HOUSEHOLDS, LEDGER, MEMBERS, Column, Table, Type


class RuleTurns:
    """The facts that may turn one rule."""

    def __init__(self, evaluator: Evaluator, probe: RuleProbe) -> None:
        self.context, self.evaluator, self.probe = evaluator.context, evaluator, probe
        self.aggregates = [node for node in probe.nodes if isinstance(node, n.Aggregate)]
        fields = {(f.table.name, f.name): f for f in probe.nodes if isinstance(f, n.Field)}.values()
        rows = {node.table.name: node.table for node in self.aggregates}.values()
        self.cells = [c for f in fields if f.table is HOUSEHOLDS and possible(c := HOUSEHOLDS.column(f.name))]
        self.registers = [table for table in rows if not table.matched and table not in (LEDGER, MEMBERS)]
        self.rolls = [t for t in rows if t.matched and not any(c.type is Type.MONEY for c in t.columns)]

    def turns(self, facts: Facts, outcome: Outcome) -> tuple[Turn, ...]:
        """What would turn a rule whose outcome is known. A rule that does not hold is only shown what is registered."""
        if outcome is UNKNOWN:
            return ()
        found = [*self._registered(facts, outcome), *self._withdrawn(facts, outcome)]
        if outcome is not NOT_MET:
            found += [*self._corrected(facts, outcome), *self._on_the_roll(facts, outcome)]
        return tuple(found)

    def _registered(self, facts: Facts, outcome: Outcome) -> Iterable[Turn]:
        if outcome is MET:
            return
        for table in self.registers:
            column = _choice(table)
            said: dict[Outcome, list[str]] = {}
            for value in possible(column):
                turned = self.probe.outcome(with_row(facts, table, self._row(table, column, value)))
                if turned is not outcome:
                    said.setdefault(turned, []).append(cell(column, value))
            for turned, values in said.items():
                yield Turn(f"如另有{table.title}须登记（{'、'.join(values)}）", turned)

    def _withdrawn(self, facts: Facts, outcome: Outcome) -> Iterable[Turn]:
        for table in self.registers:
            rows = self._counted(facts, table)
            turned = self.probe.outcome({**facts, table.name: []}) if rows else outcome
            if turned is not outcome:
                column = _choice(table)
                named = "、".join(dict.fromkeys(cell(column, row[column.name]) for row in rows))
                yield Turn(f"如登记的{table.title}（{named}）经核实不成立", turned)

    def _counted(self, facts: Facts, table: Table) -> list[Row]:
        """The rows of a register that the rule takes note of."""
        conditions = [self.evaluator.read(node.where) for node in self.aggregates if node.table is table]
        return [row for row in facts[table.name] if any(held(Seen(facts), row) is True for held in conditions)]

    def _corrected(self, facts: Facts, outcome: Outcome) -> Iterable[Turn]:
        for column in self.cells:
            now = facts["households"][column.name]
            said: dict[Outcome, list[str]] = {}
            for value in possible(column):
                changed = {**facts, "households": {**facts["households"], column.name: value}}
                turned = outcome if value == now else self.probe.outcome(changed)
                if turned is not outcome:
                    said.setdefault(turned, []).append(cell(column, value))
            for turned, values in said.items():
                yield Turn(f"如{column.header}改善为{'、'.join(values)}", turned)

    def _on_the_roll(self, facts: Facts, outcome: Outcome) -> Iterable[Turn]:
        """Entries of today on a roll, for the members who need one."""
        for table in self.rolls:
            column = _choice(table)
            said: dict[tuple[Outcome, tuple[int, ...]], list[str]] = {}
            for value in possible(column):
                row = self._row(table, column, value)
                who = self._needed(facts, table, row, outcome)
                if who:
                    turned = self.probe.outcome(_entered(facts, table, row, who))
                    said.setdefault((turned, who), []).append(cell(column, value))
            for (turned, who), values in said.items():
                names = "、".join(facts["members"][place]["name"] for place in who)
                yield Turn(f"如{names}的{column.header}为{'、'.join(values)}", turned)

    def _needed(self, facts: Facts, table: Table, row: Row, outcome: Outcome) -> tuple[int, ...]:
        """The least members whose entry turns the rule; nobody where even everybody's would not."""
        who: tuple[int, ...] = tuple(range(len(facts["members"])))
        if self.probe.outcome(_entered(facts, table, row, who)) is outcome:
            return ()
        for place in reversed(who):
            rest = tuple(other for other in who if other != place)
            if self.probe.outcome(_entered(facts, table, row, rest)) is not outcome:
                who = rest
        return who

    def _row(self, table: Table, column: Column, value: Any) -> Row:
        """A row of today."""
        dated = {c.name: self.context.as_of for c in table.columns if c.type is Type.DATE and c.required}
        years = {c.name: self.context.as_of.year for c in table.columns if c.type is Type.YEAR}
        return blank_row(table, **dated, **years, **{column.name: value})


def _choice(table: Table) -> Column:
    return next(column for column in table.columns if column.type is Type.CHOICE)


def _entered(facts: Facts, table: Table, row: Row, who: Sequence[int]) -> Facts:
    for place in who:
        facts = with_row(facts, table, row, place)
    return facts
