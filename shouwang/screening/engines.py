"""Who computes? DuckDB in this process by default; a Spark cluster when one machine is not enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa

from shouwang.terms.tables import TABLES

#: Fact tables in, one row a household out.
Plan = Callable[[Mapping[str, ir.Table]], ir.Table]
#: Rows a batch; bounds the memory of writing results.
BATCH_ROWS = 200_000


class Engine(Protocol):
    """Runs a plan over the facts and gives the rows in the order of `hid`."""

    name: str

    def batches(self, plan: Plan) -> Iterator[pa.RecordBatch]: ...


class DuckDB:
    """The embedded engine, over the relations of a connection."""

    name = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection, prefix: str = "") -> None:
        """`prefix` chooses other relations than the whole population's: those named with it before the table."""
        self.connection = connection
        self.prefix = prefix
        self.backend = ibis.duckdb.from_connection(connection)

    def batches(self, plan: Plan) -> Iterator[pa.RecordBatch]:
        tables = {table.name: self.backend.table(self.prefix + table.name) for table in TABLES}
        # ibis 12 asks duckdb 2 for a method it no longer has, so the compiled query is run here.
        query = self.backend.compile(plan(tables).order_by("hid"))
        yield from self.connection.sql(query).to_arrow_reader(BATCH_ROWS)


class Spark:
    """A Spark cluster, over facts kept as Parquet in a folder that its workers can read."""

    name = "spark"

    def __init__(self, session: object, facts: Path, scratch: Path) -> None:
        self.backend = ibis.pyspark.connect(session)
        self.facts = facts
        self.scratch = scratch

    def batches(self, plan: Plan) -> Iterator[pa.RecordBatch]:
        tables = {table.name: self.backend.read_parquet(str(self.facts / f"{table.name}.parquet")) for table in TABLES}
        out = self.scratch / "spark-result"
        self.backend.to_parquet_dir(plan(tables), out)
        # Files come back in any order; the few columns are sorted here, on the driver's disk if need be.
        with duckdb.connect() as connection:
            rows = connection.sql(f"SELECT * FROM read_parquet('{out}/*.parquet') ORDER BY hid")
            yield from rows.to_arrow_reader(BATCH_ROWS)
