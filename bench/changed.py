"""Facts in which one household in a hundred has changed since: its amounts of two quarters are others.

python -m bench.changed FACTS TARGET
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from bench.data import ONE_IN
from shouwang.intake.fingerprints import RELATION, fingerprint_households
from shouwang.intake.session import connect
from shouwang.intake.store import INDEX, open_store
from shouwang.intake.sums import write_sums
from shouwang.terms.sums import SUMS

#: Made anew from the ledger.
_OF_THE_LEDGER = ("ledger.parquet", f"{SUMS}.parquet", f"{RELATION}.parquet")
_AMOUNT = f"CASE WHEN hid % {ONE_IN} = 7 AND quarter % 4 = 1 THEN amount + 100000 ELSE amount END AS amount"


def changed(facts: Path, target: Path) -> Path:
    """The changed facts, made from `facts` at the first call and when those were made anew; returns `target`."""
    if not (target / INDEX).exists() or (target / INDEX).stat().st_mtime < (facts / INDEX).stat().st_mtime:
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for file in facts.iterdir():
            if file.is_file() and file.name not in (*_OF_THE_LEDGER, INDEX):
                os.link(file, target / file.name)
        _write(facts, target)
        shutil.copy(facts / INDEX, target)  # last, and as new as it is: without it the folder is no store
    return target


def _write(facts: Path, target: Path) -> None:
    scratch = target / "scratch"
    with connect(scratch) as connection:
        open_store(connection, facts)
        rows = f"SELECT * REPLACE ({_AMOUNT}) FROM ledger ORDER BY hid, row"
        connection.execute(f"COPY ({rows}) TO '{target}/ledger.parquet' (FORMAT parquet)")
        connection.execute(f"CREATE OR REPLACE TEMP VIEW ledger AS FROM read_parquet('{target}/ledger.parquet')")
        if not write_sums(connection, target):
            raise SystemExit("the ledger is too wide for sums")
        connection.execute(f"DROP VIEW {RELATION}")
        fingerprint_households(connection)
        connection.execute(f"COPY {RELATION} TO '{target}/{RELATION}.parquet' (FORMAT parquet)")
    shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    changed(*map(Path, sys.argv[1:3]))
