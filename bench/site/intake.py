"""How many rows a second go into an empty registry? `python -m bench.site.intake [households] [times]`

Ours: a whole package of a made-up regiment, faults and all, from its files to the registry: guarded, read, checked, matched,
citizen numbers sealed and indexed blind, rejects kept with their reasons, names indexed, one transaction, one audit event.
Naive: what a Django project would write first, `bulk_create` of the same four kinds of rows, already in memory, nothing read,
checked, matched or indexed by name; citizen numbers sealed, because the field does so itself.
The published figure is ODK Central's, the quickest registry measured on two cores: 12,000 to 14,000 entities a second.

Every run has an empty database: a directory of its own, or on PostgreSQL (SHOUWANG_DATABASE_URL) emptied tables. CPU seconds are
this process's and its children's; on PostgreSQL the server's work is only in the wall clock.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from bench.timing import cpu_seconds
from shouwang.demo.generate import generate

ODK_CENTRAL = (12_000, 14_000)
AS_OF = date(2020, 5, 20)
CONTENDERS = ("ours", "naive")


def compete(households: int, times: int, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Every contender, taking turns, each time in a process of its own."""
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in CONTENDERS}
    with tempfile.TemporaryDirectory(prefix="shouwang-bench-") as folder:
        package = generate(Path(folder) / "package", households, 7, "csv").folder
        for number in range(times):
            for name in CONTENDERS:
                runs[name].append(_process(name, package, Path(folder) / f"{name}-{number}"))
                say(f"{name}: {runs[name][-1]}")
    url = os.environ.get("SHOUWANG_DATABASE_URL", "")
    return {
        "database": "postgresql" if url else "sqlite",
        "households": households,
        "load": os.getloadavg()[0],
        "intake": runs,
    }


def _process(name: str, package: Path, home: Path) -> dict[str, Any]:
    variables = {
        "SHOUWANG_HOME": str(home),
        "SHOUWANG_ENV": "test",
        "DJANGO_SETTINGS_MODULE": "shouwang.config.settings",
    }
    command = [sys.executable, "-m", "bench.site.intake", f"--{name}", str(package)]
    done = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def one(name: str, package: Path) -> dict[str, Any]:
    """One run of one contender, in the empty database the environment names."""
    from bench.site import intake_contenders  # noqa: PLC0415  # needs Django's settings, which the parent does not have

    act = intake_contenders.prepared(name, package, AS_OF)
    wall, cpu = time.perf_counter(), cpu_seconds()
    rows = act()
    wall, cpu = time.perf_counter() - wall, cpu_seconds() - cpu
    return {
        "rows": rows, "wall": round(wall, 2), "cpu": round(cpu, 2), "rows_a_second": round(rows / wall),
        "rows_a_cpu_second": round(rows / cpu), "load": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def main() -> None:
    if len(sys.argv) > 2 and sys.argv[1].startswith("--"):
        print(json.dumps(one(sys.argv[1].removeprefix("--"), Path(sys.argv[2]))))
        return
    households = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    found = compete(households, times)
    out = Path(os.environ.get("SHOUWANG_HOME", ".")) / f"intake-{found['database']}.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    print(out)


if __name__ == "__main__":
    main()
