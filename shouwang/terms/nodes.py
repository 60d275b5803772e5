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

from shouwang.terms.core import (
    CONSTANT,
    HOUSEHOLD,
    RATIO_SCALE,
    Kind,
    Node,
    Scalar,
    TermError,
    common_grain,
    require,
    require_possible,
)
from shouwang.terms.leaves import (
    OUTCOMES,
    Field,
    Moment,
    OutcomeOf,
    Parameter,
    Span,
    Value,
)
from shouwang.terms.rows import (
    Aggregate,
    Count,
    Latest,
    QuartersSeen,
    Total,
)
from shouwang.terms.truths import (
    COMPARISONS,
    AgeAtLeast,
    Both,
    Compare,
    Covered,
    Either,
    IsIn,
    IsKnown,
    Negated,
    StartsWith,
    Truth,
    Within,
)
from shouwang.terms.values import (
    UNKNOWN_WORDS,
    Arithmetic,
    Choose,
    Digits,
    FirstKnown,
    Hundredths,
    Joined,
    Json,
    Larger,
    MissingQuarters,
    Named,
    OnlyIf,
    Per,
    Scaled,
    ShareOf,
    Text,
)

__all__ = [
    "COMPARISONS",
    "CONSTANT",
    "HOUSEHOLD",
    "OUTCOMES",
    "RATIO_SCALE",
    "UNKNOWN_WORDS",
    "AgeAtLeast",
    "Aggregate",
    "Arithmetic",
    "Both",
    "Choose",
    "Compare",
    "Count",
    "Covered",
    "Digits",
    "Either",
    "Field",
    "FirstKnown",
    "Hundredths",
    "IsIn",
    "IsKnown",
    "Joined",
    "Json",
    "Kind",
    "Larger",
    "Latest",
    "MissingQuarters",
    "Moment",
    "Named",
    "Negated",
    "Node",
    "OnlyIf",
    "OutcomeOf",
    "Parameter",
    "Per",
    "QuartersSeen",
    "Scalar",
    "Scaled",
    "ShareOf",
    "Span",
    "StartsWith",
    "TermError",
    "Text",
    "Total",
    "Truth",
    "Value",
    "Within",
    "common_grain",
    "require",
    "require_possible",
    "surely_known",
    "walk",
]


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
