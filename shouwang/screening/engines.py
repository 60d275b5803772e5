"""Who computes? DuckDB in this process by default; a Spark cluster (`spark`) when one machine is not enough."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import duckdb
import pyarrow as pa

from shouwang.policy.book import RuleBook
from shouwang.screening.queries import Relations, exists, query_for, relation
from shouwang.terms.sums import SUMS
from shouwang.terms.tables import TABLES
from shouwang.units.errors import ShouwangError
from shouwang.units.money import yuan

#: Rows a batch; bounds the memory of writing results.
BATCH_ROWS = 200_000


class TooMuch(ShouwangError):
    """A product of a rule does not fit into 64 bits, whose whole numbers every engine shares (ADR 0009)."""

    code = "ENG-02"
    what = (
        "有的户金额太大，规则里的乘法超出了能精确计算的范围；收支各行（不计正负）合计最大的是“{household}”，{yuan} 元。"
    )
    why = "金额按整数的分精确计算，不取近似值，所以没有写出结果。"
    do = "请核对这一户的收支台账：多半是单位写错，或同一批数据放了许多遍；改正后再筛查。"


def too_much(connection: duckdb.DuckDBPyConnection, ledger: str, households: str) -> TooMuch:
    """The error that names the household with the largest amounts, from the relations of the facts."""
    row = connection.execute(
        f"SELECT household_id, CAST(sum(abs(amount)) AS VARCHAR) FROM {ledger} JOIN {households} "
        "USING (hid) GROUP BY household_id ORDER BY sum(abs(amount)) DESC, household_id LIMIT 1"
    ).fetchone()
    household, fen = row or ("", "0")
    return TooMuch(household=household, yuan=yuan(int(fen)))


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
        """Raises TooMuch when the amounts of a household are beyond whole numbers of 64 bits."""
        try:
            yield from self._in_parts(books) if plan == "households" else self._at_once(plan, books)
        except duckdb.OutOfRangeException:
            raise too_much(self.connection, f"{self.prefix}ledger", f"{self.prefix}households") from None

    def _at_once(self, plan: str, books: tuple[RuleBook, ...]) -> Iterator[pa.RecordBatch]:
        query = self._over(query_for(plan, books, self.relations()))
        yield from self.connection.sql(query).to_arrow_reader(BATCH_ROWS)

    def _in_parts(self, books: tuple[RuleBook, ...]) -> Iterator[pa.RecordBatch]:
        """In two steps: what the rows of each household come to, then the rest, some households at a time.

        The rest is three times as wide and has to be put in order; in parts, it stays within memory.
        """
        connection = self.connection
        gathered = self._over(query_for("gathered", books, self.relations()))
        connection.execute(f"CREATE OR REPLACE TEMP TABLE gathered AS {gathered}")
        hids = connection.execute("SELECT hid FROM gathered ORDER BY hid").fetchnumpy()["hid"]
        query = query_for("of_gathered", books, {"part": ("part", relation(connection, "gathered")[1])})
        for place in range(0, len(hids), BATCH_ROWS):
            part = hids[place : place + BATCH_ROWS]
            connection.execute(
                f"CREATE OR REPLACE TEMP VIEW part AS SELECT * FROM gathered WHERE hid BETWEEN {part[0]} AND {part[-1]}"
            )
            yield from connection.sql(query).to_arrow_reader(BATCH_ROWS)
        connection.execute("DROP VIEW IF EXISTS part; DROP TABLE gathered")

    def relations(self) -> Relations:
        """The fact tables, and the sums of the ledger where stored facts have them; under their plain names.

        So a query over some households is the one that was compiled, and is remembered, for all of them.
        """
        return {name: (name, relation(self.connection, self.prefix + name)[1]) for name in self._tables()}

    def _tables(self) -> list[str]:
        return [table.name for table in TABLES] + [SUMS] * exists(self.connection, self.prefix + SUMS)

    def _over(self, query: str) -> str:
        if not self.prefix:
            return query
        chosen = ", ".join(f"{name} AS (SELECT * FROM {self.prefix}{name})" for name in self._tables())
        return f"WITH {chosen} ({query})"
