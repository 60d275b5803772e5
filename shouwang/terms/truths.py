"""What can be true, false or unknown?"""

from __future__ import annotations

from dataclasses import dataclass

from shouwang.terms.core import CONSTANT, Kind, Node, require, require_possible
from shouwang.terms.leaves import Span, Value


@dataclass(frozen=True, eq=False)
class Truth(Node):
    """A term that is true, false or unknown."""

    @property
    def kind(self) -> Kind:
        return Kind.TRUTH


COMPARISONS = ("<", "<=", ">", ">=", "==")
_ORDERED = (Kind.NUMBER, Kind.SCALED, Kind.DAY, Kind.QUARTER)


@dataclass(frozen=True, eq=False)
class Compare(Truth):
    op: str
    left: Node
    right: Node

    def check(self) -> None:
        require(self.op in COMPARISONS, f"unknown comparison {self.op}")
        require(
            self.left.kind is self.right.kind, f"cannot compare {self.left.kind.value} with {self.right.kind.value}"
        )
        require(self.op == "==" or self.left.kind in _ORDERED, f"{self.left.kind.value} has no order")
        if isinstance(self.right, Value) and isinstance(self.right.value, str):
            require_possible(self.left, (self.right.value,))


@dataclass(frozen=True, eq=False)
class IsIn(Truth):
    term: Node
    values: tuple[str, ...]

    def check(self) -> None:
        require(self.term.kind is Kind.TEXT, "only text is looked up in a list")
        require(bool(self.values), "an empty list would match nothing without saying so")
        require(all(isinstance(value, str) for value in self.values), "text is looked up in a list of texts")
        require_possible(self.term, self.values)


@dataclass(frozen=True, eq=False)
class StartsWith(Truth):
    term: Node
    prefixes: tuple[str, ...]

    def check(self) -> None:
        require(self.term.kind is Kind.TEXT, "only text has a beginning")
        require(bool(self.prefixes) and all(self.prefixes), "an empty prefix would match everything")


@dataclass(frozen=True, eq=False)
class IsKnown(Truth):
    """Always true or false."""

    term: Node


@dataclass(frozen=True, eq=False)
class Within(Truth):
    """Whether a row's quarter lies in a span."""

    quarter: Node
    span: Span

    def check(self) -> None:
        require(self.quarter.kind is Kind.QUARTER, "only a quarter lies in a span")


@dataclass(frozen=True, eq=False)
class Covered(Truth):
    """Whether every quarter of a span is in a set of quarters. Always true or false."""

    quarters: Node
    span: Span

    def check(self) -> None:
        require(self.quarters.kind is Kind.QUARTERS, "only a set of quarters covers a span")


@dataclass(frozen=True, eq=False)
class AgeAtLeast(Truth):
    """Whether somebody born on a day has completed so many years on the as-of date."""

    birth: Node
    years: Node

    def check(self) -> None:
        require(self.years.grain == CONSTANT, "an age limit is a figure of the policy")
        require(self.birth.kind is Kind.DAY, "age is counted from a day")


@dataclass(frozen=True, eq=False)
class Both(Truth):
    left: Node
    right: Node

    def check(self) -> None:
        require(self.left.kind is self.right.kind is Kind.TRUTH, "& joins truths")


@dataclass(frozen=True, eq=False)
class Either(Truth):
    left: Node
    right: Node

    def check(self) -> None:
        require(self.left.kind is self.right.kind is Kind.TRUTH, "| joins truths")


@dataclass(frozen=True, eq=False)
class Negated(Truth):
    term: Node

    def check(self) -> None:
        require(self.term.kind is Kind.TRUTH, "~ negates a truth")
