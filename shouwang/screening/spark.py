"""The same terms on a Spark cluster, when one machine is not enough."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa

from shouwang.policy.book import RuleBook
from shouwang.screening.engines import BATCH_ROWS
from shouwang.screening.plans import PLANS
from shouwang.terms.tables import TABLES


class Spark:
    """A Spark cluster, over facts kept as Parquet in a folder that its workers can read."""

    name = "spark"

    def __init__(self, session: object, facts: Path, scratch: Path) -> None:
        self.backend = ibis.pyspark.connect(session)
        self.facts = facts
        self.scratch = scratch

    def batches(self, plan: str, *books: RuleBook) -> Iterator[pa.RecordBatch]:
        tables = {table.name: self.backend.read_parquet(str(self.facts / f"{table.name}.parquet")) for table in TABLES}
        out = self.scratch / "spark-result"
        self.backend.to_parquet_dir(PLANS[plan](tables, *books), out)
        # Files come back in any order; the few columns are sorted here, on the driver's disk if need be.
        with duckdb.connect() as connection:
            rows = connection.sql(f"SELECT * FROM read_parquet('{out}/*.parquet') ORDER BY hid")
            yield from rows.to_arrow_reader(BATCH_ROWS)
