"""The rows of a batch that could not be used, as they came, each with its reason: to be put right and sent again.

Every column of the file in its order, then the reason. The numbers stand whole: the sender's own, to be corrected by the
sender. The workbook is prepared once (`bad_row_jobs`) and kept sealed with the batch until a row is decided or it is undone.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from shouwang.accounts import audit
from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import require
from shouwang.registry import bodies
from shouwang.registry.bad_row_jobs import bound_to, title_of
from shouwang.registry.batch_steps import NotReady, hold_batch
from shouwang.registry.models import BadRowsBook, BatchState, SourceBatch
from shouwang.registry.models.batch import BAD
from shouwang.units.errors import ShouwangError


class NothingBad(ShouwangError):
    code = "BAT-10"
    what = "这一批没有要改的行。"


@dataclass(frozen=True)
class BadRows:
    """A workbook that is ready."""

    title: str
    content: bytes


def ask_bad_rows(*, by: User, batch: SourceBatch) -> None:
    """Have the workbook of bad rows prepared, unless it is or somebody is at it; one that failed is tried again.

    The batch is held, as by whoever decides a row: what is prepared from now on is not older than the last decision.
    """
    post = require(by, Permission.SOURCE_UPLOAD, batch.unit, batch.department)
    if BadRowsBook.objects.filter(batch=batch, problem="").exists():
        return
    with transaction.atomic():
        batch = hold_batch(batch)
        if batch.state in (BatchState.QUEUED, BatchState.READING):
            raise NotReady(state=batch.get_state_display(), act="下载要改的行")
        if not (rows := batch.rows.filter(outcome__in=BAD).count()):
            raise NothingBad()
        BadRowsBook.objects.filter(batch=batch).exclude(problem="").delete()
        _, new = BadRowsBook.objects.get_or_create(batch=batch)
        if new:
            audit.record(by=by, post=post, verb="batch.bad_rows_asked", target=batch, unit=batch.unit, rows=rows)


def take_bad_rows(*, by: User, batch: SourceBatch) -> BadRows | None:
    """The workbook, for those who may send the batch; None while it is being prepared, or when it could not be."""
    post = require(by, Permission.SOURCE_UPLOAD, batch.unit, batch.department)
    book = BadRowsBook.objects.select_related("batch").filter(batch=batch, ready_at__isnull=False).first()
    if book is None:
        return None
    content = bodies.unseal(book, book.sealed, bound_to(batch))
    audit.note(by=by, post=post, verb="batch.bad_rows_taken", target=batch, unit=batch.unit, rows=book.rows)
    return BadRows(title_of(batch), content)
