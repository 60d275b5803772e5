"""What every contender says when it is done: one JSON line on standard output, with the CPU seconds of its stages."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

_BLOCK = 1 << 20


class Stages:
    """CPU seconds of this process and its finished children, by stage."""

    def __init__(self) -> None:
        self.cpu: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Charge what happens inside to a stage; a name used twice adds up."""
        before = cpu_seconds()
        yield
        self.cpu[name] = self.cpu.get(name, 0.0) + cpu_seconds() - before

    def tell(self, **facts: object) -> None:
        """The last line of a contender's output."""
        print(json.dumps({**facts, "stages": {name: round(cpu, 3) for name, cpu in self.cpu.items()}}), flush=True)


def cpu_seconds() -> float:
    """User and system time so far, children included."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def body_sha256(csv: Path, skip: int = 0) -> str:
    """SHA-256 of a file, after its first `skip` bytes."""
    digest = sha256()
    with csv.open("rb") as handle:
        handle.seek(skip)
        while block := handle.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def yardstick() -> float:
    """Milliseconds that 200,000 steps of plain Python take now: tells a slow machine, or a slow minute, from slow code."""
    began, total = time.perf_counter(), 0
    for step in range(200_000):
        total += step * step % 7
    return (time.perf_counter() - began) * 1000


def wall() -> float:
    """A clock for durations."""
    return time.perf_counter()
