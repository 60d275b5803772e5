"""Do two sets of terms say the same? One number for all that they say, whichever objects they are made of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from enum import Enum

from shouwang.terms.context import Context
from shouwang.terms.core import Node
from shouwang.terms.tables import Table


class Digest:
    """SHA-256 of terms. A term that many others rest on is read once."""

    def __init__(self) -> None:
        self._known: dict[int, bytes] = {}
        #: Nodes are kept alive, for their ids stand for them.
        self._seen: list[Node] = []

    def of(self, terms: Mapping[str, Node], context: Context) -> str:
        """Everything a reader can learn of these terms: the date, parameters and rules they are read under included."""
        rules = sorted((rule, self._term(node)) for rule, node in context.rules.items())
        named = [(name, self._term(node)) for name, node in terms.items()]
        spans = sorted((name, str(span)) for name, span in context.spans.items())
        held = (context.as_of.isoformat(), sorted(context.parameters.items()), spans, rules, named)
        return hashlib.sha256(repr(held).encode()).hexdigest()

    def _term(self, node: Node) -> bytes:
        if id(node) not in self._known:
            parts = [(field.name, self._value(getattr(node, field.name))) for field in fields(node)]
            self._known[id(node)] = hashlib.sha256(repr((type(node).__name__, parts)).encode()).digest()
            self._seen.append(node)
        return self._known[id(node)]

    def _value(self, value: object) -> object:
        match value:
            case Node():
                return self._term(value)
            case tuple():
                return tuple(map(self._value, value))
            case Table():
                return value.name
            case Enum():
                return value.name
            case _:
                return value
