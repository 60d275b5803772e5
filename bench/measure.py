"""Runs one contender as a process and measures its whole process tree: wall, CPU seconds, peak resident memory.

CPU is the larger of two counts: what the kernel charges to the finished tree (`wait4`), and the last sample of every
process seen in the tree, which also knows a JVM that nobody waited for. Memory is the largest sum of resident sets over
the samples, so pages that two processes share are counted twice.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_EVERY = 0.05
_TICKS, _PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Run:
    """One run of one contender."""

    wall: float
    cpu: float
    peak_mb: float
    said: dict[str, Any]
    load_before: float


class Failed(RuntimeError):
    """A contender ended badly, or took longer than it was given."""


@dataclass
class _Tree:
    """What was seen of a process and everything below it."""

    root: int
    peak: int = 0
    cpu: dict[int, float] = field(default_factory=dict)

    def sample(self) -> None:
        """Look once at every process of the tree."""
        parents, seen = {}, {}
        for entry in os.listdir("/proc"):
            if entry.isdigit() and (found := _stat(int(entry))):
                parents[int(entry)], seen[int(entry)] = found[0], found[1:]
        inside = {pid for pid in seen if _below(pid, self.root, parents)}
        self.peak = max(self.peak, sum(seen[pid][1] for pid in inside))
        self.cpu |= {pid: seen[pid][0] for pid in inside}


def _stat(pid: int) -> tuple[int, float, int] | None:
    """Parent, CPU seconds and resident bytes of a process; None when it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return int(fields[1]), (int(fields[11]) + int(fields[12])) / _TICKS, int(fields[21]) * _PAGE


def _below(pid: int, root: int, parents: dict[int, int]) -> bool:
    while pid != root:
        if pid not in parents or parents[pid] <= 1:
            return False
        pid = parents[pid]
    return True


def run(command: list[str], seconds: float, extra: dict[str, str] | None = None) -> Run:
    """Run a command to its end. Its last line of output is JSON. Raises Failed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **(extra or {})}
    # As installed: whoever runs a program every day does not compile it at every start.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    load, started = os.getloadavg()[0], time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    tree = _Tree(process.pid)
    # What contenders print is one short line, and a traceback at worst: it fits in the pipes until they are read.
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        if time.perf_counter() - started > seconds:
            process.kill()
            os.waitpid(process.pid, 0)
            raise Failed(f"{' '.join(command[1:4])}: took longer than {seconds:.0f} s")
        tree.sample()
        time.sleep(_EVERY)
    wall = time.perf_counter() - started
    assert process.stdout
    assert process.stderr
    out, complaint = process.stdout.read(), process.stderr.read()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Failed(f"{' '.join(command[1:4])} ended with {process.returncode}: {complaint.strip()[-2000:]}")
    cpu = max(usage.ru_utime + usage.ru_stime, sum(tree.cpu.values()))
    said = json.loads(out.strip().splitlines()[-1])
    return Run(round(wall, 3), round(cpu, 3), round(max(tree.peak, usage.ru_maxrss * 1024) / 1e6, 1), said, load)
