"""What another process must do, because SQLite's locks belong to a process; and processes of their own, started clean.

Never forked from the one that runs the tests: a thread of a test server may hold a connection there, and SQLite must not be
carried over a fork (https://www.sqlite.org/howtocorrupt.html, 2.6): the child would believe in locks it does not hold.
"""

from __future__ import annotations

import multiprocessing
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connections

import tests.conftest  # noqa: F401  # sets Django up, before a work that imports models is unpickled

CLEAN = multiprocessing.get_context("spawn")


def process(work: Callable[..., None], *args: Any) -> Any:
    """A process, not started yet, that does some work on the database of the tests. The work is a function of a module."""
    return CLEAN.Process(target=_there, args=(str(connections["default"].settings_dict["NAME"]), work, *args))


def _there(name: str, work: Callable[..., None], *args: Any) -> None:
    connections["default"].settings_dict["NAME"] = name
    try:
        work(*args)
    finally:
        connections.close_all()


def copy_file(live: Path, target: Path) -> None:
    """Copy the file of a database that is open here: to open and close it in this process would let go of its locks.

    (Same page, 2.2.) The next process to open it would then think itself alone and take the log away under this one.
    """
    subprocess.run(["cp", "--", str(live), str(target)], check=True)


def bytes_of(live: Path) -> bytes:
    """What lies on the disk of a database that is open here, its log and index included, read by another process."""
    files = sorted(str(path) for path in live.parent.glob(f"{live.name}*"))
    return subprocess.run(["cat", "--", *files], check=True, capture_output=True).stdout


def run_together(work: Callable[[int, Any], None], count: int) -> list[int | None]:
    """Run `work(number, barrier)` in `count` processes, all let go at one barrier; their exit codes."""
    barrier = CLEAN.Barrier(count)
    connections.close_all()
    processes = [process(work, number, barrier) for number in range(count)]
    for one in processes:
        one.start()
    for one in processes:
        one.join(120)
    return [one.exitcode for one in processes]
