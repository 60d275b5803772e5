"""Several people acting at the same instant, each in a thread with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection, connections

RACERS = 20


def race(act: Callable[[int], object], racers: int = RACERS) -> list[Exception | None]:
    """The act by all at the same instant, each told its place; what each got for it."""
    barrier, results = threading.Barrier(racers), list[Exception | None]([None] * racers)

    def run(place: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait()
            act(place)
        except Exception as error:  # noqa: BLE001  # whatever it is, the test looks at it
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(racers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
