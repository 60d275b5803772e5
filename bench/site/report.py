"""`bench/results/site.json` and `site.md` out of what `bench.site.intake` and `bench.site.pages` have written.

`python -m bench.site.report FILE…`; what an earlier report says of databases not measured this time is kept.
"""

from __future__ import annotations

import json
import statistics
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.report import FOLDER, machine

_TITLES = {
    "ours": "守望：整包导入（读文件、核对、认人、加密、盲索引、退回行、姓名索引、审计）",
    "naive": "Django bulk_create：同样四种行，已在内存，不读文件、不核对、不认人（身份证号由字段加密）",
}
_ODK = "ODK Central 公布的批量建立：每秒 12,000–14,000 个实体（2 核），首页带计数 500–1,000 毫秒（50 万）。"
_LIMIT_MS = 100
_COLUMNS = ("title", "who", "least", "median", "cpu", "queries")


def write(found: list[dict[str, Any]]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / "site.json"
    kept = json.loads(path.read_text(encoding="utf-8"))["measured"] if path.exists() else {}
    for one in found:
        kept[f"{'intake' if 'intake' in one else 'pages'} {one['database']} {one['households']}"] = one
    content = {"made_at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine(), "measured": kept}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (FOLDER / "site.md").write_text(_page(content), encoding="utf-8")


def _page(content: dict[str, Any]) -> str:
    lines = [
        "# 网页系统的基准测试", "",
        f"{content['made_at']}。由 `make bench-site` 生成，不要手改。墙钟受机器上别的工作影响，每项取最小值，另列中位数和 CPU；"
        "开测时的负载写在标题里（2 核，负载 2 以下才算空闲）。不同的机器、不同的日子，先比固定循环的快慢。", "", _ODK, "",
    ]  # fmt: skip
    for one in content["measured"].values():
        lines += _intake(one) if "intake" in one else _pages(one)
    return "\n".join(lines)


def _intake(one: dict[str, Any]) -> list[str]:
    lines = [
        f"## 整包导入：{one['database']}，{one['households']:,} 户（负载 {one['load']:.1f}）", "",
        "| 参赛者 | 行 | 最短墙钟秒 | 最少 CPU 秒 | 每秒行（墙钟） | 每 CPU 秒行 | 次数 |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    for name, runs in one["intake"].items():
        wall, cpu, rows = min(run["wall"] for run in runs), min(run["cpu"] for run in runs), runs[0]["rows"]
        lines.append(
            f"| {_TITLES[name]} | {rows:,} | {wall:.1f} | {cpu:.1f} | {rows / wall:,.0f} | {rows / cpu:,.0f} | {len(runs)} |"
        )
    note = "PostgreSQL 服务器的 CPU 不在其中。" if one["database"] == "postgresql" else ""
    return [*lines, "", note, ""] if note else [*lines, ""]


def _pages(one: dict[str, Any]) -> list[str]:
    slow = [page for page in one["pages"] if page["least"] > _LIMIT_MS]
    busy = [page for page in slow if page["cpu"] > _LIMIT_MS]
    least, cpu = (statistics.median(page[name] for page in one["pages"]) for name in ("least", "cpu"))
    lines = [
        f"## 列表页：{one['database']}，{one['households']:,} 户、{one['people']:,} 人（负载 {one['load']:.1f}）", "",
        f"{len(one['pages'])} 项，各 {one['times']} 次；"
        f"墙钟最小值超过 {_LIMIT_MS} 毫秒的 {len(slow)} 项，其中 CPU 也超过的 {len(busy)} 项；"
        f"墙钟最小值的中位数 {least:.0f} 毫秒，CPU 的中位数 {cpu:.0f} 毫秒。{_pace(one['pages'])}", "",
        "| 页面 | 谁 | 最小毫秒 | 中位毫秒 | CPU 毫秒 | 查询数 | 最慢一次查询毫秒 |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    lines += [
        "| " + " | ".join(str(page[name]) for name in _COLUMNS) + f" | {page['slowest']:.0f} |" for page in one["pages"]
    ]
    return [*lines, ""]


def _pace(pages: list[dict[str, Any]]) -> str:
    """How quick the machine was while it measured; earlier reports did not ask."""
    steps = [page["yardstick"] for page in pages if "yardstick" in page]
    if not steps:
        return ""
    return f"每项之前走一遍二十万步的固定循环，最快 {min(steps):.0f}、中位 {statistics.median(steps):.0f} 毫秒。"


def main() -> None:
    write([json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:]])


if __name__ == "__main__":
    main()
