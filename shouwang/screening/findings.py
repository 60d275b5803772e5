"""The lines of `findings.jsonl`, written from the figures of households, a batch at a time.

Most rules have nothing to say of a household. Writing the sentences of those that do, after the population is computed,
costs a fraction of writing them inside the query, where an engine works out every piece of text for everybody before it
chooses.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from shouwang.policy.book import RuleBook
from shouwang.screening.queries import query_for, relation
from shouwang.screening.terms import finding_terms


class FindingWriter:
    """Turns batches of household results into finding lines, in the order of households and rules."""

    def __init__(self, book: RuleBook, connection: duckdb.DuckDBPyConnection) -> None:
        self.book = book
        self.terms = finding_terms(book)
        self._query: str | None = None
        self._connection = connection

    def lines(self, rows: pa.Table) -> pa.ChunkedArray:
        """One text a household: its lines, each with its line break; empty for one that has none."""
        self._connection.register("rows", rows)
        if self._query is None:
            self._query = f"SELECT concat_ws('', {self._each()}) AS lines FROM ({self._compiled()})"
        lines: pa.ChunkedArray = self._connection.sql(self._query).to_arrow_table()["lines"]
        self._connection.unregister("rows")
        return lines

    def _each(self) -> str:
        return ", ".join(f'"{name}" || chr(10)' for name in self.terms)

    def _compiled(self) -> str:
        return query_for("findings", (self.book,), {"rows": relation(self._connection, "rows")})
