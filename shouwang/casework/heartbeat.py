"""Is the worker still at it? A sign of life beside the work, because one stage may take longer than a dead worker is waited for."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

from django.db import DatabaseError, connection
from django.utils import timezone

from shouwang.casework.models import RunState, ScreeningRun

#: How often a working run says so, and after how long a silence its worker counts as killed.
BEAT = timedelta(seconds=20)
DEAD_AFTER = timedelta(minutes=3)
logger = logging.getLogger(__name__)


@contextmanager
def beating(run: ScreeningRun) -> Iterator[None]:
    """While the block runs, the row of the run says every few seconds that somebody works on it."""
    over = Event()
    thread = Thread(target=_beat_until, args=(run, over), name=f"beat-{run.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def beat(run: ScreeningRun, **facts: object) -> bool:
    """A sign of life, with news of the work if there is any. False when the run is not this worker's any more."""
    mine = ScreeningRun.objects.filter(pk=run.pk, state=RunState.RUNNING, claim=run.claim)
    return bool(mine.update(beat_at=timezone.now(), **facts))


def _beat_until(run: ScreeningRun, over: Event) -> None:
    started = False
    while not over.wait(BEAT.total_seconds()):
        started = True
        try:
            beat(run)
        except DatabaseError:
            logger.exception("no sign of life from run %s; the next one may get through", run.pk)
    if started:
        connection.close()
