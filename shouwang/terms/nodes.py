"""What a rule may be made of. Frozen nodes; an ill-formed term cannot be built.

Three readers walk these nodes: `evaluate` (one household, plain Python), `render` (a Chinese sentence) and
`screening.compile` (a whole population, through Ibis). What they must agree on is fixed here:

- Unknown (资料不足) is a value. SQL calls it NULL, Python None. Arithmetic and comparison with it give unknown; `&`, `|`
  and `~` are Kleene's three-valued logic; a row whose condition is unknown is not counted.
- A `Choose` takes the first case whose condition is true, but stops at an unknown condition: then it is unknown.
- Sums and counts over no rows are 0. Whether 0 may be believed is asked separately (`Covered`).
- Money is whole fen and ratios are whole ten-thousandths, so that nothing is ever rounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from enum import Enum

from shouwang.terms.tables import Table, Type

#: A ratio is held as whole ten-thousandths: 0.30 is 3000.
RATIO_SCALE = 10_000

CONSTANT = "constant"
HOUSEHOLD = "household"

Scalar = bool | int | str | date | None


class Kind(Enum):
    """What a term's value is."""

    NUMBER = "number"
    SCALED = "number times ten thousand"
    TRUTH = "truth"
    DAY = "day"
    TEXT = "text"
    QUARTER = "quarter"
    QUARTERS = "set of quarters"


class TermError(TypeError):
    """A rule was written that has no meaning. Raised while the rule book loads, never while it screens."""


_KIND_OF_COLUMN = {
    Type.TEXT: Kind.TEXT,
    Type.ID_NUMBER: Kind.TEXT,
    Type.CHOICE: Kind.TEXT,
    Type.MONEY: Kind.NUMBER,
    Type.YEAR: Kind.NUMBER,
    Type.DATE: Kind.DAY,
    Type.QUARTER: Kind.QUARTER,
    Type.YES_NO: Kind.TRUTH,
}


def require(condition: bool, message: str) -> None:
    """Refuse an ill-formed term."""
    if not condition:
        raise TermError(message)


@dataclass(frozen=True, eq=False)
class Node:
    """A term. `kind` is what its value is; `grain` is what it has one value for: nothing, a household, or a row."""

    def __post_init__(self) -> None:
        self.check()
        common_grain(*self.children())

    def check(self) -> None:
        """What a node of this type requires of its parts. Raises TermError."""

    @property
    def kind(self) -> Kind:
        raise TermError(f"{type(self).__name__} has no kind")

    @property
    def grain(self) -> str:
        return common_grain(*self.children())

    def children(self) -> Iterator[Node]:
        """The terms this one is made of, in the order they are written."""
        for field in fields(self):
            yield from _terms_in(getattr(self, field.name))

    def __bool__(self) -> bool:
        raise TermError(
            "A term has no truth value while the rule is written. Use & | ~ instead of and, or, not; "
            "write a chained comparison a < b < c as (a < b) & (b < c)."
        )


def _terms_in(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _terms_in(item)


def common_grain(*terms: Node) -> str:
    """The one grain of several terms, constants aside. Raises TermError where they differ."""
    grains = {term.grain for term in terms} - {CONSTANT}
    require(
        len(grains) <= 1,
        f"terms of different grain cannot be combined: {sorted(grains)}. "
        "Sum or count the rows to one figure per household first, or take both from the same table.",
    )
    return grains.pop() if grains else CONSTANT


# ---- leaves --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Value(Node):
    """A constant of the language itself: 0, a status, an outcome. Figures of the policy are Parameters."""

    value: Scalar

    def check(self) -> None:
        allowed = isinstance(self.value, bool | int | str | date | None)
        require(allowed, "a constant is a whole number, text, day or truth, never a float")

    @property
    def kind(self) -> Kind:
        if isinstance(self.value, bool):
            return Kind.TRUTH
        if isinstance(self.value, int):
            return Kind.NUMBER
        if isinstance(self.value, date):
            return Kind.DAY
        return Kind.TEXT


@dataclass(frozen=True, eq=False)
class Parameter(Node):
    """A figure of the policy in force on the as-of date, by name: fen, years, or ten-thousandths for a ratio."""

    name: str
    ratio: bool = False

    @property
    def kind(self) -> Kind:
        return Kind.SCALED if self.ratio else Kind.NUMBER


@dataclass(frozen=True, eq=False)
class Moment(Node):
    """A date, year or label worked out from the as-of date before anything is read."""

    name: str
    of_kind: Kind

    @property
    def kind(self) -> Kind:
        return self.of_kind


@dataclass(frozen=True, eq=False)
class Span(Node):
    """Four quarters worked out from the as-of date: W, P or Y of contract 3."""

    name: str

    @property
    def kind(self) -> Kind:
        return Kind.QUARTERS


@dataclass(frozen=True, eq=False)
class OutcomeOf(Node):
    """The outcome of the rule of that id which is in force on the as-of date: `met`, `suspected`, `not_met`, `unknown`."""

    rule: str

    @property
    def kind(self) -> Kind:
        return Kind.TEXT

    @property
    def grain(self) -> str:
        return HOUSEHOLD


@dataclass(frozen=True, eq=False)
class Field(Node):
    """A column of a fact table. The grain is a household for the household's own columns, else a row."""

    table: Table
    name: str

    def check(self) -> None:
        self.table.column(self.name)

    @property
    def kind(self) -> Kind:
        return _KIND_OF_COLUMN[self.table.column(self.name).type]

    @property
    def grain(self) -> str:
        return HOUSEHOLD if self.table.name == "households" else self.table.name


# ---- from rows to one value ----------------------------------------------------------------------------------------


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

    @property
    def kind(self) -> Kind:
        return Kind.TEXT

    def check(self) -> None:
        super().check()
        require(self.table.matched, "the latest row is asked of a member's rows")
        require((self.value.kind, self.by.kind) == (Kind.TEXT, Kind.DAY), "the latest text by a day")
        require_possible(self.value, (self.preferred,))


# ---- truths --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Truth(Node):
    """A term that is true, false or unknown."""

    @property
    def kind(self) -> Kind:
        return Kind.TRUTH


COMPARISONS = ("<", "<=", ">", ">=", "==")
_ORDERED = (Kind.NUMBER, Kind.SCALED, Kind.DAY, Kind.QUARTER)
#: What a rule can say of a household.
OUTCOMES = ("met", "suspected", "not_met", "unknown")


def possible_texts(node: Node) -> frozenset[str] | None:
    """Every text a term can have, where that is fixed: the stored values of a choice, the outcomes of a rule."""
    match node:
        case OutcomeOf():
            return frozenset(OUTCOMES)
        case Field(table=table, name=name) if table.column(name).choices:
            return frozenset(table.column(name).choices.values())
        case Latest(value=value) | Named(term=value):
            return possible_texts(value)
    return None


def require_possible(node: Node, texts: tuple[str, ...]) -> None:
    """Refuse a text the term can never have: the condition would hold for nobody, and its negation for everybody."""
    possible = possible_texts(node)
    for text in texts:
        require(possible is None or text in possible, f"it is never {text!r}, only one of {sorted(possible or ())}")


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


# ---- numbers, texts and choices ------------------------------------------------------------------------------------


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

    @property
    def kind(self) -> Kind:
        return self.term.kind


def walk(term: Node, into_named: bool = True) -> Iterator[Node]:
    """Every node of a term, parents first. With `into_named=False`, stops at named terms below the first."""
    seen: set[int] = set()
    stack = [term]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        if into_named or node is term or not isinstance(node, Named):
            stack.extend(reversed(list(node.children())))


def surely_known(node: Node) -> bool:
    """Whether a term can never be unknown, whatever the facts: lets readers leave out a question with one answer."""
    match node:
        case Value(value=value):
            return value is not None
        case Parameter() | Moment() | Span() | OutcomeOf() | IsKnown() | Text() | Joined() | Json():
            return True
        case Total() | Count() | QuartersSeen():
            return True
        case Field(table=table, name=name):
            column = table.column(name)
            return column.required or column.default is not None
        case Latest() | OnlyIf() | Per():
            return False
        case FirstKnown(second=second):
            return surely_known(second)
        case _:
            return all(surely_known(child) for child in node.children())
