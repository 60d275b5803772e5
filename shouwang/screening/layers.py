"""In which order do named terms become columns? Those first that others rest on, so that each is computed once."""

from __future__ import annotations

from collections.abc import Iterable

from shouwang.terms import nodes as n
from shouwang.terms.context import Context


def layers(found: Iterable[n.Node], context: Context) -> list[list[n.Named]]:
    """The named terms of households among some nodes, in layers: each rests only on those of earlier layers."""
    named = [node for node in found if isinstance(node, n.Named) and node.grain in (n.HOUSEHOLD, n.CONSTANT)]
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
