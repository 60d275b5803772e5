"""The lines of `findings.jsonl`, written from the figures of the households that have a finding, a batch at a time.

Most households have none. Writing sentences for those that do, after the population is computed, costs a fraction of
writing them inside the query, where an engine works out every piece of text for everybody before it chooses.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

import duckdb
import numpy as np
import pyarrow as pa

from shouwang.policy.book import RuleBook
from shouwang.screening.lines import sizes
from shouwang.screening.queries import query_for, relation
from shouwang.screening.terms import finding_terms

_LISTED = ("rules_met", "rules_suspected", "rules_unknown")
_HAS_SOME = " OR ".join(f"{name} <> ''" for name in _LISTED)


def has_findings(rows: pa.Table) -> np.ndarray:
    """Which households of a batch have findings, and so lines, in the order of `FindingWriter.lines`."""
    bytes_of_rules: np.ndarray = sum(sizes(rows[name]) for name in _LISTED)  # type: ignore[assignment]
    return bytes_of_rules > 0


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
        """One text a household that has findings: its lines, each with its line break."""
        self._connection.register("rows", rows)
        if self._query is None:
            self._connection.execute(f"CREATE TEMP VIEW listed AS SELECT * FROM rows WHERE {_HAS_SOME}")
            self._query = f"SELECT concat_ws(chr(10), {self._each()}) || chr(10) AS lines FROM ({self._compiled()})"
        lines: pa.ChunkedArray = self._connection.sql(self._query).to_arrow_table()["lines"]
        self._connection.unregister("rows")
        return lines

    def _each(self) -> str:
        return ", ".join(f'"{name}"' for name in self.terms)

    def _compiled(self) -> str:
        return query_for("findings", (self.book,), {"listed": relation(self._connection, "listed")})
