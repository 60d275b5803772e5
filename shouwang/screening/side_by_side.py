"""How is a population judged under two rule books at once? One relation, one row a household, before beside after.

What does not rest on a changed parameter is computed once: the sums over the ledger and the matched rows, which are nearly
all of the work. Where a changed parameter reaches into the rows themselves, both books are compiled whole and joined.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis.expr.types as ir

from shouwang.policy.book import RuleBook
from shouwang.screening.compared import AFTER, BEFORE, COMPARED, SHOWN
from shouwang.screening.compile import Compiler
from shouwang.terms import nodes as n
from shouwang.terms.reach import reach

Terms = dict[str, n.Node]


def side_by_side(before: RuleBook, after: RuleBook, tables: Mapping[str, ir.Table]) -> ir.Table:
    """`hid`, the columns shown, and every compared column twice: with `_before` and with `_after`."""
    old = _columns(before, SHOWN) | _columns(before, COMPARED, BEFORE)
    new = _columns(after, COMPARED, AFTER)
    shared = _shared(before, after, new)
    if shared is None:
        left = Compiler(before.context, tables).relation(old)
        right = Compiler(after.context, tables).relation(new)
        both = left.join(right, "hid")
    else:
        both = _continued(after, tables, Compiler(before.context, tables).relation(old | shared), new)
    return both.select("hid", *old, *new)


def _columns(book: RuleBook, wanted: tuple[str, ...], ending: str = "") -> Terms:
    nodes = {column.id: column.node for column in book.columns}
    return {name + ending: nodes[name] for name in wanted}


def _shared(before: RuleBook, after: RuleBook, new: Terms) -> Terms | None:
    """The named terms on which the new columns rest and which are the same under both books; None if more is needed."""
    if before.as_of != after.as_of or before.rules != after.rules:
        return None
    changed = {name for name, held in after.parameters.items() if before.parameters.get(name) != held}
    shared: Terms = {}
    waiting = [*new.values(), *(rule.node for rule in after.rules)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, n.Named) and _is_same(node, after, changed):
            shared[node.name] = node
        elif isinstance(node, n.Aggregate | n.Field):
            return None
        else:
            waiting.extend(node.children())
    return shared


def _is_same(node: n.Named, book: RuleBook, changed: set[str]) -> bool:
    below = reach(node, book.context)
    touched = any(isinstance(part, n.Parameter) and part.name in changed for part in below)
    return node.grain in (n.HOUSEHOLD, n.CONSTANT) and not touched


def _continued(book: RuleBook, tables: Mapping[str, ir.Table], base: ir.Table, new: Terms) -> ir.Table:
    """The columns of another book over a relation that holds what it shares with the first."""
    compiler = Compiler(book.context, tables)
    for rule in _in_order(book):
        if rule.name not in base.columns:
            base = base.mutate(**{rule.name: compiler.expr(rule.term, base)})
    columns: dict[str, Any] = {name: compiler.expr(node, base) for name, node in new.items()}
    return base.mutate(**columns)


def _in_order(book: RuleBook) -> list[n.Named]:
    """The rules of a book, those first whose outcome others ask for."""
    ordered: dict[str, n.Named] = {}

    def place(rule: n.Named) -> None:
        for node in n.walk(rule):
            if isinstance(node, n.OutcomeOf):
                place(book.context.rule(node.rule))
        ordered.setdefault(rule.name, rule)

    for rule in book.rules:
        place(rule.node)
    return list(ordered.values())
