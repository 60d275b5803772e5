"""What does a term rest on? Every node below it, through the rules whose outcome it asks for."""

from __future__ import annotations

from shouwang.terms import nodes as n
from shouwang.terms.context import Context


def reach(term: n.Node, context: Context) -> list[n.Node]:
    """Every node of a term, once each, parents first; a rule it asks about is opened too. Raises UnknownName."""
    found: dict[int, n.Node] = {}
    waiting = [term]
    while waiting:
        for node in n.walk(waiting.pop()):
            if id(node) not in found:
                found[id(node)] = node
                if isinstance(node, n.OutcomeOf):
                    waiting.append(context.rule(node.rule))
    return list(found.values())


def spans_named(nodes: list[n.Node]) -> tuple[str, ...]:
    """The spans (W, P, Y) that nodes mention, in that order."""
    named = {node.name for node in nodes if isinstance(node, n.Span)}
    return tuple(name for name in ("W", "P", "Y") if name in named)
