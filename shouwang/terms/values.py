"""Numbers, texts and choices made of other terms."""

from __future__ import annotations

from dataclasses import dataclass

from shouwang.terms.core import Kind, Node, require
from shouwang.terms.leaves import Span


@dataclass(frozen=True, eq=False)
class Arithmetic(Node):
    """left op right, on whole numbers."""

    op: str
    left: Node
    right: Node

    def check(self) -> None:
        require(self.op in ("+", "-", "*"), f"unknown operation {self.op}")
        require(self.left.kind is self.right.kind is Kind.NUMBER, f"{self.op} takes two numbers")

    @property
    def kind(self) -> Kind:
        return Kind.NUMBER


@dataclass(frozen=True, eq=False)
class Scaled(Node):
    """A number times ten thousand, to be compared with a share."""

    term: Node

    def check(self) -> None:
        require(self.term.kind is Kind.NUMBER, "only a number is scaled")

    @property
    def kind(self) -> Kind:
        return Kind.SCALED


@dataclass(frozen=True, eq=False)
class ShareOf(Node):
    """A ratio of a number, kept times ten thousand so that it stays whole."""

    ratio: Node
    term: Node

    def check(self) -> None:
        require(self.ratio.kind is Kind.SCALED, "the share must be a ratio parameter")
        require(self.term.kind is Kind.NUMBER, "a share is taken of a number")

    @property
    def kind(self) -> Kind:
        return Kind.SCALED


@dataclass(frozen=True, eq=False)
class Per(Node):
    """Floor division of whole numbers, for display: per head, per cent. Unknown where the divisor is not above 0."""

    term: Node
    by: Node

    def check(self) -> None:
        require(self.term.kind is self.by.kind is Kind.NUMBER, "a number is divided by a number")

    @property
    def kind(self) -> Kind:
        return Kind.NUMBER


@dataclass(frozen=True, eq=False)
class Larger(Node):
    """The larger of two numbers; unknown if either is."""

    left: Node
    right: Node

    def check(self) -> None:
        require(self.left.kind is self.right.kind is Kind.NUMBER, "the larger of two numbers")

    @property
    def kind(self) -> Kind:
        return Kind.NUMBER


@dataclass(frozen=True, eq=False)
class OnlyIf(Node):
    """The term where the condition is true; unknown where it is not."""

    term: Node
    condition: Node

    def check(self) -> None:
        require(self.condition.kind is Kind.TRUTH, "a value is kept on a condition")

    @property
    def kind(self) -> Kind:
        return self.term.kind


@dataclass(frozen=True, eq=False)
class FirstKnown(Node):
    """The first of two terms if it is known, else the second."""

    first: Node
    second: Node

    def check(self) -> None:
        require(self.first.kind is self.second.kind, "both terms must be of one kind")

    @property
    def kind(self) -> Kind:
        return self.first.kind


@dataclass(frozen=True, eq=False)
class Choose(Node):
    """The value of the first case whose condition is true, else `otherwise`; unknown at the first unknown condition."""

    cases: tuple[tuple[Node, Node], ...]
    otherwise: Node

    def check(self) -> None:
        require(bool(self.cases), "a choice needs a case")
        for condition, value in self.cases:
            require(condition.kind is Kind.TRUTH, "a case needs a condition")
            require(value.kind is self.otherwise.kind, "all cases must be of one kind")

    @property
    def kind(self) -> Kind:
        return self.otherwise.kind


@dataclass(frozen=True, eq=False)
class Joined(Node):
    """The texts whose condition is true, in order, joined by a separator; empty text if none is."""

    parts: tuple[tuple[Node, str], ...]
    separator: str

    def check(self) -> None:
        require(bool(self.parts), "an empty list of texts says nothing")
        require(all(held.kind is Kind.TRUTH for held, _ in self.parts), "a text is joined on a condition")

    @property
    def kind(self) -> Kind:
        return Kind.TEXT


@dataclass(frozen=True, eq=False)
class MissingQuarters(Node):
    """The quarters of a span that are not in a set, as text: `2019Q3;2020Q2`, or in words joined by 、."""

    quarters: Node
    span: Span
    words: bool = False

    def check(self) -> None:
        require(self.quarters.kind is Kind.QUARTERS, "quarters are missing from a set of quarters")

    @property
    def kind(self) -> Kind:
        return Kind.TEXT


@dataclass(frozen=True, eq=False)
class Hundredths(Node):
    """A whole number as text with two decimals: fen as yuan, ten-thousandths as per cent. -150 is `-1.50`."""

    term: Node

    def check(self) -> None:
        require(self.term.kind is Kind.NUMBER, "only a number has hundredths")

    @property
    def kind(self) -> Kind:
        return Kind.TEXT


@dataclass(frozen=True, eq=False)
class Digits(Node):
    """A whole number as text."""

    term: Node

    def check(self) -> None:
        require(self.term.kind is Kind.NUMBER, "only a number has digits")

    @property
    def kind(self) -> Kind:
        return Kind.TEXT


#: What a sentence says in the place of an unknown figure.
UNKNOWN_WORDS = "不明"


@dataclass(frozen=True, eq=False)
class Text(Node):
    """Texts one after the other; an unknown one reads 不明."""

    parts: tuple[Node, ...]

    def check(self) -> None:
        require(bool(self.parts), "an empty sentence says nothing")
        require(all(part.kind is Kind.TEXT for part in self.parts), "a sentence is made of texts")

    @property
    def kind(self) -> Kind:
        return Kind.TEXT


@dataclass(frozen=True, eq=False)
class Json(Node):
    """A value as JSON writes it: a number, true or false, or quoted text; `null` where it is unknown."""

    term: Node

    def check(self) -> None:
        require(self.term.kind in (Kind.NUMBER, Kind.TRUTH, Kind.TEXT), "only numbers, truths and texts are written")

    @property
    def kind(self) -> Kind:
        return Kind.TEXT


@dataclass(frozen=True, eq=False)
class Named(Node):
    """A term the policy has a name for: a figure or a rule's outcome. Readers compute it once and keep its value."""

    name: str
    term: Node

    def possible_texts(self) -> frozenset[str] | None:
        return self.term.possible_texts()

    @property
    def kind(self) -> Kind:
        return self.term.kind
