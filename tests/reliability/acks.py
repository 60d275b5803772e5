"""What people were told is done: written, and forced to the disk, only after the act has returned."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


class Acks:
    """The replies of one process. `doing` notes where it is, for whoever wants to aim a kill."""

    def __init__(self, folder: Path, name: str) -> None:
        self._file = (folder / f"{name}-{os.getpid()}.jsonl").open("a", encoding="utf-8")

    def doing(self, what: str) -> None:
        self._file.write(json.dumps({"doing": what}) + "\n")
        self._file.flush()

    def done(self, what: str, **facts: Any) -> None:
        self._file.write(json.dumps({"done": what, **facts}) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def read_lines(folder: Path) -> list[dict[str, Any]]:
    """Every whole line of every process. A line cut by the kill was never acknowledged."""
    lines = (
        line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines(True)
    )
    return [json.loads(line) for line in lines if line.endswith("\n")]


def read_acks(folder: Path) -> list[dict[str, Any]]:
    return [line for line in read_lines(folder) if "done" in line]
