"""Which rows of which file stand behind a figure? Ledger lines, bills, events and members, with the cells that matter.

Identity numbers are never among the cells: a person is called by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from shouwang.screening.reasons import HouseholdFacts, RowBehind
from shouwang.screening.wording import cell
from shouwang.terms import nodes as n
from shouwang.terms.evaluate import Evaluator, Row, Seen
from shouwang.terms.tables import MEMBERS, Column, Table, Type

#: Cells that say whose a row is; said once, by name.
_OWNER = ("household_id", "member_id", "id_number", "name")


@dataclass(frozen=True, slots=True)
class Source:
    """One sum or count behind a figure: the columns of its rows that matter, and the members' rows counted inside it.

    It stands behind the figure only while the terms in `given` are known and those in `unless` are not.
    """

    aggregate: n.Aggregate
    columns: tuple[Column, ...]
    matched: tuple[n.Aggregate, ...]
    given: tuple[n.Node, ...]
    unless: tuple[n.Node, ...]


def sources_of(figure: n.Node) -> tuple[Source, ...]:
    """The sums and counts of a household that a figure's value is made of, conditions on coverage left out."""
    return tuple(_sources(figure, (), ()))


def _sources(node: n.Node, given: tuple[n.Node, ...], unless: tuple[n.Node, ...]) -> Iterator[Source]:
    match node:
        case n.Total() | n.Count():
            yield _source(node, given, unless)
        case n.FirstKnown(first=first, second=second):
            yield from _sources(first, (*given, first), unless)
            yield from _sources(second, given, (*unless, first))
        case n.Covered() | n.MissingQuarters() | n.IsKnown():
            return
        case _:
            for child in node.children():
                yield from _sources(child, given, unless)


def _source(aggregate: n.Aggregate, given: tuple[n.Node, ...], unless: tuple[n.Node, ...]) -> Source:
    table, below = aggregate.table, list(n.walk(aggregate))
    looked_at = {node.name for node in below if isinstance(node, n.Field) and node.table is table}
    # Of a member only what the figure looks at is anybody's business; of other rows, all that is written.
    columns = [column for column in table.columns if table is not MEMBERS or column.name in looked_at]
    matched = [node for node in below if isinstance(node, n.Aggregate) and node.table.matched]
    return Source(aggregate, tuple(columns), tuple(matched), given, unless)


class Evidence:
    """The rows behind the figures of one household."""

    def __init__(self, evaluator: Evaluator, facts: HouseholdFacts, seen: Seen) -> None:
        self.evaluator, self.facts, self.seen = evaluator, facts, seen
        self.names = {member["member_id"]: member["name"] for member in facts.rows["members"]}
        self._of_aggregate: dict[int, list[RowBehind]] = {}
        self._written: dict[tuple[int, int], RowBehind] = {}

    def behind(self, sources: Sequence[Source]) -> tuple[RowBehind, ...]:
        """The rows the sources counted, each once, by file and row."""
        rows: dict[tuple[str, int], RowBehind] = {}
        for source in sources:
            if not all(map(self._is_known, source.given)) or any(map(self._is_known, source.unless)):
                continue
            known = self._of_aggregate.get(id(source.aggregate))
            if known is None:
                known = self._of_aggregate[id(source.aggregate)] = list(self._counted(source))
            for row in known:
                rows.setdefault((row.table, row.row or 0), row)
        return tuple(rows[key] for key in sorted(rows))

    def _is_known(self, node: n.Node) -> bool:
        return self.evaluator.read(node)(self.seen, self.seen.facts["households"]) is not None

    def _counted(self, source: Source) -> Iterable[RowBehind]:
        aggregate, facts = source.aggregate, self.facts.rows
        for row in self.evaluator.rows_behind(aggregate, facts):
            if aggregate.table is not MEMBERS:
                yield self._row(aggregate.table, row, self.names.get(row.get("member_id"), ""), source.columns)
                continue
            # Behind a sum of members' bills stand the bills; behind a number of members, the members.
            if isinstance(aggregate, n.Count):
                yield self._row(MEMBERS, row, row["name"], source.columns)
            for below in source.matched:
                for matched in self.evaluator.rows_behind(below, facts, row):
                    yield self._row(below.table, matched, row["name"], below.table.columns)

    def _row(self, table: Table, row: Row, member: str, columns: tuple[Column, ...]) -> RowBehind:
        key = (id(row), id(columns))
        if key not in self._written:
            cells = tuple((c.header, cell(c, row[c.name])) for c in columns if _matters(table, c, row.get(c.name)))
            file = self.facts.files.get(table.name) or table.title
            self._written[key] = RowBehind(table.name, file, row.get("row"), member, cells)
        return self._written[key]


def _matters(table: Table, column: Column, value: Any) -> bool:
    if value is None or column.name in _OWNER or (table.matched and column.name == "birth_date"):
        return False
    return column.type is Type.MONEY or value != column.default
