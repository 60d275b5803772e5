"""The lines of `findings.jsonl`, written from the figures of the households that have a finding, a batch at a time.

Most households have none. Writing sentences for those that do, after the population is computed, costs a fraction of
writing them inside the query, where an engine works out every piece of text for everybody before it chooses.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from shouwang.policy.book import RuleBook
from shouwang.screening.queries import query_for, relation
from shouwang.screening.terms import finding_terms

_LISTED = ("rules_met", "rules_suspected", "rules_unknown")


class FindingWriter:
    """Turns batches of household results into finding lines, in the order of households and rules."""

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self.terms = finding_terms(book)
        self._query: str | None = None
        self._connection = duckdb.connect()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._connection.close()

    def lines(self, rows: pa.Table) -> pa.ChunkedArray:
        """One text a household that has findings: its lines, joined by line breaks."""
        listed = rows.filter(pc.or_kleene(*self._any(rows)))
        self._connection.register("listed", listed)
        found = self._connection.sql(self._compiled()).to_arrow_table()
        lines = [found[name] for name in self.terms]
        return pc.binary_join_element_wise(*lines, "\n", null_handling="skip")

    @staticmethod
    def _any(rows: pa.Table) -> tuple[Any, Any]:
        met, suspected, unknown = (pc.not_equal(rows[name], "") for name in _LISTED)
        return met, pc.or_(suspected, unknown)

    def _compiled(self) -> str:
        if self._query is None:
            listed = {"listed": relation(self._connection, "listed")}
            self._query = query_for("findings", (self.book,), listed)
        return self._query
