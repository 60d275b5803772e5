"""Ours on Spark: the same terms over kept facts, by `local[2]` or the master named in SHOUWANG_SPARK_MASTER.

python -m bench.ours_spark FACTS OUT AS_OF
"""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

from bench.ours import POLICY, fresh
from bench.timing import Stages

STAGES = Stages()
with STAGES.stage("start"):
    from pyspark.sql import SparkSession

    from shouwang.policy.book import RuleBook
    from shouwang.screening.run import screen
    from shouwang.screening.spark import Spark


def main(facts: str, out: str, as_of: str) -> None:
    """Kept facts to results."""
    target = fresh(out)
    with STAGES.stage("session"):
        session = (
            SparkSession.builder.master(os.environ.get("SHOUWANG_SPARK_MASTER", "local[2]"))
            .config("spark.ui.enabled", "false")
            .config("spark.driver.memory", "4g")
            .config("spark.sql.shuffle.partitions", "8")
            .config("spark.log.level", "ERROR")
            .getOrCreate()
        )
    with STAGES.stage("screen"):
        written = screen(RuleBook.of(POLICY, date.fromisoformat(as_of)), Spark(session, Path(facts), target), target)
    session.stop()
    STAGES.tell(sha256=written.sha256, households=written.tally.households)


if __name__ == "__main__":
    main(*sys.argv[1:])
