"""What the author of a rule writes: terms with operators.

`Term` wraps a node; every operation checks its operands and wraps the new node. Nothing is computed here.
"""

from __future__ import annotations

from typing import Any

from shouwang.terms import nodes as n
from shouwang.terms.tables import Table

Operand = "Term | int | str | bool"


class Term:
    """A value of the rule language: a figure, a truth, a text. Python's operators build larger terms from it."""

    __slots__ = ("node",)
    __hash__ = None  # type: ignore[assignment]  # a term is not a value; it stands for one

    def __init__(self, node: n.Node) -> None:
        self.node = node

    def __lt__(self, other: Any) -> Term:
        return _compare("<", self, other)

    def __le__(self, other: Any) -> Term:
        return _compare("<=", self, other)

    def __gt__(self, other: Any) -> Term:
        return _compare(">", self, other)

    def __ge__(self, other: Any) -> Term:
        return _compare(">=", self, other)

    def __eq__(self, other: object) -> Term:  # type: ignore[override]
        return _compare("==", self, other)

    def __add__(self, other: Any) -> Term:
        return Term(n.Arithmetic("+", self.node, node_of(other)))

    def __sub__(self, other: Any) -> Term:
        return Term(n.Arithmetic("-", self.node, node_of(other)))

    def __mul__(self, other: Any) -> Term:
        return Term(n.Arithmetic("*", self.node, node_of(other)))

    def __and__(self, other: Any) -> Term:
        return Term(n.Both(self.node, node_of(other)))

    def __or__(self, other: Any) -> Term:
        return Term(n.Either(self.node, node_of(other)))

    def __invert__(self) -> Term:
        return Term(n.Negated(self.node))

    def __bool__(self) -> bool:
        return bool(self.node)

    def is_in(self, *values: str) -> Term:
        return Term(n.IsIn(self.node, values))

    def starts_with(self, *prefixes: str) -> Term:
        return Term(n.StartsWith(self.node, prefixes))

    def known(self) -> Term:
        return Term(n.IsKnown(self.node))

    def or_else(self, other: Any) -> Term:
        """This value where it is known, else the other."""
        return Term(n.FirstKnown(self.node, node_of(other)))

    def only_if(self, condition: Term) -> Term:
        """This value where the condition is true, else unknown."""
        return Term(n.OnlyIf(self.node, condition.node))

    def per(self, by: Term) -> Term:
        """Floor division, for figures that are shown. Decisions multiply instead."""
        return Term(n.Per(self.node, by.node))

    def hundredths(self) -> Term:
        """This number as text with two decimals: fen as yuan, ten-thousandths as per cent."""
        return Term(n.Hundredths(self.node))

    def of(self, amount: Term) -> Term:
        """This ratio of an amount."""
        return Term(n.ShareOf(self.node, amount.node))

    def within(self, span: Term) -> Term:
        return Term(n.Within(self.node, _span(span)))

    def cover(self, span: Term) -> Term:
        """Whether this set of quarters holds every quarter of the span."""
        return Term(n.Covered(self.node, _span(span)))

    def missing_from(self, span: Term, words: bool = False) -> Term:
        return Term(n.MissingQuarters(self.node, _span(span), words))

    def age_at_least(self, years: Any) -> Term:
        return Term(n.AgeAtLeast(self.node, node_of(years)))


class Rows:
    """Rows of one fact table, narrowed by `.where()`, brought to a value by `.total()`, `.count()` and the like."""

    def __init__(self, table: Table, condition: Term | None = None) -> None:
        self.table = table
        self.condition = condition if condition is not None else Term(n.Value(True))

    def __getattr__(self, column: str) -> Term:
        return self[column]

    def __getitem__(self, column: str) -> Term:
        """A column of the row; in brackets where its name is also a method, as `medical["total"]`."""
        return Term(n.Field(self.table, column))

    def where(self, condition: Term) -> Rows:
        first = isinstance(self.condition.node, n.Value)
        return Rows(self.table, condition if first else self.condition & condition)

    def total(self, value: Term) -> Term:
        return Term(n.Total(self.table, self.condition.node, value.node))

    def count(self) -> Term:
        return Term(n.Count(self.table, self.condition.node))

    def exist(self) -> Term:
        return self.count() > 0

    def quarters(self, quarter: Term) -> Term:
        return Term(n.QuartersSeen(self.table, self.condition.node, quarter.node))

    def latest(self, value: Term, by: Term, preferred: str) -> Term:
        return Term(n.Latest(self.table, self.condition.node, value.node, by.node, preferred))


def node_of(operand: Any) -> n.Node:
    """The node of a term or of a plain constant. Refuses everything else, floats first of all."""
    if isinstance(operand, Term):
        return operand.node
    if isinstance(operand, bool | int | str):
        return n.Value(operand)
    raise n.TermError(f"{operand!r} cannot stand in a rule: use whole numbers, text, or a parameter (never a float)")


def larger(left: Term, right: Term) -> Term:
    return Term(n.Larger(left.node, right.node))


def choose(*cases: tuple[Term, Any], otherwise: Any) -> Term:
    """The value of the first case that is true; unknown at the first case that is unknown."""
    return Term(n.Choose(tuple((when.node, node_of(value)) for when, value in cases), node_of(otherwise)))


def joined(*parts: tuple[Term, str], separator: str) -> Term:
    return Term(n.Joined(tuple((when.node, text) for when, text in parts), separator))


def named(name: str, term: Term) -> Term:
    return Term(n.Named(name, term.node))


def _span(term: Term) -> n.Span:
    n.require(isinstance(term.node, n.Span), "a quarter is looked up in one of the spans W, P or Y")
    assert isinstance(term.node, n.Span)
    return term.node


def _compare(op: str, left: Term, right: Any) -> Term:
    a, b = left.node, node_of(right)
    if a.kind is n.Kind.SCALED and b.kind is n.Kind.NUMBER:
        b = n.Scaled(b)
    elif b.kind is n.Kind.SCALED and a.kind is n.Kind.NUMBER:
        a = n.Scaled(a)
    return Term(n.Compare(op, a, b))
