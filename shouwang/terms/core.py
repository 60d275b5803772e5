"""What is a term? Its kind, its grain, and the refusal of what has no meaning. The nodes themselves are in `nodes`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from enum import Enum

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


def require(condition: bool, message: str) -> None:
    """Refuse an ill-formed term."""
    if not condition:
        raise TermError(message)


@dataclass(frozen=True, eq=False)
class Node:
    """A term. `kind` is what its value is; `grain` is what it has one value for: nothing, a household, or a row."""

    def __post_init__(self) -> None:
        self.check()
        # Kept: asked anew of every term below, it would cost the square of a term's size.
        object.__setattr__(self, "_grain", common_grain(*self.children()))

    def check(self) -> None:
        """What a node of this type requires of its parts. Raises TermError."""

    @property
    def kind(self) -> Kind:
        raise TermError(f"{type(self).__name__} has no kind")

    @property
    def grain(self) -> str:
        grain: str = self.__dict__["_grain"]
        return grain

    def children(self) -> Iterator[Node]:
        """The terms this one is made of, in the order they are written."""
        for field in fields(self):
            yield from _terms_in(getattr(self, field.name))

    def possible_texts(self) -> frozenset[str] | None:
        """Every text this term can have, where that is fixed: the stored values of a choice, the outcomes of a rule."""
        return None

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


def require_possible(node: Node, texts: tuple[str, ...]) -> None:
    """Refuse a text the term can never have: the condition would hold for nobody, and its negation for everybody."""
    possible = node.possible_texts()
    for text in texts:
        require(possible is None or text in possible, f"it is never {text!r}, only one of {sorted(possible or ())}")
