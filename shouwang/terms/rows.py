"""How do the rows of a table become one value for their owner?"""

from __future__ import annotations

from dataclasses import dataclass

from shouwang.terms.core import CONSTANT, HOUSEHOLD, Kind, Node, require, require_possible
from shouwang.terms.tables import Table


@dataclass(frozen=True, eq=False)
class Aggregate(Node):
    """Rows of one table, those for which `where` is true, brought to one value for their owner.

    Rows that carry a household id belong to the household. Rows that were matched belong to a member, so their
    aggregate is a value of the member's row, and is aggregated once more over the members that count.
    """

    table: Table
    where: Node

    def check(self) -> None:
        require(self.table.name != "households", "a household has one row; name its column, do not aggregate it")
        require(self.where.kind is Kind.TRUTH, "a condition on rows must be true, false or unknown")
        for term in self.children():
            require(
                term.grain in (self.table.name, CONSTANT),
                f"a condition on rows of {self.table.name} mentions {term.grain}; it may only mention that table",
            )

    @property
    def grain(self) -> str:
        return "members" if self.table.matched else HOUSEHOLD


@dataclass(frozen=True, eq=False)
class Total(Aggregate):
    """Sum of `value`; 0 over no rows."""

    value: Node

    @property
    def kind(self) -> Kind:
        return Kind.NUMBER

    def check(self) -> None:
        super().check()
        require(self.value.kind is Kind.NUMBER, "only numbers can be summed")


@dataclass(frozen=True, eq=False)
class Count(Aggregate):
    """Number of rows; 0 over no rows."""

    @property
    def kind(self) -> Kind:
        return Kind.NUMBER


@dataclass(frozen=True, eq=False)
class QuartersSeen(Aggregate):
    """The set of quarters that have at least one such row."""

    quarter: Node

    def check(self) -> None:
        super().check()
        require(self.quarter.kind is Kind.QUARTER, "a set of quarters is made of quarters")

    @property
    def kind(self) -> Kind:
        return Kind.QUARTERS


@dataclass(frozen=True, eq=False)
class Latest(Aggregate):
    """`value` of the row with the latest `by`; of several on that day `preferred` wins, else the last in text order.

    Unknown over no rows.
    """

    value: Node
    by: Node
    preferred: str

    def possible_texts(self) -> frozenset[str] | None:
        return self.value.possible_texts()

    @property
    def kind(self) -> Kind:
        return Kind.TEXT

    def check(self) -> None:
        super().check()
        require(self.table.matched, "the latest row is asked of a member's rows")
        require((self.value.kind, self.by.kind) == (Kind.TEXT, Kind.DAY), "the latest text by a day")
        require_possible(self.value, (self.preferred,))
