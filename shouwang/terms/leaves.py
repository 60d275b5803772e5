"""What is read: constants, parameters, what follows from the as-of date, columns, other rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shouwang.terms.core import HOUSEHOLD, Kind, Node, Scalar, require
from shouwang.terms.tables import Table, Type

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


#: What a rule can say of a household.
OUTCOMES = ("met", "suspected", "not_met", "unknown")


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

    def possible_texts(self) -> frozenset[str]:
        return frozenset(OUTCOMES)

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

    def possible_texts(self) -> frozenset[str] | None:
        choices = self.table.column(self.name).choices
        return frozenset(choices.values()) if choices else None

    @property
    def kind(self) -> Kind:
        return _KIND_OF_COLUMN[self.table.column(self.name).type]

    @property
    def grain(self) -> str:
        return HOUSEHOLD if self.table.name == "households" else self.table.name
