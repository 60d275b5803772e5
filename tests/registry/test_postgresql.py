"""The whole of this folder once more, on PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

DSN = os.environ.get("TEST_PG_DSN", "")


@pytest.mark.skipif(
    not DSN,
    reason="没有设置 TEST_PG_DSN，未在 PostgreSQL 上重跑。如需重跑：TEST_PG_DSN=postgresql://用户:口令@主机/库名（账号须能建库）。",
)
def test_everything_holds_on_postgresql(tmp_path: Path) -> None:
    keep = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SHOUWANG", "DJANGO", "TEST_PG", "PYTEST"))
    }
    here = Path(__file__).parent
    command = [sys.executable, "-m", "pytest", str(here), "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    variables = {"SHOUWANG_DATABASE_URL": DSN, "SHOUWANG_HOME": str(tmp_path), "SHOUWANG_ENV": "test"}
    done = subprocess.run(
        command, cwd=here.parents[1], env={**keep, **variables}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
