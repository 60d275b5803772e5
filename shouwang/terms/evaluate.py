"""Reader 1, the reference: one household in plain Python. Its kept values are the explanation.

Facts are plain: `{"households": row, "members": [row, …], "ledger": [row, …], "events": [row, …]}`, a row being a dict
of column name to value (fen, quarter index, date, text, bool, or None for unknown). A member's row carries its matched
rows as lists under "medical", "school" and "insurance".
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from json import dumps
from typing import Any

from shouwang.terms import nodes as n
from shouwang.terms.context import Context
from shouwang.units.money import yuan
from shouwang.units.periods import quarter_name, quarter_words, years_before

Row = dict[str, Any]
Facts = dict[str, Any]


@dataclass(slots=True)
class Seen:
    """The facts of one household, and the value of every named term met so far."""

    facts: Facts
    values: dict[str, Any] = field(default_factory=dict)


Reader = Callable[[Seen, Row], Any]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}
_ARITHMETIC: dict[str, Callable[[int, int], int]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}


class Evaluator:
    """Turns terms into plain functions once, then applies them to as many households as wanted."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._built: dict[int, tuple[n.Node, Reader]] = {}

    def values(self, terms: Iterable[n.Named], facts: Facts) -> dict[str, Any]:
        """Every named term that these rest on, by name."""
        seen = Seen(facts)
        for term in terms:
            self.read(term)(seen, facts["households"])
        return seen.values

    def rows_behind(self, aggregate: n.Aggregate, facts: Facts, owner: Row | None = None) -> list[Row]:
        """The rows an aggregate counted: the ledger lines and members behind a figure.

        `owner` is the household's row where not given; for an aggregate of matched rows it is the member's.
        """
        return list(self._rows(aggregate)(Seen(facts), facts["households"] if owner is None else owner))

    def read(self, node: n.Node) -> Reader:
        """The function that reads a node. Nodes are shared, so each is built once."""
        if id(node) not in self._built:
            # The node is kept beside its reader: while it lives, its id cannot name another.
            self._built[id(node)] = (node, _READERS[type(node)](self, node))
        return self._built[id(node)][1]

    def _rows(self, node: n.Aggregate) -> Callable[[Seen, Row], Iterable[Row]]:
        where, name, matched = self.read(node.where), node.table.name, node.table.matched
        if matched:
            return lambda seen, row: [item for item in row.get(name, ()) if where(seen, item) is True]
        return lambda seen, row: [item for item in seen.facts[name] if where(seen, item) is True]

    # ---- leaves

    def value(self, node: n.Value) -> Reader:
        constant = node.value
        return lambda seen, row: constant

    def parameter(self, node: n.Parameter) -> Reader:
        constant = self.context.parameter(node.name)
        return lambda seen, row: constant

    def moment(self, node: n.Moment) -> Reader:
        constant = self.context.moment(node.name)
        return lambda seen, row: constant

    def outcome_of(self, node: n.OutcomeOf) -> Reader:
        return self.read(self.context.rule(node.rule))

    def field(self, node: n.Field) -> Reader:
        name = node.name
        return lambda seen, row: row[name]

    # ---- from rows to one value

    def total(self, node: n.Total) -> Reader:
        rows, value = self._rows(node), self.read(node.value)
        return lambda seen, row: sum(amount for item in rows(seen, row) if (amount := value(seen, item)) is not None)

    def count(self, node: n.Count) -> Reader:
        rows = self._rows(node)
        return lambda seen, row: sum(1 for _ in rows(seen, row))

    def quarters(self, node: n.QuartersSeen) -> Reader:
        rows, quarter = self._rows(node), self.read(node.quarter)
        return lambda seen, row: frozenset(quarter(seen, item) for item in rows(seen, row)) - {None}

    def latest(self, node: n.Latest) -> Reader:
        rows, value, by = self._rows(node), self.read(node.value), self.read(node.by)

        def read(seen: Seen, row: Row) -> Any:
            keys = [(by(seen, item), value(seen, item)) for item in rows(seen, row)]
            known = [(day, text == node.preferred, text) for day, text in keys if None not in (day, text)]
            return max(known)[2] if known else None

        return read

    # ---- truths

    def compare(self, node: n.Compare) -> Reader:
        return self._strict(_COMPARE[node.op], node.left, node.right)

    def is_in(self, node: n.IsIn) -> Reader:
        return self._strict(frozenset(node.values).__contains__, node.term)

    def starts_with(self, node: n.StartsWith) -> Reader:
        return self._strict(lambda text: text.startswith(node.prefixes), node.term)

    def is_known(self, node: n.IsKnown) -> Reader:
        term = self.read(node.term)
        return lambda seen, row: term(seen, row) is not None

    def within(self, node: n.Within) -> Reader:
        return self._strict(self.context.span(node.span.name).quarters.__contains__, node.quarter)

    def covered(self, node: n.Covered) -> Reader:
        return self._strict(frozenset(self.context.span(node.span.name).quarters).issubset, node.quarters)

    def age_at_least(self, node: n.AgeAtLeast) -> Reader:
        years = self.read(node.years)(Seen({}), {})
        born_by = years_before(self.context.as_of, years)
        return self._strict(lambda birth: birth <= born_by, node.birth)

    def both(self, node: n.Both) -> Reader:
        left, right = self.read(node.left), self.read(node.right)

        def read(seen: Seen, row: Row) -> bool | None:
            a = left(seen, row)
            if a is False:
                return False
            b = right(seen, row)
            return False if b is False else (None if a is None or b is None else True)

        return read

    def either(self, node: n.Either) -> Reader:
        left, right = self.read(node.left), self.read(node.right)

        def read(seen: Seen, row: Row) -> bool | None:
            a = left(seen, row)
            if a is True:
                return True
            b = right(seen, row)
            return True if b is True else (None if a is None or b is None else False)

        return read

    def negated(self, node: n.Negated) -> Reader:
        return self._strict(operator.not_, node.term)

    # ---- numbers, texts and choices

    def arithmetic(self, node: n.Arithmetic) -> Reader:
        return self._strict(_ARITHMETIC[node.op], node.left, node.right)

    def scaled(self, node: n.Scaled) -> Reader:
        return self._strict(lambda amount: amount * n.RATIO_SCALE, node.term)

    def share_of(self, node: n.ShareOf) -> Reader:
        return self._strict(operator.mul, node.ratio, node.term)

    def per(self, node: n.Per) -> Reader:
        return self._strict(lambda amount, by: amount // by if by > 0 else None, node.term, node.by)

    def larger(self, node: n.Larger) -> Reader:
        return self._strict(max, node.left, node.right)

    def only_if(self, node: n.OnlyIf) -> Reader:
        term, condition = self.read(node.term), self.read(node.condition)
        return lambda seen, row: term(seen, row) if condition(seen, row) is True else None

    def first_known(self, node: n.FirstKnown) -> Reader:
        first, second = self.read(node.first), self.read(node.second)
        return lambda seen, row: value if (value := first(seen, row)) is not None else second(seen, row)

    def choose(self, node: n.Choose) -> Reader:
        cases = [(self.read(condition), self.read(value)) for condition, value in node.cases]
        otherwise = self.read(node.otherwise)

        def read(seen: Seen, row: Row) -> Any:
            for condition, value in cases:
                held = condition(seen, row)
                if held is None:
                    return None
                if held:
                    return value(seen, row)
            return otherwise(seen, row)

        return read

    def joined(self, node: n.Joined) -> Reader:
        parts = [(self.read(condition), text) for condition, text in node.parts]
        return lambda seen, row: node.separator.join(text for held, text in parts if held(seen, row) is True)

    def missing_quarters(self, node: n.MissingQuarters) -> Reader:
        write, separator = (quarter_words, "、") if node.words else (quarter_name, ";")
        names = [(index, write(index)) for index in self.context.span(node.span.name).quarters]
        return self._strict(lambda have: separator.join(name for q, name in names if q not in have), node.quarters)

    def hundredths(self, node: n.Hundredths) -> Reader:
        return self._strict(yuan, node.term)

    def digits(self, node: n.Digits) -> Reader:
        return self._strict(str, node.term)

    def text(self, node: n.Text) -> Reader:
        parts = [self.read(part) for part in node.parts]

        def read(seen: Seen, row: Row) -> str:
            texts = (part(seen, row) for part in parts)
            return "".join(n.UNKNOWN_WORDS if text is None else text for text in texts)

        return read

    def json(self, node: n.Json) -> Reader:
        term = self.read(node.term)
        return lambda seen, row: dumps(term(seen, row), ensure_ascii=False)

    def named(self, node: n.Named) -> Reader:
        term, name = self.read(node.term), node.name

        def read(seen: Seen, row: Row) -> Any:
            if name not in seen.values:
                seen.values[name] = term(seen, row)
            return seen.values[name]

        # A named term of a member's row has a value per row: it is not kept.
        return read if node.grain in (n.HOUSEHOLD, n.CONSTANT) else term

    def _strict(self, function: Callable[..., Any], *operands: n.Node) -> Reader:
        """A function that is unknown as soon as an operand is."""
        readers = [self.read(operand) for operand in operands]
        if len(readers) == 1:
            (only,) = readers
            return lambda seen, row: None if (a := only(seen, row)) is None else function(a)
        left, right = readers
        return lambda seen, row: (
            None if (a := left(seen, row)) is None or (b := right(seen, row)) is None else function(a, b)
        )


_READERS: dict[type[n.Node], Callable[[Evaluator, Any], Reader]] = {
    n.Value: Evaluator.value,
    n.Parameter: Evaluator.parameter,
    n.Moment: Evaluator.moment,
    n.OutcomeOf: Evaluator.outcome_of,
    n.Field: Evaluator.field,
    n.Total: Evaluator.total,
    n.Count: Evaluator.count,
    n.QuartersSeen: Evaluator.quarters,
    n.Latest: Evaluator.latest,
    n.Compare: Evaluator.compare,
    n.IsIn: Evaluator.is_in,
    n.StartsWith: Evaluator.starts_with,
    n.IsKnown: Evaluator.is_known,
    n.Within: Evaluator.within,
    n.Covered: Evaluator.covered,
    n.AgeAtLeast: Evaluator.age_at_least,
    n.Both: Evaluator.both,
    n.Either: Evaluator.either,
    n.Negated: Evaluator.negated,
    n.Arithmetic: Evaluator.arithmetic,
    n.Scaled: Evaluator.scaled,
    n.ShareOf: Evaluator.share_of,
    n.Per: Evaluator.per,
    n.Larger: Evaluator.larger,
    n.OnlyIf: Evaluator.only_if,
    n.FirstKnown: Evaluator.first_known,
    n.Choose: Evaluator.choose,
    n.Joined: Evaluator.joined,
    n.MissingQuarters: Evaluator.missing_quarters,
    n.Hundredths: Evaluator.hundredths,
    n.Digits: Evaluator.digits,
    n.Text: Evaluator.text,
    n.Json: Evaluator.json,
    n.Named: Evaluator.named,
}
