"""Which engine does `--engine` name, and what is missing when it cannot be had?"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from shouwang.intake.facts import Facts
from shouwang.screening.engines import DuckDB, Engine
from shouwang.units.errors import ShouwangError
from shouwang.units.scratch import scratch_folder


class SparkMissing(ShouwangError):
    code = "ENG-01"
    what = "不能使用 Spark：{reason}。"
    do = "请安装：pip install 'shouwang[spark]'，并安装 Java 17；数据不大时用默认的 duckdb 即可。"


@contextmanager
def engine_for(name: str, master: str, facts: Facts) -> Iterator[Engine]:
    """The engine of that name over these facts."""
    if name == "duckdb":
        yield DuckDB(facts.connection)
        return
    from shouwang.screening.spark import Spark  # loads Ibis, which the embedded engine does without

    session = _spark_session(master)
    try:
        with scratch_folder("spark-") as scratch:
            yield Spark(session, facts.folder, scratch)
    finally:
        session.stop()


def _spark_session(master: str):  # type: ignore[no-untyped-def]
    if shutil.which("java") is None:
        raise SparkMissing(reason="没有找到 Java")
    try:
        from pyspark.sql import SparkSession  # an optional extra: absent on most machines
    except ImportError:
        raise SparkMissing(reason="没有安装 pyspark") from None
    builder = SparkSession.builder.master(master).appName("shouwang")
    for key, value in _SPARK_SETTINGS.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


_SPARK_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.sql.session.timeZone": "Asia/Shanghai",
    # An overflow or a division by zero is an error, as it is on the other engine, never a silent NULL.
    "spark.sql.ansi.enabled": "true",
    "spark.log.level": "ERROR",
}
