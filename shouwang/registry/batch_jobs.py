"""The batches that wait for somebody to read or post them. The row is the queue (docs/adr/0017): no broker, nothing lost.

The worker calls `work_off`; a page that has just received a small file or confirmation may call `perform` itself, and
either way of two processes exactly one gets the batch.
"""

from __future__ import annotations

import logging

from django.db import DatabaseError, transaction

from shouwang.registry import bad_row_jobs, bodies
from shouwang.registry.batch_posting import post_batch
from shouwang.registry.batch_reading import read_batch
from shouwang.registry.batch_steps import claim, hold_batch, sender_of, step
from shouwang.registry.models import BatchState, SourceBatch
from shouwang.registry.models.batch import WORKING
from shouwang.units.errors import ShouwangError

_LOG = logging.getLogger(__name__)


def work_off() -> int:
    """Do every waiting batch, then prepare what was asked of those that are read. Returns how many of both.

    One that fails is tried again later and keeps nobody else waiting.
    """
    done = 0
    for batch in SourceBatch.objects.filter(state__in=WORKING).order_by("pk"):
        try:
            done += perform(batch)
        except (ShouwangError, DatabaseError, OSError):
            _LOG.exception("batch %s", batch.uuid)
    return done + bad_row_jobs.work_off()


def perform(batch: SourceBatch) -> bool:
    """Do one batch, unless somebody else has it in hand. Says whether it was done."""
    mine = claim(batch, WORKING)
    if mine is None:
        return False
    if mine.state == BatchState.PUBLISHING:
        post_batch(mine)
    elif bodies.has_body(mine):
        read_batch(mine)
    else:
        _give_up(mine)
    return True


@transaction.atomic
def _give_up(batch: SourceBatch) -> None:
    """A file read by the process that brought it, which died: there is nothing left to read."""
    batch = hold_batch(batch)
    if batch.state == BatchState.READING:
        step(batch, BatchState.UNDONE, sender_of(batch), "读取中断")
