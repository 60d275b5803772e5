"""Who computes? DuckDB in this process by default; a Spark cluster (`spark`) when one machine is not enough."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import duckdb
import pyarrow as pa

from shouwang.policy.book import RuleBook
from shouwang.screening.queries import Relations, query_for, relation
from shouwang.terms.sums import SUMS
from shouwang.terms.tables import TABLES

#: Rows a batch; bounds the memory of writing results.
BATCH_ROWS = 200_000


class Engine(Protocol):
    """Computes a plan of `screening.plans` over the facts and gives its rows in the order of households."""

    name: str

    def batches(self, plan: str, *books: RuleBook) -> Iterator[pa.RecordBatch]: ...


class DuckDB:
    """The embedded engine, over the relations of a connection."""

    name = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection, prefix: str = "") -> None:
        """`prefix` chooses other relations than the whole population's: those named with it before the table."""
        self.connection = connection
        self.prefix = prefix

    def batches(self, plan: str, *books: RuleBook) -> Iterator[pa.RecordBatch]:
        query = query_for(plan, books, self.relations())
        yield from self.connection.sql(query).to_arrow_reader(BATCH_ROWS)

    def relations(self) -> Relations:
        """The fact tables, and the sums of the ledger where stored facts have them."""
        names = [table.name for table in TABLES]
        if (self.prefix + SUMS,) in self.connection.execute("SHOW TABLES").fetchall():
            names.append(SUMS)
        return {name: relation(self.connection, self.prefix + name) for name in names}
