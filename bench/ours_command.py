"""The command `shouwang screen`, as a person runs it, with every result file.

python -m bench.ours_command PACKAGE OUT AS_OF              everybody
python -m bench.ours_command PACKAGE OUT AS_OF PREVIOUS     only who has changed since
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from bench.timing import Stages

_SINCE = "只重算了有变化的"


def main(package: str, out: str, as_of: str, previous: str = "") -> None:
    """Exit status 1 of the command only says that some rows were rejected."""
    stages, target = Stages(), Path(out) / "results"
    words = [sys.executable, "-m", "shouwang", "screen", package, "--as-of", as_of, "--out", str(target)]
    with stages.stage("command"):
        since = ["--since", f"{previous}/results"] if previous else []
        done = subprocess.run([*words, *since], check=False, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    if previous and _SINCE not in done.stdout:
        raise SystemExit(f"everybody was computed: {done.stdout[:300]}")
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    stages.tell(sha256=manifest["result_sha256"], counts=manifest["counts"])


if __name__ == "__main__":
    main(*sys.argv[1:])
