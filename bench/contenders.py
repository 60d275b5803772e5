"""Who runs, at which scales, and how each is called."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from bench.data import AS_OF, HOME, OTHER_DATE, package
from bench.measure import ROOT

PYTHON = sys.executable
SPARK_SITE, OPENFISCA_PYTHON = HOME / "site-spark", HOME / "venv-openfisca" / "bin" / "python"
TEN_K, HUNDRED_K, MILLION, FIVE_MILLION = 10_000, 100_000, 1_000_000, 5_000_000
ALL = (TEN_K, HUNDRED_K, MILLION, FIVE_MILLION)
#: Households the row-by-row loop really visits.
LOOPED = 2_000


@dataclass(frozen=True)
class Contender:
    """One way to do some of the work. Contenders that name the same `result` must have equal hashes."""

    name: str
    title: str
    command: Callable[[int], list[str]]
    result: str = ""
    scales: tuple[int, ...] = ALL
    extra: dict[str, str] = field(default_factory=dict)
    #: Path that must exist, and what to do when it does not.
    needs: tuple[Path, str] | None = None
    note: str = ""
    #: Run in the first turn only: a second would take longer than everybody else together.
    once: bool = False
    #: Makes what it reads, unmeasured.
    before: Callable[[int], object] | None = None


def facts_of(scale: int) -> Path:
    """Where the facts of a scale are kept."""
    return HOME / f"facts-{scale}"


def changed_of(scale: int) -> Path:
    """Where those facts are kept in which some households have changed."""
    return HOME / f"changed-{scale}"


def _change(scale: int) -> None:
    """Make them, by a process of its own: the memory of this one would be counted with every contender it starts."""
    subprocess.run(_module("bench.changed", facts_of(scale), changed_of(scale)), check=True, cwd=ROOT)


def _module(name: str, *words: object, python: str | Path = PYTHON) -> list[str]:
    return [str(python), "-m", name, *map(str, words)]


def _out(name: str) -> Path:
    return HOME / "out" / name


def _households(scale: int) -> list[str]:
    """Three households of the package, by the rank of their line."""
    rows = duckdb.sql(f"SELECT 户编号 FROM '{package(scale)}/households.parquet' ORDER BY 1 LIMIT 3").fetchall()
    return [row[0] for row in rows]


CONTENDERS = (
    Contender(
        *("ours", "守望：原始 Parquet → 结果（DuckDB）"),
        lambda scale: _module("bench.ours", "screen", package(scale), _out("ours"), AS_OF),
        result="screening",
        note="读取、核对、匹配、十一条规则，写 households.csv/.parquet 与 findings.jsonl",
    ),
    Contender(
        *("cli", "守望：命令 shouwang screen，全部结果文件"),
        lambda scale: _module("bench.ours_command", package(scale), _out("cli"), AS_OF),
        result="screening",
        note="另写 rejects.csv、matching.csv、questions.csv、manifest.json",
    ),
    Contender(
        *("hand_sql", "手写 DuckDB SQL：原始 Parquet → households.csv"),
        lambda scale: _module("bench.rivals.hand_sql", package(scale), _out("hand"), AS_OF),
        result="screening",
        note="语义相同；不写逐条理由、不列拒收与匹配明细",
    ),
    Contender(
        *("floor_raw", "底线：只扫描原始台账并按户汇总"),
        lambda scale: _module("bench.rivals.floor", package(scale) / "ledger.parquet"),
    ),
    Contender(
        *("intake", "守望：入库一次（原始 Parquet → 事实）"),
        lambda scale: _module("bench.ours", "intake", package(scale), facts_of(scale)),
    ),
    Contender(
        *("floor_facts", "底线：只扫描入库台账并按户汇总"),
        lambda scale: _module("bench.rivals.floor", facts_of(scale) / "ledger.parquet"),
    ),
    Contender(
        *("facts_same", "守望：由事实筛查（同一日期）"),
        lambda scale: _module("bench.ours", "rescreen", facts_of(scale), _out("facts"), AS_OF),
        result="screening",
    ),
    Contender(
        *("facts_date", "守望：由事实筛查（另一日期）"),
        lambda scale: _module("bench.ours", "rescreen", facts_of(scale), _out("facts"), OTHER_DATE),
    ),
    Contender(
        *("facts_parameter", "守望：由事实筛查（改一个参数）"),
        lambda scale: _module("bench.ours", "rescreen", facts_of(scale), _out("facts"), AS_OF, "monitoring_line=8500"),
    ),
    Contender(
        *("cli_facts", "守望：命令 shouwang screen，由事实，全部结果文件"),
        lambda scale: _module("bench.ours_command", facts_of(scale), _out(f"cli-facts-{scale}"), AS_OF),
        result="screening",
        scales=(TEN_K, HUNDRED_K, MILLION),
    ),
    Contender(
        *("cli_changed", "守望：同上，每百户改了一户以后，全部重算"),
        lambda scale: _module("bench.ours_command", changed_of(scale), _out("cli-changed"), AS_OF),
        result="changed",
        scales=(TEN_K, HUNDRED_K, MILLION),
        before=_change,
    ),
    Contender(
        *("cli_since", "守望：同上，`--since` 改以前的结果"),
        lambda scale: _module(
            "bench.ours_command", changed_of(scale), _out("cli-since"), AS_OF, _out(f"cli-facts-{scale}")
        ),
        result="changed",
        scales=(TEN_K, HUNDRED_K, MILLION),
        before=_change,
        note="接着 cli_facts 的结果算；只重算改了的户，其余照抄",
    ),
    Contender(
        *("income", "守望：由事实只算收入部分（同 OpenFisca）"),
        lambda scale: _module("bench.ours", "income", facts_of(scale), _out("income"), AS_OF),
        note="同一个编译器；只有收入一条规则：纯收入、人均、是否低于监测线，写四列 CSV",
    ),
    Contender(
        *("explain", "守望：单户求值（事实已在内存）"),
        lambda scale: _module("bench.ours", "explain", facts_of(scale), AS_OF, *_households(scale)),
        scales=(TEN_K, HUNDRED_K, MILLION),
    ),
    Contender(
        *("openfisca", "OpenFisca-core：只算收入部分"),
        lambda scale: _module(
            "bench.rivals.openfisca_income", package(scale), _out("openfisca"), AS_OF, python=OPENFISCA_PYTHON
        ),
        scales=(TEN_K, HUNDRED_K, MILLION),
        needs=(OPENFISCA_PYTHON, "openfisca-core==46.0.1"),
        note="只有收入一条规则；不核对、不匹配；数值为 float32",
    ),
    Contender(
        *("openfisca_facts", "OpenFisca-core：由事实只算收入部分"),
        lambda scale: _module(
            "bench.rivals.openfisca_income", facts_of(scale), _out("openfisca"), AS_OF, python=OPENFISCA_PYTHON
        ),
        scales=(TEN_K, HUNDRED_K, MILLION),
        needs=(OPENFISCA_PYTHON, "openfisca-core==46.0.1"),
        note="读守望入库的事实（已清理、整数编号）；数值为 float32",
    ),
    Contender(
        *("row_by_row", f"逐户循环（SQLite，{LOOPED} 户外推）"),
        lambda scale: _module("bench.rivals.row_by_row", package(scale), _out("loop"), AS_OF, LOOPED),
        scales=(TEN_K,),
        note="只计循环，不计装库；其他规模按户数线性外推，未实测",
    ),
    Contender(
        *("spark", "守望：由事实筛查（Spark local[2]）"),
        lambda scale: _module("bench.ours_spark", facts_of(scale), _out("spark"), AS_OF),
        result="screening",
        scales=(TEN_K, HUNDRED_K),
        extra={"PYTHONPATH_EXTRA": str(SPARK_SITE)},
        needs=(SPARK_SITE / "pyspark", "pyspark==4.0.5"),
        note="只跑一次；含 JVM 启动",
        once=True,
    ),
)
