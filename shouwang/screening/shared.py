"""What do several aggregates ask of the same row? Terms that are worth a column of their own, so that each is computed once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from shouwang.terms import nodes as n


def shared(group: list[n.Aggregate]) -> list[n.Node]:
    """The largest terms that more than one aggregate asks of a row, those that others hold first."""
    asked = [list({id(node): node for child in one.children() for node in _of_a_row(child)}) for one in group]
    times = Counter(key for keys in asked for key in keys)
    found: dict[int, n.Node] = {}
    for one in group:
        for child in one.children():
            largest = _of_a_row(child, stop=lambda node: times[id(node)] > 1)
            found |= {id(node): node for node in largest if times[id(node)] > 1 and _is_worked_out(node)}
    return sorted(found.values(), key=lambda node: len(list(_of_a_row(node))))


def _of_a_row(term: n.Node, stop: Callable[[n.Node], bool] = lambda _: False) -> Iterator[n.Node]:
    """The nodes of a term that have a value for its own row; not what an aggregate of other rows is made of."""
    yield term
    if not isinstance(term, n.Aggregate) and not stop(term):
        for child in term.children():
            yield from _of_a_row(child, stop)


def _is_worked_out(node: n.Node) -> bool:
    """Whether a value takes work: it is not a column as it lies there, nor the same for all rows."""
    return not isinstance(node, n.Field | n.Aggregate) and node.grain != n.CONSTANT
