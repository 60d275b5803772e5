"""Preparing the workbooks of bad rows: by the worker, or at once for a small file. The row is the queue (docs/adr/0017).

A large file is read once more from its beginning, row by row beside the rows that were found bad; the finished workbook is
kept sealed, so that a page only hands it out. Whoever decides a row meanwhile removes the row of the queue, and what was
being prepared is void.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

from django.db import DatabaseError, transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from shouwang.registry import bodies
from shouwang.registry.batch_steps import DEAD_AFTER
from shouwang.registry.feeds import REASON_HEADER, feed_of_batch, reading_of
from shouwang.registry.models import BadRowsBook, SourceBatch, SourceRow
from shouwang.registry.models.batch import BAD
from shouwang.registry.queries.batches import cells_of
from shouwang.registry.workbook import write
from shouwang.sources import peek
from shouwang.terms.tables import Table
from shouwang.units.errors import ShouwangError
from shouwang.units.scratch import scratch_folder

_LOG = logging.getLogger(__name__)
_WIDTH, _REASON_WIDTH = 20, 80
_LOT = 2_000
#: A sign of life every so many rows of the file.
_BEAT = 5_000
FileRow = tuple[int, list[str]]


class Void(Exception):
    """The rows have changed, the batch was undone, or another process took over: what is being prepared is for nobody."""


def work_off() -> int:
    """Prepare every workbook that waits. Returns how many."""
    waiting = SourceBatch.objects.filter(bad_rows__ready_at=None, bad_rows__problem="", bad_rows__isnull=False)
    done = 0
    for batch in waiting.order_by("pk"):
        try:
            done += perform(batch)
        except (DatabaseError, OSError):
            _LOG.exception("bad rows of batch %s", batch.uuid)
    return done


def perform(batch: SourceBatch) -> bool:
    """Prepare one, unless somebody else has it in hand. What goes wrong is kept for whoever asked. Says whether it was done."""
    mine = _claim(batch)
    if mine is None:
        return False
    try:
        _prepare(batch, mine)
    except Void:
        return False
    except ShouwangError as error:
        _held(batch, mine).update(problem=str(error)[:600], claim=None)
    return True


def title_of(batch: SourceBatch) -> str:
    """What sheet and file are called; a sheet's name cannot hold a colon."""
    return feed_of_batch(batch).title.replace("：", "-")


def bound_to(batch: SourceBatch) -> bytes:
    """What the sealed workbook is good for, and for nothing else."""
    return batch.uuid.bytes + b"bad rows"


def _claim(batch: SourceBatch) -> UUID | None:
    """Of two processes one gets it; one that fell silent loses it."""
    now, mine = timezone.now(), uuid4()
    free = Q(claim=None) | Q(beat_at=None) | Q(beat_at__lt=now - DEAD_AFTER)
    waiting = BadRowsBook.objects.filter(free, batch=batch, ready_at=None, problem="")
    return mine if waiting.update(claim=mine, beat_at=now, done=0) else None


def _held(batch: SourceBatch, mine: UUID) -> QuerySet[BadRowsBook]:
    return BadRowsBook.objects.filter(batch=batch, claim=mine)


def _prepare(batch: SourceBatch, mine: UUID) -> None:
    bad = batch.rows.filter(outcome__in=BAD).order_by("row")
    told = bad.aggregate(rows=Count("pk"), last=Max("row"))

    def beat(done: int) -> None:
        _still_mine(batch, mine, beat_at=timezone.now(), done=done, total=told["last"] or 0)

    with scratch_folder() as scratch, _original(batch) as original:
        keep = [place for place, name in enumerate(original.header) if name.strip() != REASON_HEADER]
        columns = [*((original.header[place], _WIDTH) for place in keep), (REASON_HEADER, _REASON_WIDTH)]
        lines = _lines(_counted(original.rows, beat), bad.iterator(chunk_size=_LOT), keep)
        path = scratch / "bad-rows.xlsx"
        write(path, title_of(batch), columns, lines, scratch=scratch)
        key, sealed = bodies.seal(path.read_bytes(), bound_to(batch))
    with transaction.atomic():
        _still_mine(batch, mine, claim=None, ready_at=timezone.now(), rows=told["rows"], done=told["last"] or 0)
        book = BadRowsBook.objects.get(batch=batch)
        book.content_key, book.sealed = key, sealed
        book.save(update_fields=["content_key", "sealed"])


def _still_mine(batch: SourceBatch, mine: UUID, **changes: Any) -> None:
    """Write it down, unless it is nobody's any more. Raises Void."""
    if not _held(batch, mine).update(**changes):
        raise Void


@contextmanager
def _original(batch: SourceBatch) -> Iterator[peek.Original]:
    """The file itself; for a batch whose file is no longer kept, the columns that were read of its bad rows."""
    table = reading_of(batch)
    if bodies.has_body(batch):
        with bodies.opened(batch) as path:
            yield peek.original(path, table, path.name)
    else:
        bad = batch.rows.filter(outcome__in=BAD).order_by("row").iterator(chunk_size=_LOT)
        yield peek.Original([column.header for column in table.columns], ((row.row, _told(row, table)) for row in bad))


def _told(row: SourceRow, table: Table) -> list[str]:
    cells = cells_of(row)
    return [str(cells.get(column.name) or "") for column in table.columns]


def _counted(rows: Iterable[FileRow], beat: Callable[[int], None]) -> Iterator[FileRow]:
    """The same rows, with a sign of life now and then."""
    for place, row in enumerate(rows):
        if place % _BEAT == 0:
            beat(row[0])
        yield row


def _lines(file: Iterator[FileRow], bad: Iterable[SourceRow], keep: Sequence[int]) -> Iterator[list[str]]:
    """Each bad row as it stands in the file, both in the order of the file, and why; read no further than the last of them."""
    number, cells = 0, []
    for row in bad:
        while number < row.row:
            number, cells = next(file, (row.row, []))
        here = cells if number == row.row else []
        yield [*(here[place] if place < len(here) else "" for place in keep), _why(row)]


def _why(row: SourceRow) -> str:
    where = f"“{row.column}”" if row.column and row.column not in row.reason else ""
    return f"第{row.row}行：{where}{row.reason}。{row.advice}"
