"""The same terms on a Spark cluster, when one machine is not enough."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa

from shouwang.policy.book import RuleBook
from shouwang.screening.engines import BATCH_ROWS, too_much
from shouwang.screening.plans import PLANS
from shouwang.terms.tables import TABLES

#: What Spark calls a whole number that does not fit.
_OVERFLOW = "ARITHMETIC_OVERFLOW"


class Spark:
    """A Spark cluster, over facts kept as Parquet in a folder that its workers can read."""

    name = "spark"

    def __init__(self, session: object, facts: Path, scratch: Path) -> None:
        self.backend = ibis.pyspark.connect(session)
        self.facts = facts
        self.scratch = scratch

    def batches(self, plan: str, *books: RuleBook) -> Iterator[pa.RecordBatch]:
        """Raises TooMuch when the amounts of a household are beyond whole numbers of 64 bits."""
        tables = {table.name: self.backend.read_parquet(self._file(table.name)) for table in TABLES}
        out = self.scratch / "spark-result"
        try:
            self.backend.to_parquet_dir(PLANS[plan](tables, *books), out)
        except Exception as error:
            # Which class it is depends on where in the cluster it happened; the condition is always in its words.
            if _OVERFLOW not in str(error):
                raise
            with duckdb.connect() as connection:
                for name in ("ledger", "households"):
                    connection.read_parquet(self._file(name)).create_view(name)
                raise too_much(connection, "ledger", "households") from None
        # Files come back in any order; the few columns are sorted here, on the driver's disk if need be.
        with duckdb.connect() as connection:
            rows = connection.sql(f"SELECT * FROM read_parquet('{out}/*.parquet') ORDER BY hid")
            yield from rows.to_arrow_reader(BATCH_ROWS)

    def _file(self, table: str) -> str:
        return str(self.facts / f"{table}.parquet")
