"""Reader 3: terms as Ibis expressions over the fact tables of a whole population. Knows no rule and no engine.

Rows are brought up in two steps: rows of matched tables to their member (`mid`), rows of all other tables to their
household (`hid`), one `group_by` a table; the ledger's are read from its kept sums where there are any. Named terms
become columns, layer by layer, so each is computed once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from shouwang.screening.expressions import Expr, Expressions
from shouwang.screening.layers import layers
from shouwang.screening.shared import shared
from shouwang.terms import nodes as n
from shouwang.terms import sums
from shouwang.terms.context import Context
from shouwang.terms.tables import HOUSEHOLDS, LEDGER

#: Dates are ten characters as text, and one more says whether the value is the preferred one.
_LATEST_PREFIX = 11


@ibis.udf.agg.builtin(name="bit_or")  # type: ignore[untyped-decorator]
def bit_or(bits: int) -> int:
    """The union of sets of bits. Every engine has it; Ibis has it as its own operation for DuckDB only."""
    raise AssertionError("runs in the engine")


class Compiler(Expressions):
    """Compiles the terms of one rule book over one set of fact tables."""

    def __init__(self, context: Context, tables: Mapping[str, ir.Table]) -> None:
        super().__init__(context)
        self.tables = dict(tables)
        self._aggregates: dict[int, str] = {}
        self._shared: dict[int, str] = {}

    def relation(self, terms: Mapping[str, n.Node]) -> ir.Table:
        """One row a household: `hid` and the terms under the names given."""
        return self.of_gathered(self.gathered(terms), terms)

    def gathered(self, terms: Mapping[str, n.Node]) -> ir.Table:
        """One row a household: its own columns, and what its rows of the other tables come to, as the terms ask."""
        found = self._everything(terms.values())
        self._name_aggregates(found)
        own = [node for node in found if isinstance(node, n.Aggregate) and not node.table.matched]
        columns = [column.name for column in HOUSEHOLDS.columns]
        return self._with_aggregates(found).select("hid", *columns, *(self._aggregates[id(node)] for node in own))

    def of_gathered(self, gathered: ir.Table, terms: Mapping[str, n.Node]) -> ir.Table:
        """The terms, row by row over what `gathered` gave for the same terms."""
        found = self._everything(terms.values())
        self._name_aggregates(found)
        base = gathered
        for layer in layers(found, self.context):
            base = base.mutate(**{node.name: self.expr(node.term, base) for node in layer})
        return base.select(hid=base.hid, **{name: self.expr(term, base) for name, term in terms.items()})

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
        groups = _by_table(node for node in aggregates if not node.table.matched)
        base = self._summed(groups.get(LEDGER.name, []))
        if base is None:
            base = self.tables["households"]
        else:
            groups.pop(LEDGER.name, None)
        for name, group in groups.items():
            rows = members if name == "members" else self.tables[name]
            base = base.left_join(self._grouped(rows, "hid", group), "hid").drop("hid_right")
        return base

    def _summed(self, group: list[n.Aggregate]) -> ir.Table | None:
        """Households with aggregates from the sums kept with stored facts; None if there are none, or lines are needed."""
        asked = {id(node): sums.asked(node, self.context) for node in group}
        if sums.SUMS not in self.tables or None in asked.values():
            return None
        kept = self.tables[sums.SUMS]
        columns = {self._aggregates[id(node)]: self._from_sums(node, asked[id(node)], kept) for node in group}
        return kept.select("hid", *(column.name for column in HOUSEHOLDS.columns), **columns)

    def _from_sums(self, node: n.Aggregate, asked: sums.Asked | None, kept: ir.Table) -> Expr:
        assert asked is not None
        if isinstance(node, n.Total):
            return _added(kept[sums.fen_of(cell)] for cell in asked.cells(kept.columns))
        if isinstance(node, n.Count):
            return _added(kept[sums.lines_of(cell)] for cell in asked.cells(kept.columns))
        words = asked.words(kept.columns).items()
        return _added(self._bits([kept[name] for name in names], word, asked) for word, names in words)

    def _bits(self, seen: list[Expr], word: int, asked: sums.Asked) -> Expr:
        """The quarters asked for that one of the sets of a word has, as bits counted from the first of any span."""
        either = reduce(or_, seen) & asked.bits(word)
        return either >> (self._first - word) if word <= self._first else either << (word - self._first)

    def _grouped(self, rows: ir.Table, key: str, group: list[n.Aggregate]) -> ir.Table:
        if rows_in_spans := self._in_spans(rows, group):
            rows = rows.filter(rows_in_spans)
        rows = self._with_shared(rows, group)
        return rows.group_by(key).aggregate(
            **{self._aggregates[id(node)]: self._aggregate(node, rows) for node in group}
        )

    def _with_shared(self, rows: ir.Table, group: list[n.Aggregate]) -> ir.Table:
        """The rows with a column for every term that several of the aggregates ask of them, worked out once."""
        for node in shared(group):
            name = f"s{len(self._shared)}"
            rows = rows.mutate(**{name: self.expr(node, rows)})
            self._shared[id(node)] = name
        return rows

    def expr(self, node: n.Node, table: ir.Table) -> Expr:
        """As over any relation; a term that is shared between aggregates is a column of their rows."""
        name = self._shared.get(id(node))
        return super().expr(node, table) if name is None else table[name]

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

    def brought_up(self, node: n.Aggregate, table: ir.Table) -> Expr:
        """An aggregate as seen from its owner, who may have had no rows at all."""
        column = table[self._aggregates[id(node)]]
        return column.substr(_LATEST_PREFIX) if isinstance(node, n.Latest) else column.fill_null(0)


def _added(parts: Iterable[Expr]) -> Expr:
    """The sum of whole numbers, in 64 bits; 0 of none."""
    return sum((part.cast("int64") for part in parts), ibis.literal(0, "int64"))


def _by_table(aggregates: Iterable[n.Aggregate]) -> dict[str, list[n.Aggregate]]:
    groups: dict[str, list[n.Aggregate]] = {}
    for node in aggregates:
        groups.setdefault(node.table.name, []).append(node)
    return groups


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
