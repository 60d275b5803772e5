"""The report of a bench: `bench/results/latest.json` and `latest.md`."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

from bench.contenders import CONTENDERS, LOOPED, Contender
from bench.data import ONE_IN
from bench.measure import ROOT, Run

FOLDER = ROOT / "bench" / "results"
#: What the issue asks for: title, ours, rival, how many times the rival's CPU is allowed.
AIMS = (
    ("原始 Parquet → 结果：手写 SQL 的一半 CPU", "ours", "hand_sql", 0.5),
    ("由入库事实筛查：底线的 2 倍以内（入库台账）", "facts_date", "floor_facts", 2.0),
    ("由入库事实筛查：底线的 2 倍以内（原始台账）", "facts_date", "floor_raw", 2.0),
    ("全程为 OpenFisca（只算收入）的五分之一以下", "ours", "openfisca", 0.2),
    ("只算收入，由事实：OpenFisca（由同样的事实）的五分之一以下", "income", "openfisca_facts", 0.2),
)
Results = Mapping[int, Mapping[str, list[Run]]]


def write(results: Results, failures: list[str], merge: bool = False) -> None:
    """Both files. `merge` keeps what an earlier report says of scales and contenders not measured this time."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / "latest.json"
    scales = json.loads(path.read_text(encoding="utf-8"))["scales"] if merge and path.exists() else {}
    for scale, measured in results.items():
        scales.setdefault(str(scale), {}).update({name: summary(runs) for name, runs in measured.items()})
    content = {
        "made_at": _now(),
        "machine": machine(),
        "failures": failures,
        "scales": dict(sorted(scales.items(), key=lambda item: int(item[0]))),
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (FOLDER / "latest.md").write_text(_page(content), encoding="utf-8")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def summary(runs: list[Run]) -> dict[str, Any]:
    """Medians, ranges, and what the contender said in its last run."""
    walls, cpus = [run.wall for run in runs], [run.cpu for run in runs]
    return {
        "runs": len(runs),
        "cpu": round(statistics.median(cpus), 2),
        "cpu_range": [round(min(cpus), 2), round(max(cpus), 2)],
        "wall": round(statistics.median(walls), 2),
        "wall_range": [round(min(walls), 2), round(max(walls), 2)],
        "peak_mb": round(max(run.peak_mb for run in runs)),
        "load_before": [round(run.load_before, 1) for run in runs],
        "measured_at": _now(),
        "said": runs[-1].said,
    }


def machine() -> dict[str, str]:
    """What it ran on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ("duckdb", "ibis-framework", "pyarrow", "numpy")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in packages)
    return {
        "cores": str(os.cpu_count()),
        "memory": f"{memory:.0f} GiB",
        "python": platform.python_version(),
        "system": platform.platform(),
        "packages": versions,
    }


def _page(content: dict[str, Any]) -> str:
    host = content["machine"]
    lines = [
        "# 基准测试",
        "",
        f"{content['made_at']} · {host['cores']} 核，{host['memory']}，Python {host['python']}，{host['packages']}。",
        "由 `make bench` 生成，不要手改。CPU 为整个进程树的用户与系统时间之和（含启动）；内存为进程树常驻内存之和的峰值。",
        "",
    ]
    for failure in content["failures"]:
        lines += [f"**未通过**：{failure}", ""]
    for scale, measured in content["scales"].items():
        lines += _table(int(scale), measured)
    lines += [*_aims(content["scales"]), *_growth(content["scales"]), *_stages(content["scales"]), *_notes()]
    return "\n".join(lines) + "\n"


def _table(scale: int, measured: dict[str, Any]) -> list[str]:
    hand = measured.get("hand_sql", {}).get("cpu")
    lines = [
        f"## {scale:,} 户",
        "",
        "| 参赛者 | CPU 秒（范围） | 为手写 SQL 的倍数 | 墙钟秒（范围） | 峰值 MB | 次数 | 说明 |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in CONTENDERS:
        if one.name in measured:
            lines.append(_row(one, measured[one.name], hand))
    looped = measured.get("row_by_row")
    if looped:
        each = looped["said"]["stages"]["loop"] / looped["said"]["households"]
        lines += [
            "",
            f"逐户循环：每户 {each * 1000:.2f} 毫秒 CPU；外推 100 万户约 {each * 1e6:,.0f} CPU 秒（**外推，未实测**）。",
        ]
    explained = measured.get("explain")
    if explained:
        said = explained["said"]
        lines += [
            "",
            f"单户求值：中位 {said['median_ms']} 毫秒，最坏 {said['worst_ms']} 毫秒，首次（含编译）{said['first_ms']} 毫秒。",
        ]
    whole, since = measured.get("cli_changed"), measured.get("cli_since")
    if whole and since:
        times = since["cpu"] / whole["cpu"]
        lines += ["", f"每 {ONE_IN} 户改了一户：`--since` 用全部重算的 {times:.2f} 倍 CPU，结果相同。"]
    shas = {name: found["said"]["sha256"] for name, found in measured.items() if "sha256" in found["said"]}
    shown = "；".join(f"{name} `{sha[:12]}`" for name, sha in shas.items())
    return [*lines, "", f"结果散列：{shown}", ""]


def _row(one: Contender, found: dict[str, Any], hand: float | None) -> str:
    low, high = found["cpu_range"]
    fast, slow = found["wall_range"]
    times = f"{found['cpu'] / hand:.2f}" if hand else ""
    return (
        f"| {one.title} | {found['cpu']:.2f}（{low}–{high}） | {times} | {found['wall']:.2f}（{fast}–{slow}） "
        f"| {found['peak_mb']:,} | {found['runs']} | {one.note} |"
    )


def _aims(scales: dict[str, Any]) -> list[str]:
    lines = ["## 目标与实测", "", "| 目标 | 规模 | 倍数（CPU） | 允许 | 达到 |", "| --- | --- | --- | --- | --- |"]
    for title, ours, rival, allowed in AIMS:
        for scale, measured in scales.items():
            if ours in measured and rival in measured:
                times = measured[ours]["cpu"] / measured[rival]["cpu"]
                lines.append(
                    f"| {title} | {int(scale):,} | {times:.2f} | {allowed} | {'是' if times <= allowed else '否'} |"
                )
    return [*lines, ""]


def _growth(scales: dict[str, Any]) -> list[str]:
    lines = ["## 增长", "", "每百万户的 CPU 秒；线性则各列相近（小规模含固定的启动时间）。", ""]
    lines += [f"| 参赛者 | {' | '.join(f'{int(scale):,}' for scale in scales)} |", f"| --- |{' --- |' * len(scales)}"]
    for one in CONTENDERS:
        cells = [
            f"{found[one.name]['cpu'] / int(scale) * 1e6:.1f}" if one.name in found else ""
            for scale, found in scales.items()
        ]
        if any(cells) and one.name not in ("explain", "row_by_row"):
            lines.append(f"| {one.title} | {' | '.join(cells)} |")
    return [*lines, ""]


def _stages(scales: dict[str, Any]) -> list[str]:
    lines = ["## CPU 花在哪里（最后一次运行，秒）", ""]
    for scale, measured in scales.items():
        for one in CONTENDERS:
            found = measured.get(one.name)
            if found and len(found["said"]["stages"]) > 1:
                shown = "，".join(f"{name} {cpu:.1f}" for name, cpu in found["said"]["stages"].items() if cpu >= 0.05)
                lines.append(f"- {int(scale):,} · {one.name}：{shown}")
    return [*lines, ""]


def _notes() -> list[str]:
    return [
        "## 说明",
        "",
        "- 用 `--merge` 补测时，各行测于不同时间，也可能是不同版本的代码；每行的时间见 latest.json 的 measured_at（没有的更早）。",
        "- 机器与别的工作共用，墙钟时间只作参考；比较以 CPU 秒和倍数为准。相差 20% 以内不能区分。",
        "- 按装好以后的样子测：编译好的字节码（.pyc）留着，不必每次启动再编译。",
        "- 各参赛者轮流运行（A B C A B C …），取中位数；文件大多在系统缓存里，不是冷读。",
        "- 手写 SQL 只写 households.csv；守望还写逐条理由（findings.jsonl）、households.parquet，并记下每一行的去处。",
        "- 底线没有规则、没有匹配、没有输出，任何筛查都不可能比它便宜。",
        f"- 逐户循环只走 {LOOPED} 户，按户数线性外推；它不做身份证核对和匹配（装库时已由 SQL 完成）。",
        "- 数据是编造的（`bench/data.py`，固定种子），只说明速度，不说明任何真实的比例。",
    ]
