"""Which facts has nobody given that a rule asks for, and what would the rule say if they were?

A blank is a quarter without a line, an empty cell of the household or of a member, or a household without members. Which
blanks a rule waits for is found by filling all of them and taking back one after the other; the rule itself is only asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shouwang.screening.levers import blank_row, with_row
from shouwang.screening.tracing import RuleProbe
from shouwang.terms import nodes as n
from shouwang.terms.context import Context
from shouwang.terms.evaluate import Evaluator, Facts, Row, Seen
from shouwang.terms.tables import HOUSEHOLDS, MEMBERS, Column, Table, Type
from shouwang.units.periods import quarter_name, quarter_words, years_before

#: Age of a person filled in where nothing but a birth date is asked: an adult, whom no rule on children touches.
_ADULT = 40
#: Spans in the order in which a rule is asked about them: this year's, last year's, the year before's.
_ORDER = ("W", "Y", "P")


@dataclass(frozen=True, eq=False)
class Blank:
    """One fact nobody has given. `place` is the quarter, or the member's place in the list. Two blanks are never one."""

    key: tuple[str, ...]
    title: str
    table: Table
    column: Column | None
    place: int = 0


class RuleBlanks:
    """The blanks one rule may wait for."""

    def __init__(self, context: Context, evaluator: Evaluator, probe: RuleProbe) -> None:
        self.context, self.evaluator = context, evaluator
        covered = [node for node in probe.nodes if isinstance(node, n.Covered)]
        self.covered = sorted(covered, key=lambda node: _ORDER.index(node.span.name))
        provided = {id(field) for node in probe.nodes for field in _provided_for(node)}
        fields = {(f.table.name, f.name): f for f in probe.nodes if isinstance(f, n.Field) and id(f) not in provided}
        self.household_fields = [f for f in fields.values() if f.table is HOUSEHOLDS]
        self.member_fields = [f for f in fields.values() if f.table is MEMBERS]
        self.populated = [
            node.condition for node in probe.nodes if isinstance(node, n.OnlyIf) and _asks_for_people(node)
        ]
        self.lines = {id(node): self._line(node) for node in self.covered}

    def blanks(self, facts: Facts) -> list[Blank]:
        """The blanks of one household, quarters of the window first."""
        return [*self._quarters(facts), *self._cells(facts), *self._people(facts)]

    def _quarters(self, facts: Facts) -> Iterable[Blank]:
        told: set[int] = set()
        for node in self.covered:
            have = self.evaluator.read(node.quarters)(Seen(facts), facts["households"])
            for quarter in self.context.span(node.span.name).quarters:
                if quarter not in have and quarter not in told and self.lines[id(node)] is not None:
                    told.add(quarter)
                    table = self.lines[id(node)][0]
                    yield Blank(
                        ("quarter", quarter_name(quarter)), f"{quarter_words(quarter)}的收入", table, None, quarter
                    )

    def _cells(self, facts: Facts) -> Iterable[Blank]:
        for field in self.household_fields:
            column = HOUSEHOLDS.column(field.name)
            if facts["households"][field.name] is None:
                yield Blank((HOUSEHOLDS.name, field.name), column.header, HOUSEHOLDS, column)
        for field in self.member_fields:
            column = MEMBERS.column(field.name)
            for place, member in enumerate(facts["members"]):
                if member[field.name] is None:
                    key = (MEMBERS.name, str(member["member_id"]), field.name)
                    yield Blank(key, f"{member['name']}的{column.header}", MEMBERS, column, place)

    def _people(self, facts: Facts) -> Iterable[Blank]:
        """A figure known only where somebody is a member, in a household where nobody is."""
        seen, row = Seen(facts), facts["households"]
        if any(self.evaluator.read(condition)(seen, row) is False for condition in self.populated):
            yield Blank((MEMBERS.name,), "共同生活的成员（现在或一年前没有登记）", MEMBERS, None)

    def _line(self, node: n.Covered) -> tuple[Table, Row]:
        """A line of 0 that covers a quarter."""
        seen = node.quarters
        n.require(isinstance(seen, n.QuartersSeen), "a span is covered by the quarters of rows")
        assert isinstance(seen, n.QuartersSeen)
        choice = next(column for column in seen.table.columns if column.type is Type.CHOICE)
        for value in choice.choices.values():
            row = plain_row(seen.table) | {choice.name: value}
            if self.evaluator.read(seen.where)(Seen({}), row) is True:
                return seen.table, row
        raise n.TermError("no row can cover a quarter")

    def filled(self, facts: Facts, values: Mapping[Blank, Any]) -> Facts:
        """Facts in which blanks have these values; of a quarter the value is its amount."""
        for blank, value in values.items():
            facts = self._fill(facts, blank, value)
        return facts

    def _fill(self, facts: Facts, blank: Blank, value: Any) -> Facts:
        if blank.key[0] == "quarter":
            return with_row(facts, blank.table, self.quarter_line(blank, value))
        if blank.column is None:
            born = self.stand_in(MEMBERS.column("birth_date"))
            return with_row(facts, MEMBERS, plain_row(MEMBERS) | {"birth_date": born})
        if blank.table is HOUSEHOLDS:
            return {**facts, "households": {**facts["households"], blank.column.name: value}}
        members = list(facts["members"])
        members[blank.place] = {**members[blank.place], blank.column.name: value}
        return {**facts, "members": members}

    def quarter_line(self, blank: Blank, amount: int) -> Row:
        """The line that stands for a missing quarter."""
        line = next(row for table, row in self.lines.values() if table is blank.table)
        money = {column.name: amount for column in blank.table.columns if column.type is Type.MONEY}
        quarters = {column.name: blank.place for column in blank.table.columns if column.type is Type.QUARTER}
        return line | money | quarters

    def stand_in(self, column: Column | None) -> Any:
        """Some value a blank could have, to see whether the rule waits for it at all."""
        if column is None:
            return 0
        if column.type is Type.DATE:
            return years_before(self.context.as_of, _ADULT)
        return next(iter(possible(column)), "")


def possible(column: Column) -> tuple[Any, ...]:
    """The values a cell of a column can have, where they can be listed."""
    if column.type is Type.YES_NO:
        return (True, False)
    return tuple(dict.fromkeys(column.choices.values())) or column.usual


def plain_row(table: Table) -> Row:
    """A row in which every amount is 0 and every cell that can be listed has its first value."""
    cells = {column.name: values[0] for column in table.columns if (values := possible(column))}
    return blank_row(table, **cells | {column.name: 0 for column in table.columns if column.type is Type.MONEY})


def _asks_for_people(node: n.OnlyIf) -> bool:
    return any(isinstance(part, n.Count) and part.table is MEMBERS for part in n.walk(node.condition))


def _provided_for(node: n.Node) -> Iterable[n.Field]:
    """Fields whose blank a condition answers itself: `blank, or on or before the day`."""
    if isinstance(node, n.Either):
        for side, other in ((node.left, node.right), (node.right, node.left)):
            match side:
                case n.Negated(term=n.IsKnown(term=n.Field() as field)):
                    yield field
                    yield from (f for f in n.walk(other) if isinstance(f, n.Field) and f.name == field.name)
