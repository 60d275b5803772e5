"""The floor: only scanning the four ledger columns that a screening needs and grouping them by household.

    python -m bench.rivals.floor LEDGER.parquet

Nothing that reads the ledger can be cheaper. It is measured over the file a contender really reads: the raw ledger for
a screening of raw files, the stored ledger for a screening of stored facts.
"""

from __future__ import annotations

import sys

from bench.timing import Stages

STAGES = Stages()
with STAGES.stage("start"):
    import duckdb

_RAW = ("户编号", "季度", "类别", "金额")
_STORED = ("hid", "quarter", "kind", "amount")


def main(ledger: str) -> None:
    """One scan, one group by."""
    connection = duckdb.connect()
    connection.execute("SET preserve_insertion_order = false")
    names = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM '{ledger}'").fetchall()}
    household, quarter, kind, amount = _RAW if _RAW[0] in names else _STORED
    with STAGES.stage("scan and group"):
        groups = connection.execute(
            f"SELECT count(*), sum(total), sum(q), sum(k) FROM (SELECT {household}, sum({amount}) AS total, "
            f"count({quarter}) AS q, count({kind}) AS k FROM '{ledger}' GROUP BY {household})"
        ).fetchall()
    STAGES.tell(households=groups[0][0])


if __name__ == "__main__":
    main(*sys.argv[1:])
