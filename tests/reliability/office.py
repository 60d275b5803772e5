"""The torturer's side: a data directory, the process in it, and the power switch."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.reliability.acks import read_acks, read_lines

#: On a machine with much else to do, a screening may take its time.
_PATIENCE = 300.0


class Office:
    """A regiment at work in `home`; on PostgreSQL, in the database `url` names."""

    def __init__(self, home: Path, url: str = "") -> None:
        self.home, self.acks, self.log = home, home / "acks", home / "workers.log"
        for folder in (self.acks, home / "tmp"):
            folder.mkdir(parents=True)
        keep = {n: v for n, v in os.environ.items() if not n.startswith(("SHOUWANG", "DJANGO", "TEST_PG", "PYTEST"))}
        own = {"SHOUWANG_HOME": str(home), "SHOUWANG_ENV": "test", "DJANGO_SETTINGS_MODULE": "shouwang.config.settings",
               "TMPDIR": str(home / "tmp"), **({"SHOUWANG_DATABASE_URL": url} if url else {})}  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.zygote"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=(home / "zygote.log").open("w"), text=True, env=keep | own, cwd=Path(__file__).parents[2],
        )  # fmt: skip
        self._group: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.kill()
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(20)

    def ask(self, order: str, **facts: Any) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": order, **facts}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"error": "进程已死"}')
        assert "error" not in answer, f"{answer['error']}\n{self.said()}"
        return answer  # type: ignore[no-any-return]

    def start(self) -> None:
        self._group = self.ask("work", acks=str(self.acks), log=str(self.log))["group"]

    def kill(self) -> None:
        """SIGKILL for every process at once: nobody gets to say anything."""
        if self._group is not None:
            os.killpg(self._group, signal.SIGKILL)
            self._group = None

    def wait_for(self, what: str, dice: random.Random, within: float) -> None:
        """Until some process says so once more (`doing import`, `done screening`), and then a random moment longer."""
        before, began = self._said_so(what), time.monotonic()
        while self._said_so(what) == before and time.monotonic() - began < _PATIENCE:
            time.sleep(0.01)
        time.sleep(dice.uniform(0, within))

    def _said_so(self, what: str) -> int:
        kind, word = what.split()
        return sum(line.get(kind) == word for line in read_lines(self.acks))

    def done(self) -> Counter[str]:
        """How much of what was acknowledged so far."""
        return Counter(line["done"] for line in read_acks(self.acks))

    def said(self) -> str:
        """What the processes wrote to their log."""
        logs = [
            path.read_text(encoding="utf-8")[-3000:] for path in (self.log, self.home / "zygote.log") if path.exists()
        ]
        return "\n".join(logs)
