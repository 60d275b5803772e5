"""`python -m tests.reliability.zygote`: the program, loaded once, from which the processes of a torture are forked.

Orders come as JSON lines; every answer is one line. This process itself never opens the database, so that killing its
children leaves nothing behind in it.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from shouwang.accounts import audit  # noqa: E402
from shouwang.casework.models import RunState, ScreeningRun  # noqa: E402
from shouwang.registry.models import BatchState, SourceBatch  # noqa: E402
from tests.accounts.conftest import sign_in  # noqa: E402
from tests.reliability import place  # noqa: E402
from tests.reliability.acks import Acks, read_acks  # noqa: E402
from tests.reliability.invariants import broken, lost  # noqa: E402
from tests.reliability.workers import LOOPS, finish  # noqa: E402


def work(acks: str, log: str) -> dict[str, Any]:
    """Start the office in a process group of its own. Killing the group is the power switch."""
    leader = os.fork()
    if leader == 0:
        os.setsid()
        _quiet(log)
        for name in ("import", "screen", "decide", "decide", "decide"):
            if os.fork() == 0:
                _forever(name, acks)
        while True:
            os.wait()
            time.sleep(0.01)
    return {"group": leader}


def _forever(name: str, acks: str) -> None:
    try:
        LOOPS[name](Acks(Path(acks), name))
    except BaseException:  # noqa: BLE001  # whatever it is, the log says so and the test fails
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(1)


def check(acks: str) -> dict[str, Any]:
    """What a restart finds: breaches, acknowledged work that is gone, what was under way; and whether people are served."""
    began = time.monotonic()
    served = _served()
    answered = time.monotonic() - began
    return {
        "broken": [*broken(), *lost(read_acks(Path(acks)))],
        "served": served,
        "answered": answered,
        "mid_import": SourceBatch.objects.filter(state__in=[BatchState.READING, BatchState.PUBLISHING]).count(),
        "mid_screening": ScreeningRun.objects.filter(state=RunState.RUNNING).count(),
        "events": audit.head().seq,
    }


def _served() -> str:
    """A page and an act, as the first person back at work would do."""
    client = sign_in(Client(), place.staff("office"))
    page = client.get("/")
    if page.status_code != 200:
        return f"首页答 {page.status_code}"
    audit.note(by=place.CONSOLE, verb="torture.restarted")
    return ""


def settle(acks: str) -> dict[str, Any]:
    """What was broken off is done to its end; then the same facts are screened twice, and must give the same bytes."""
    hashes = finish(Acks(Path(acks), "settle"))
    return {"broken": [*broken(), *lost(read_acks(Path(acks)))], "hashes": hashes}


def prepare(households: int) -> dict[str, Any]:
    place.prepare(households)
    return {"events": audit.head().seq}


_ORDERS: dict[str, Callable[..., dict[str, Any]]] = {"prepare": prepare, "check": check, "settle": settle}


def _forked(order: Callable[..., dict[str, Any]], facts: dict[str, Any]) -> dict[str, Any]:
    """Run an order in a child, so that whatever it opened is closed by its end."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            answer = order(**facts)
        except BaseException:  # noqa: BLE001  # told to whoever gave the order
            answer = {"error": traceback.format_exc()}
        with os.fdopen(writing, "w") as out:
            json.dump(answer, out)
        connection.close()
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as file:
        said = file.read()
    os.waitpid(child, 0)
    return json.loads(said or '{"error": "没有回答"}')  # type: ignore[no-any-return]


def _quiet(log: str) -> None:
    """Nothing of the children may reach the line on which orders are answered."""
    nothing, file = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for source, target in ((nothing, 0), (file, 1), (file, 2)):
        os.dup2(source, target)


def main() -> None:
    assert get_resolver().url_patterns  # every view is loaded once here, not in every child
    for line in sys.stdin:
        order = json.loads(line)
        name = order.pop("do")
        answer = work(**order) if name == "work" else _forked(_ORDERS[name], order)
        print(json.dumps(answer), flush=True)
        while _reaped():
            pass


def _reaped() -> bool:
    try:
        return os.waitpid(-1, os.WNOHANG)[0] > 0
    except ChildProcessError:
        return False


if __name__ == "__main__":
    main()
