"""Reader 3, the row part: terms as Ibis expressions over a relation that has their fields and aggregates as columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from json import dumps
from typing import Any

import ibis
import ibis.expr.types as ir

from shouwang.terms import nodes as n
from shouwang.terms.context import Context
from shouwang.terms.tables import Type
from shouwang.units.periods import quarter_name, quarter_words, years_before

Expr = Any  # an Ibis value; the operators used here exist on every kind of it

_COMPARE: dict[str, Callable[[Expr, Expr], Expr]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
}
_ARITHMETIC: dict[str, Callable[[Expr, Expr], Expr]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
}
_NULLS = {n.Kind.NUMBER: "int64", n.Kind.SCALED: "int64", n.Kind.TRUTH: "boolean", n.Kind.TEXT: "string"}


class Expressions:
    """Terms of one rule book, on one date, row by row. Aggregates are somebody else's business: see `Compiler`."""

    def __init__(self, context: Context) -> None:
        self.context = context
        #: The quarters that any span can ask about; sets of quarters are bits counted from the first.
        self._first, self._last = context.quarters_asked[0], context.quarters_asked[-1]

    def over(self, results: ir.Table, terms: Mapping[str, n.Node]) -> ir.Table:
        """Further terms over a relation that already holds every named term they mention, row by row."""
        return results.select(**{name: self.expr(term, results) for name, term in terms.items()})

    def brought_up(self, node: n.Aggregate, table: ir.Table) -> Expr:
        """An aggregate as a column of its owner's relation."""
        raise n.TermError(f"{type(node).__name__} cannot be worked out row by row")

    def expr(self, node: n.Node, table: ir.Table) -> Expr:
        """A node as an expression over a table that has its fields, aggregates and named terms as columns."""
        if isinstance(node, n.Aggregate):
            return self.brought_up(node, table)
        if isinstance(node, n.Named) and node.name in table.columns:
            return table[node.name]
        return _READERS[type(node)](self, node, table)

    def value(self, node: n.Value, table: ir.Table) -> Expr:
        return ibis.literal(node.value, "int64" if node.kind is n.Kind.NUMBER else None)

    def parameter(self, node: n.Parameter, table: ir.Table) -> Expr:
        return ibis.literal(self.context.parameter(node.name), "int64")

    def moment(self, node: n.Moment, table: ir.Table) -> Expr:
        return ibis.literal(self.context.moment(node.name))

    def outcome_of(self, node: n.OutcomeOf, table: ir.Table) -> Expr:
        return table[self.context.rule(node.rule).name]

    def field(self, node: n.Field, table: ir.Table) -> Expr:
        return table[node.name]

    def compare(self, node: n.Compare, table: ir.Table) -> Expr:
        return _COMPARE[node.op](self.expr(node.left, table), self.expr(node.right, table))

    def is_in(self, node: n.IsIn, table: ir.Table) -> Expr:
        return self.expr(node.term, table).isin(node.values)

    def starts_with(self, node: n.StartsWith, table: ir.Table) -> Expr:
        term = self.expr(node.term, table)
        return ibis.or_(*(term.startswith(prefix) for prefix in node.prefixes))

    def is_known(self, node: n.IsKnown, table: ir.Table) -> Expr:
        return self.expr(node.term, table).notnull()

    def within(self, node: n.Within, table: ir.Table) -> Expr:
        span = self.context.span(node.span.name)
        return self.expr(node.quarter, table).between(span.first, span.last)

    def covered(self, node: n.Covered, table: ir.Table) -> Expr:
        span = self.context.span(node.span.name)
        mask = sum(1 << (quarter - self._first) for quarter in span.quarters)
        return (self.expr(node.quarters, table) & mask) == mask

    def age_at_least(self, node: n.AgeAtLeast, table: ir.Table) -> Expr:
        return self.expr(node.birth, table) <= ibis.literal(years_before(self.context.as_of, self._years(node.years)))

    def _years(self, node: n.Node) -> int:
        """An age limit, worked out here: dates are compared in engines, never computed."""
        match node:
            case n.Parameter(name=name):
                return self.context.parameter(name)
            case n.Value(value=int(value)):
                return value
            case n.Arithmetic(op="+", left=left, right=right):
                return self._years(left) + self._years(right)
        raise n.TermError("an age limit is a parameter, a number, or their sum")

    def both(self, node: n.Both, table: ir.Table) -> Expr:
        return self.expr(node.left, table) & self.expr(node.right, table)

    def either(self, node: n.Either, table: ir.Table) -> Expr:
        return self.expr(node.left, table) | self.expr(node.right, table)

    def negated(self, node: n.Negated, table: ir.Table) -> Expr:
        return ~self.expr(node.term, table)

    def arithmetic(self, node: n.Arithmetic, table: ir.Table) -> Expr:
        return _ARITHMETIC[node.op](self.expr(node.left, table), self.expr(node.right, table))

    def scaled(self, node: n.Scaled, table: ir.Table) -> Expr:
        return self.expr(node.term, table) * n.RATIO_SCALE

    def share_of(self, node: n.ShareOf, table: ir.Table) -> Expr:
        return self.expr(node.ratio, table) * self.expr(node.term, table)

    def per(self, node: n.Per, table: ir.Table) -> Expr:
        amount, by = self.expr(node.term, table), self.expr(node.by, table)
        up = by - 1 - amount
        floor = (amount >= 0).ifelse(_exact(amount, by), -_exact(up, by))
        return (by > 0).ifelse(floor, ibis.null("int64"))

    def larger(self, node: n.Larger, table: ir.Table) -> Expr:
        left, right = self.expr(node.left, table), self.expr(node.right, table)
        return (left >= right).ifelse(left, (left < right).ifelse(right, ibis.null("int64")))

    def only_if(self, node: n.OnlyIf, table: ir.Table) -> Expr:
        return self.expr(node.condition, table).ifelse(self.expr(node.term, table), ibis.null(_NULLS[node.kind]))

    def first_known(self, node: n.FirstKnown, table: ir.Table) -> Expr:
        return ibis.coalesce(self.expr(node.first, table), self.expr(node.second, table))

    def choose(self, node: n.Choose, table: ir.Table) -> Expr:
        unknown = ibis.null(_NULLS[node.kind])
        cases: list[tuple[Expr, Expr]] = []
        for condition, value in node.cases:
            held = self.expr(condition, table)
            if not n.surely_known(condition):
                # Spark cannot parse `x IN (…) IS NULL`, and the membership of x is unknown exactly when x is.
                asked = self.expr(condition.term, table) if isinstance(condition, n.IsIn) else held
                cases.append((asked.isnull(), unknown))
            cases.append((held, self.expr(value, table)))
        return ibis.cases(*cases, else_=self.expr(node.otherwise, table))

    def joined(self, node: n.Joined, table: ir.Table) -> Expr:
        return _those_held([(self.expr(held, table), text) for held, text in node.parts], node.separator)

    def missing_quarters(self, node: n.MissingQuarters, table: ir.Table) -> Expr:
        write, separator = (quarter_words, "、") if node.words else (quarter_name, ";")
        have = self.expr(node.quarters, table)
        quarters = self.context.span(node.span.name).quarters
        missing = [((have & (1 << (quarter - self._first))) == 0, write(quarter)) for quarter in quarters]
        return _those_held(missing, separator)

    def hundredths(self, node: n.Hundredths, table: ir.Table) -> Expr:
        number = self.expr(node.term, table)
        size = number.abs()
        cents = size % 100
        return (
            (number < 0).ifelse("-", "")
            + _exact(size, ibis.literal(100, "int64")).cast("string")
            + (cents < 10).ifelse(".0", ".")
            + cents.cast("string")
        )

    def digits(self, node: n.Digits, table: ir.Table) -> Expr:
        return self.expr(node.term, table).cast("string")

    def text(self, node: n.Text, table: ir.Table) -> Expr:
        return _concat(list(self._pieces(node, table)))

    def _pieces(self, node: n.Node, table: ir.Table) -> Iterator[Expr | str]:
        """A text as the known texts it is made of, those inside it included: each is copied once, into the whole."""
        match node:
            case n.Text(parts=parts):
                for part in parts:
                    yield from self._pieces(part, table)
            case n.Value(value=str(words)):
                yield words
            case n.Named(name=name, term=term) if name not in table.columns:
                yield from self._pieces(term, table)
            case n.Json(term=term) if term.kind is n.Kind.TEXT and n.surely_known(term) and not _foreign(term):
                yield from ('"', *self._pieces(term, table), '"')
            case _ if n.surely_known(node):
                yield self.expr(node, table)
            case _:
                yield self.expr(node, table).fill_null(n.UNKNOWN_WORDS)

    def json(self, node: n.Json, table: ir.Table) -> Expr:
        value = self.expr(node.term, table)
        if node.term.kind is n.Kind.TRUTH:
            return (
                value.ifelse("true", "false").fill_null("null")
                if n.surely_known(node.term)
                else ibis.cases((value.isnull(), "null"), (value, "true"), else_="false")
            )
        if node.term.kind is n.Kind.NUMBER:
            return value.cast("string").fill_null("null")
        if _foreign(node.term):
            for raw, escaped in _JSON_ESCAPES:
                value = value.replace(raw, escaped)
        return ('"' + value + '"').fill_null("null")

    def named(self, node: n.Named, table: ir.Table) -> Expr:
        return self.expr(node.term, table)


_JSON_ESCAPES = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))


def _foreign(term: n.Node) -> bool:
    """Whether a text may hold characters that we did not choose, and so some that JSON must escape."""
    match term:
        case n.Field(table=table, name=name):
            return table.column(name).type in (Type.TEXT, Type.ID_NUMBER)
        case n.Value(value=str(text)):
            return dumps(text, ensure_ascii=False)[1:-1] != text
        case n.Choose(cases=cases, otherwise=otherwise):
            return any(map(_foreign, [value for _, value in cases])) or _foreign(otherwise)
        case n.Joined(parts=parts):
            return any(_foreign(n.Value(text)) for _, text in parts)
        case _:
            return any(_foreign(child) for child in term.children() if child.kind is n.Kind.TEXT)


def _exact(amount: Expr, by: Expr) -> Expr:
    """amount // by for amount >= 0, by > 0: the remainder goes first, so the division leaves none and is exact."""
    return ((amount - amount % by) / by).cast("int64")


def _those_held(parts: list[tuple[Expr, str]], separator: str) -> Expr:
    """The texts whose condition is true, joined. Engines leave out what is unknown when they join texts."""
    return ibis.literal(separator).join([held.ifelse(text, ibis.null("string")) for held, text in parts])


def _concat(parts: list[Expr | str]) -> Expr:
    """Texts that are all known, one after the other, in one operation: a chain of + copies its beginning at each step.

    Constants side by side are one: an engine copies each of them for every row.
    """
    whole: list[Expr | str] = []
    for part in parts:
        if isinstance(part, str) and whole and isinstance(whole[-1], str):
            whole[-1] += part
        else:
            whole.append(part)
    return ibis.literal("").join(whole)


_READERS: dict[type[n.Node], Callable[[Expressions, Any, ir.Table], Expr]] = {
    n.Value: Expressions.value,
    n.Parameter: Expressions.parameter,
    n.Moment: Expressions.moment,
    n.OutcomeOf: Expressions.outcome_of,
    n.Field: Expressions.field,
    n.Compare: Expressions.compare,
    n.IsIn: Expressions.is_in,
    n.StartsWith: Expressions.starts_with,
    n.IsKnown: Expressions.is_known,
    n.Within: Expressions.within,
    n.Covered: Expressions.covered,
    n.AgeAtLeast: Expressions.age_at_least,
    n.Both: Expressions.both,
    n.Either: Expressions.either,
    n.Negated: Expressions.negated,
    n.Arithmetic: Expressions.arithmetic,
    n.Scaled: Expressions.scaled,
    n.ShareOf: Expressions.share_of,
    n.Per: Expressions.per,
    n.Larger: Expressions.larger,
    n.OnlyIf: Expressions.only_if,
    n.FirstKnown: Expressions.first_known,
    n.Choose: Expressions.choose,
    n.Joined: Expressions.joined,
    n.MissingQuarters: Expressions.missing_quarters,
    n.Hundredths: Expressions.hundredths,
    n.Digits: Expressions.digits,
    n.Text: Expressions.text,
    n.Json: Expressions.json,
    n.Named: Expressions.named,
}
