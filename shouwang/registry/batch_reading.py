"""Reading a batch's file in lots of short transactions: what becomes of every row, and how the whole compares with the last.

Nothing of it counts. Broken off anywhere, reading starts over: a batch is shown only when its last row is there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from shouwang.accounts import audit
from shouwang.accounts.crypto import Sealed, field_ring
from shouwang.registry import bodies, bulk
from shouwang.registry.batch_steps import Beat, TakenOver, actor, hold_batch, let_go, sender_of, standing_post, step
from shouwang.registry.feeds import CHOICES_SHEET, REASON_HEADER, facts_reader, feed_of_batch, relabelled
from shouwang.registry.known import Known
from shouwang.registry.models import BatchState, ColumnMemory, RowOutcome, SourceBatch, SourceRow
from shouwang.registry.models.batch import TAKEN
from shouwang.registry.publish import facts_of
from shouwang.registry.reading import OpenFile, ReadRow, open_file
from shouwang.registry.recognise import STRANGER, Recognised, Recogniser
from shouwang.sources import peek
from shouwang.sources.errors import ColumnMissing, ColumnTwice, HeaderNotFound, HeaderSpread, SourceError
from shouwang.sources.staging import unknown_columns
from shouwang.units.errors import Notice

#: What somebody can put right by saying which column is which.
_HEADER_ERRORS = (ColumnMissing, ColumnTwice, HeaderNotFound, HeaderSpread)
_COLUMNS = "uuid row cells outcome how column reason advice citizen_index person_id household_id".split()
_CELLS = f"{SourceRow._meta.db_table}.cells"
_BY_HOUSEHOLD = ("ledger", "events", "households")
#: Sheets of explanations in our own workbooks.
_OUR_SHEETS = ("填表说明", "导出说明", CHOICES_SHEET)
#: So many rows like something held are listed one by one; all are counted.
MOST_PAIRS = 1_000
READING, COMPARING = "打开文件", "逐行比对"


def read_batch(batch: SourceBatch) -> None:
    """Read a claimed batch: to be confirmed, to have its columns assigned, or refused with what, why and what to do."""
    beat = Beat(batch)
    try:
        with bodies.opened(batch) as path:
            try:
                file = _open(batch, beat, path)
            except _HEADER_ERRORS as error:
                _ask_for_columns(batch, path, error)
            else:
                take_in(batch, file, beat)
    except SourceError as error:
        _refuse(batch, error)
    except TakenOver:
        return


def _open(batch: SourceBatch, beat: Beat, path: Path) -> OpenFile:
    """With the columns assigned to this file; else as remembered from the last one; else by the feed's own names."""
    reading = feed_of_batch(batch).reading

    def tell(_: str, done: int, total: int | None) -> None:
        beat(READING, done, total or done)

    remembered = {} if batch.mapping else _remembered(batch)
    if remembered:
        try:
            file = open_file(path, relabelled(reading, remembered), path.parent / "remembered", tell)
        except _HEADER_ERRORS:
            pass
        else:
            SourceBatch.objects.filter(pk=batch.pk).update(mapping=remembered)
            batch.mapping = remembered
            return file
    return open_file(path, relabelled(reading, batch.mapping), path.parent / "staged", tell)


def _remembered(batch: SourceBatch) -> dict[str, str]:
    known = ColumnMemory.objects.filter(unit=batch.unit, department=batch.department, feed=batch.feed or batch.table)
    return known.values_list("headers", flat=True).first() or {}


def take_in(batch: SourceBatch, file: OpenFile, beat: Beat) -> None:
    """Read the rows of an open file, lot by lot."""
    SourceRow.objects.filter(batch=batch).delete()
    bodies.drop_bad_rows(batch)
    lots, total = _Lots(batch, file), file.staged.rows_read
    for lot in file.lots():
        with transaction.atomic():
            bulk.insert(connection, SourceRow, _COLUMNS, lots.take(lot), {"batch_id": batch.pk})
            beat(COMPARING, lots.read, total)
    _finish(batch, file, lots)


class _Lots:
    """The rows of one file on their way to `SourceRow`, counted as they pass."""

    def __init__(self, batch: SourceBatch, file: OpenFile) -> None:
        self.batch, self.feed = batch, feed_of_batch(batch)
        self.recogniser = Recogniser(file.table, batch.unit)
        self.known, self.facts = Known(batch.table), facts_reader(self.feed)
        self.tally: dict[str, int] = {outcome.value: 0 for outcome in RowOutcome}
        self.amounts: list[int] = []
        self.seals, self.uuids = field_ring(), bulk.uuids()
        self.strangers = self.read = 0

    def take(self, lot: Sequence[ReadRow]) -> list[tuple[Any, ...]]:
        """A lot counted, and as rows for `bulk`: through models it would take twice the time."""
        found = self._leave_out_known(lot, self.recogniser.lot(lot))
        self.read += len(lot)
        for row, one in zip(lot, found, strict=True):
            self.tally[one.outcome.value] += 1
            self.strangers += one.how == STRANGER
            amount = row.values.get(self.feed.amount) if self.feed.amount else None
            if isinstance(amount, int) and not row.refused:
                self.amounts.append(amount)
        return [self._row(row, one) for row, one in zip(lot, found, strict=True)]

    def _row(self, row: ReadRow, one: Recognised) -> tuple[Any, ...]:
        """The values of `_COLUMNS`, the cells sealed for their place as the model would."""
        uuid = next(self.uuids)
        cells = Sealed.of(json.dumps(row.cells, ensure_ascii=False), f"{_CELLS}.{UUID(uuid)}", self.seals)
        return (
            uuid, row.row, cells.text, one.outcome.value, "" if one.how == STRANGER else one.how, row.column[:40],
            one.reason[:600], one.advice[:400], one.citizen_index, one.person_id,
            one.household_id,
        )  # fmt: skip

    def _leave_out_known(self, lot: Sequence[ReadRow], found: list[Recognised]) -> list[Recognised]:
        """Rows that say nothing new are marked, so that a table exported and sent back changes only what was changed."""
        by_household = self.batch.table in _BY_HOUSEHOLD
        owners = [one.household_id if by_household else one.person_id for one in found if one.outcome in TAKEN]
        self.known.ask(owner for owner in owners if owner)
        for row, one in zip(lot, found, strict=True):
            if one.outcome in TAKEN and self.known.has(
                row.row, facts_of(self.batch.table, self.facts(row.values), one.person_id, one.household_id)
            ):
                one.outcome, one.reason = RowOutcome.UNCHANGED, "台账里已有，没有变化"
        return found

    @property
    def measures(self) -> dict[str, Any]:
        """What the next delivery is held against, and whether this one may pass without a word."""
        unclear = self.tally[RowOutcome.UNMATCHED] + self.tally[RowOutcome.AMBIGUOUS] + self.strangers
        middle, like = int(median(self.amounts)) if self.amounts else None, self.known.like()
        return {
            "rows": self.read, "unclear": unclear, "median_fen": middle, "sum_fen": sum(self.amounts),
            "like": len(like), "pairs": like[:MOST_PAIRS],
        }  # fmt: skip


def _finish(batch: SourceBatch, file: OpenFile, lots: _Lots) -> None:
    sender = sender_of(batch)
    with transaction.atomic():
        batch = hold_batch(batch)
        if batch.state != BatchState.READING:
            raise TakenOver
        batch.counts = {"read": file.staged.rows_read} | lots.tally
        batch.notices = [notice.sentence() for notice in _told(file.notices)]
        batch.save(update_fields=["counts", "notices"])
        let_go(batch, measures=lots.measures)
        step(batch, BatchState.STAGED, sender)
        audit.record(
            by=actor(sender), post=standing_post(batch, sender), verb="batch.staged", target=batch, table=batch.table,
            feed=batch.feed, file=batch.file_name, sha256=batch.sha256, counts=batch.counts,
        )  # fmt: skip


def _told(notices: Sequence[Notice]) -> Iterator[Notice]:
    """The notices, but for what we have put into our templates and workbooks of bad rows ourselves."""
    for notice in notices:
        columns = notice.facts.get("columns", [])
        if REASON_HEADER in columns:
            others = [name for name in columns if name != REASON_HEADER]
            if others:
                yield unknown_columns(notice.file, others)
        elif not any(f"工作表 “{name}” 不是这张表" in notice.message for name in _OUR_SHEETS):
            yield notice


def _ask_for_columns(batch: SourceBatch, path: Path, error: SourceError) -> None:
    """Keep the top of the file for somebody to say which column is which; a file without columns is refused."""
    tops = {name: rows for name, rows in peek.tops(path, path.name).items() if any(len(row) > 1 for row in rows)}
    if not tops:
        raise error
    with transaction.atomic():
        batch = hold_batch(batch)
        if batch.state != BatchState.READING:
            raise TakenOver
        bodies.keep_tops(batch, tops)
        let_go(batch, str(error))
        step(batch, BatchState.MAPPING, sender_of(batch))


def _refuse(batch: SourceBatch, error: SourceError) -> None:
    """Keep why a file was not taken, and nothing of the file."""
    with transaction.atomic():
        batch = hold_batch(batch)
        if batch.state != BatchState.READING:
            return
        sender = sender_of(batch)
        SourceRow.objects.filter(batch=batch).delete()
        bodies.drop(batch)
        let_go(batch, str(error))
        step(batch, BatchState.REFUSED, sender)
        audit.record(
            by=actor(sender), post=standing_post(batch, sender), verb="batch.refused", target=batch, feed=batch.feed,
            file=batch.file_name, sha256=batch.sha256, reason=error.code,
        )  # fmt: skip
