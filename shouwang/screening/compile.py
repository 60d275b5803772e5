"""Reader 3: terms as Ibis expressions over the fact tables of a whole population. Knows no rule and no engine.

Rows are brought up in two steps: rows of matched tables to their member (`mid`), rows of all other tables to their
household (`hid`), one `group_by` a table. Named terms become columns, layer by layer, so each is computed once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from shouwang.terms import nodes as n
from shouwang.terms.context import Context
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
#: Dates are ten characters as text, and one more says whether the value is the preferred one.
_LATEST_PREFIX = 11


@ibis.udf.agg.builtin(name="bit_or")  # type: ignore[untyped-decorator]
def bit_or(bits: int) -> int:
    """The union of sets of bits. Every engine has it; Ibis has it as its own operation for DuckDB only."""
    raise AssertionError("runs in the engine")


class Compiler:
    """Compiles the terms of one rule book over one set of fact tables."""

    def __init__(self, context: Context, tables: Mapping[str, ir.Table]) -> None:
        self.context = context
        self.tables = dict(tables)
        spans = context.spans.values()
        self._first = min(span.first for span in spans)
        self._last = max(span.last for span in spans)
        self._aggregates: dict[int, str] = {}

    def relation(self, terms: Mapping[str, n.Node]) -> ir.Table:
        """One row a household: `hid` and the terms under the names given."""
        found = self._everything(terms.values())
        self._name_aggregates(found)
        base = self._with_aggregates(found)
        for layer in _layers([node for node in found if _kept(node)], self.context):
            base = base.mutate(**{node.name: self.expr(node.term, base) for node in layer})
        return base.select(hid=base.hid, **{name: self.expr(term, base) for name, term in terms.items()})

    def over(self, results: ir.Table, terms: Mapping[str, n.Node]) -> ir.Table:
        """Further terms over a relation that already holds every named term they mention, row by row."""
        return results.select(**{name: self.expr(term, results) for name, term in terms.items()})

    def _everything(self, terms: Iterable[n.Node]) -> list[n.Node]:
        """Every node the terms rest on, the rules that others ask about included."""
        found: dict[int, n.Node] = {}
        waiting = list(terms)
        while waiting:
            for node in n.walk(waiting.pop()):
                if id(node) not in found:
                    found[id(node)] = node
                    if isinstance(node, n.OutcomeOf):
                        waiting.append(self.context.rule(node.rule))
        return list(found.values())

    # ---- rows to households

    def _name_aggregates(self, found: Iterable[n.Node]) -> None:
        for node in found:
            if isinstance(node, n.Aggregate):
                self._aggregates.setdefault(id(node), f"a{len(self._aggregates)}")

    def _with_aggregates(self, found: list[n.Node]) -> ir.Table:
        aggregates = [node for node in found if isinstance(node, n.Aggregate)]
        members = self.tables["members"]
        for name, group in _by_table(node for node in aggregates if node.table.matched).items():
            members = members.left_join(self._grouped(self.tables[name], "mid", group), "mid").drop("mid_right")
        base = self.tables["households"]
        for name, group in _by_table(node for node in aggregates if not node.table.matched).items():
            rows = members if name == "members" else self.tables[name]
            base = base.left_join(self._grouped(rows, "hid", group), "hid").drop("hid_right")
        return base

    def _grouped(self, rows: ir.Table, key: str, group: list[n.Aggregate]) -> ir.Table:
        if rows_in_spans := self._in_spans(rows, group):
            rows = rows.filter(rows_in_spans)
        return rows.group_by(key).aggregate(
            **{self._aggregates[id(node)]: self._aggregate(node, rows) for node in group}
        )

    def _in_spans(self, rows: ir.Table, group: list[n.Aggregate]) -> list[Expr]:
        """The quarters that any of the aggregates can count, as a filter; nothing where one of them asks for more."""
        quarters = [_quarter_asked(node) for node in group]
        if None in quarters:
            return []
        return [self.expr(quarters[0], rows).between(self._first, self._last)]  # type: ignore[arg-type]

    def _aggregate(self, node: n.Aggregate, rows: ir.Table) -> Expr:
        where = None if isinstance(node.where, n.Value) else self.expr(node.where, rows)
        match node:
            case n.Total():
                value = self.expr(node.value, rows)
                total = (value if where is None else where.ifelse(value, ibis.null("int64"))).sum()
                # Ibis takes a sum of int64 for an int64 already and drops a plain cast; DuckDB makes it 128 bits wide.
                return total.cast("decimal(38,0)").cast("int64")
            case n.Count():
                return rows.count(where=where)
            case n.QuartersSeen():
                quarter = self.expr(node.quarter, rows)
                inside = quarter.between(self._first, self._last)
                # A shift outside the word is an error even where the row is not counted, so it is bounded first.
                place = inside.ifelse(quarter - self._first, 0).cast("int64")
                bit = ibis.literal(1, "int64") << place
                counted = inside if where is None else inside & where
                return bit_or(counted.ifelse(bit, ibis.null("int64")))
            case n.Latest():
                value, by = self.expr(node.value, rows), self.expr(node.by, rows)
                preferred = (value == node.preferred).ifelse("1", "0")
                return (by.cast("string") + preferred + value).max(where=where)
            case _:
                raise n.TermError(f"no engine knows {type(node).__name__}")

    def _brought_up(self, node: n.Aggregate, table: ir.Table) -> Expr:
        """An aggregate as seen from its owner, who may have had no rows at all."""
        column = table[self._aggregates[id(node)]]
        return column.substr(_LATEST_PREFIX) if isinstance(node, n.Latest) else column.fill_null(0)

    # ---- terms to expressions

    def expr(self, node: n.Node, table: ir.Table) -> Expr:
        """A node as an expression over a table that has its fields, aggregates and named terms as columns."""
        if isinstance(node, n.Aggregate):
            return self._brought_up(node, table)
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
        parts = [_if_held(self.expr(held, table), held, node.separator + text) for held, text in node.parts]
        return _concat(parts).substr(len(node.separator))

    def missing_quarters(self, node: n.MissingQuarters, table: ir.Table) -> Expr:
        write, separator = (quarter_words, "、") if node.words else (quarter_name, ";")
        have = self.expr(node.quarters, table)
        parts = [
            ((have & (1 << (quarter - self._first))) == 0).ifelse(separator + write(quarter), "")
            for quarter in self.context.span(node.span.name).quarters
        ]
        return _concat(parts).substr(len(separator))

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
        return _concat(
            [
                self.expr(part, table) if n.surely_known(part) else self.expr(part, table).fill_null(n.UNKNOWN_WORDS)
                for part in node.parts
            ]
        )

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
        for raw, escaped in _JSON_ESCAPES:
            value = value.replace(raw, escaped)
        return ('"' + value + '"').fill_null("null")

    def named(self, node: n.Named, table: ir.Table) -> Expr:
        return self.expr(node.term, table)


_JSON_ESCAPES = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))


def _kept(node: n.Node) -> bool:
    return isinstance(node, n.Named) and node.grain in (n.HOUSEHOLD, n.CONSTANT)


def _layers(named: list[Any], context: Context) -> list[list[n.Named]]:
    """Named terms in layers: each rests only on those of earlier layers."""
    depth: dict[str, int] = {}
    by_name: dict[str, n.Named] = {node.name: node for node in named}

    def measure(node: n.Named) -> int:
        if node.name not in depth:
            below = [measure(other) for other in _rests_on(node, context) if other.name in by_name]
            depth[node.name] = 1 + max(below, default=0)
        return depth[node.name]

    for node in named:
        measure(node)
    return [
        [node for name, node in by_name.items() if depth[name] == level]
        for level in range(1, max(depth.values(), default=0) + 1)
    ]


def _rests_on(node: n.Named, context: Context) -> list[n.Named]:
    found: list[n.Named] = []
    for part in n.walk(node, into_named=False):
        if isinstance(part, n.Named) and part is not node:
            found.append(part)
        elif isinstance(part, n.OutcomeOf):
            found.append(context.rule(part.rule))
    return found


def _by_table(aggregates: Iterable[n.Aggregate]) -> dict[str, list[n.Aggregate]]:
    groups: dict[str, list[n.Aggregate]] = {}
    for node in aggregates:
        groups.setdefault(node.table.name, []).append(node)
    return groups


def _exact(amount: Expr, by: Expr) -> Expr:
    """amount // by for amount >= 0, by > 0: the remainder goes first, so the division leaves none and is exact."""
    return ((amount - amount % by) / by).cast("int64")


def _quarter_asked(node: n.Aggregate) -> n.Node | None:
    """The quarter that an aggregate requires to lie within a span, where it requires one."""
    if isinstance(node, n.QuartersSeen):
        return node.quarter
    waiting = [node.where]
    while waiting:
        part = waiting.pop()
        if isinstance(part, n.Within):
            return part.quarter
        if isinstance(part, n.Both):
            waiting += [part.left, part.right]
    return None


def _if_held(held: Expr, node: n.Node, text: str) -> Expr:
    return (held if n.surely_known(node) else held.fill_null(False)).ifelse(text, "")


def _concat(parts: list[Expr]) -> Expr:
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    return whole


_READERS: dict[type[n.Node], Callable[[Compiler, Any, ir.Table], Expr]] = {
    n.Value: Compiler.value,
    n.Parameter: Compiler.parameter,
    n.Moment: Compiler.moment,
    n.OutcomeOf: Compiler.outcome_of,
    n.Field: Compiler.field,
    n.Compare: Compiler.compare,
    n.IsIn: Compiler.is_in,
    n.StartsWith: Compiler.starts_with,
    n.IsKnown: Compiler.is_known,
    n.Within: Compiler.within,
    n.Covered: Compiler.covered,
    n.AgeAtLeast: Compiler.age_at_least,
    n.Both: Compiler.both,
    n.Either: Compiler.either,
    n.Negated: Compiler.negated,
    n.Arithmetic: Compiler.arithmetic,
    n.Scaled: Compiler.scaled,
    n.ShareOf: Compiler.share_of,
    n.Per: Compiler.per,
    n.Larger: Compiler.larger,
    n.OnlyIf: Compiler.only_if,
    n.FirstKnown: Compiler.first_known,
    n.Choose: Compiler.choose,
    n.Joined: Compiler.joined,
    n.MissingQuarters: Compiler.missing_quarters,
    n.Hundredths: Compiler.hundredths,
    n.Digits: Compiler.digits,
    n.Text: Compiler.text,
    n.Json: Compiler.json,
    n.Named: Compiler.named,
}
