"""Departments' files: read and shown first, counted only when somebody confirms, and taken out again as a whole.

Reading and publishing work in lots of at most 500 rows, each a short transaction, so that nobody who signs has to wait;
what makes all of it count, or no longer count, is one more that changes the state of the batch. Broken off anywhere,
nothing counts, and doing it again goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.actions.permit import permit
from shouwang.accounts.audit import Actor
from shouwang.accounts.models import Post, Unit
from shouwang.accounts.origin import Console
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import require
from shouwang.registry.actions.locking import person_of
from shouwang.registry.follow import follow
from shouwang.registry.models import (
    BatchState,
    BatchStep,
    LedgerEntry,
    RowOutcome,
    SourceBatch,
    SourceRow,
)
from shouwang.registry.models.batch import TAKEN
from shouwang.registry.publish import MODELS, Known, facts_of
from shouwang.registry.reading import OpenFile, ReadRow, open_file, read_row
from shouwang.registry.recognise import Recognised, Recogniser
from shouwang.terms.tables import BY_NAME
from shouwang.units.errors import ShouwangError

_LOT = 500
#: A file still being read after this long was broken off.
_READING_TIME = timedelta(minutes=10)


class FileKnown(ShouwangError):
    code = "BAT-01"
    what = "这个文件{when}已经上报过，现在是“{state}”，没有再收。"
    why = "同一文件收两次，收支和费用会重复计算。"
    do = "如内容有改动，请上报改动后的文件；如上次有误，请先撤销那一批。"


class TableUnknown(ShouwangError):
    code = "BAT-02"
    what = "没有“{table}”这种表。"


class NotReady(ShouwangError):
    code = "BAT-03"
    what = "这一批现在是“{state}”，不能{act}。"
    do = "请刷新页面，查看它的最新状态。"


class UndoReasonNeeded(ShouwangError):
    code = "BAT-04"
    what = "撤销一批要写明原因。"


def stage_batch(
    *, by: Actor, unit: Unit, table: str, path: Path, file_name: str, department: str = "", as_of: date | None = None
) -> SourceBatch:
    """Read a file and show what would become of every row. Nothing of it counts until it is confirmed.

    Raises a SourceError for a file that cannot be used, and FileKnown for one that came before.
    """
    allowed = _permit(by, Permission.SOURCE_UPLOAD, unit, department)
    if table not in BY_NAME:
        raise TableUnknown(table=table)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    scratch = Path(tempfile.mkdtemp(prefix="shouwang-"))
    try:
        _refuse_known(table, digest)
        named = scratch / Path(file_name).name
        shutil.copyfile(path, named)
        file = open_file(named, BY_NAME[table], scratch / "staged")
        batch = _begin(by, unit, table, Path(file_name).name, digest, department, as_of or timezone.localdate())
        return _read_in(batch, file, by, allowed)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def confirm_batch(*, by: Actor, batch: SourceBatch) -> SourceBatch:
    """Let a batch count. May be called again after it was broken off, or by two people at once."""
    allowed = _permit(by, Permission.SOURCE_UPLOAD, batch.unit, batch.department)
    with transaction.atomic():
        batch = hold_batch(batch)
        if batch.state not in (BatchState.STAGED, BatchState.PUBLISHING):
            raise NotReady(state=batch.get_state_display(), act="确认入库")
        _step(batch, BatchState.PUBLISHING, by)
    last = 0
    while True:
        with transaction.atomic():
            held = hold_batch(batch)
            if held.state != BatchState.PUBLISHING:  # somebody else has finished, or undone it
                return held
            rows = list(held.rows.filter(outcome__in=TAKEN, row__gt=last).select_related("person", "household")[:_LOT])
            publish_rows(held, rows, by)
            if not rows:
                _step(held, BatchState.CONFIRMED, by)
                audit.record(
                    by=by, post=allowed, verb="batch.confirmed", target=held, table=held.table, sha256=held.sha256,
                    counts=held.counts,
                )  # fmt: skip
                return held
        last = rows[-1].row


@transaction.atomic
def undo_batch(*, by: Actor, batch: SourceBatch, reason: str) -> SourceBatch:
    """Take a whole batch out. Its rows stay on record and count no longer; the file may then be sent again."""
    allowed = _permit(by, Permission.SOURCE_UPLOAD, batch.unit, batch.department)
    batch = hold_batch(batch)
    if not reason.strip():
        raise UndoReasonNeeded()
    if batch.state == BatchState.UNDONE:
        raise NotReady(state=batch.get_state_display(), act="撤销")
    was = batch.state
    _step(batch, BatchState.UNDONE, by, reason)
    audit.record(by=by, post=allowed, verb="batch.undone", target=batch, before=was, reason=reason, table=batch.table)
    return batch


# ---- parts


def hold_batch(batch: SourceBatch) -> SourceBatch:
    """The batch as it is now, locked until the transaction ends."""
    return SourceBatch.objects.select_for_update(of=("self",)).select_related("unit").get(pk=batch.pk)


def publish_rows(batch: SourceBatch, rows: Sequence[SourceRow], by: Actor) -> int:
    """Post the facts of some rows, those posted before left out. Returns how many were added."""
    model, table = MODELS[batch.table], BY_NAME[batch.table]
    there = set(
        model._default_manager.filter(batch=batch, row__in=[row.row for row in rows]).values_list("row", flat=True)
    )
    facts = []
    for row in rows:
        if row.row not in there:
            values = read_row(table, row.row, json.loads(row.cells)).values
            facts += facts_of(batch, row.row, values, row.person, row.household)
    made = model._default_manager.bulk_create(facts)
    if model is LedgerEntry:
        follow(made, person_of(by))
    return len(made)


def _permit(by: Actor, permission: Permission, unit: Unit, department: str) -> Post | None:
    if isinstance(by, Console):
        return permit(by, permission, unit)
    return require(by, permission, unit, department)


def _refuse_known(table: str, digest: str) -> None:
    standing = SourceBatch.objects.filter(table=table, sha256=digest).exclude(state=BatchState.UNDONE)
    for known in standing:
        step = known.steps.first()
        began = step.at if step else timezone.now()
        if known.state == BatchState.READING and timezone.now() - began > _READING_TIME:
            _step(known, BatchState.UNDONE, None, "读取中断")
            continue
        when = f"{timezone.localtime(began):%Y-%m-%d %H:%M}"
        raise FileKnown(when=when, state=known.get_state_display(), batch=known.uuid)


@transaction.atomic
def _begin(by: Actor, unit: Unit, table: str, file_name: str, digest: str, department: str, as_of: date) -> SourceBatch:
    batch = SourceBatch(
        unit=unit, **unit.scope_columns, department=department, table=table, file_name=file_name[-200:], sha256=digest,
        state=BatchState.READING, as_of=as_of,
    )  # fmt: skip
    batch.save(force_insert=True)
    _step(batch, BatchState.READING, by)
    return batch


def _read_in(batch: SourceBatch, file: OpenFile, by: Actor, allowed: Post | None) -> SourceBatch:
    recogniser, known = Recogniser(file.table, batch.unit), Known(batch.table)
    counts = {"read": file.staged.rows_read}
    tally: dict[str, int] = {outcome.value: 0 for outcome in RowOutcome}
    for lot in file.lots():
        with transaction.atomic():
            found = _leave_out_known(batch, lot, recogniser.lot(lot), known)
            SourceRow.objects.bulk_create(_source_row(batch, r, one) for r, one in zip(lot, found, strict=True))
        for one in found:
            tally[one.outcome.value] += 1
    with transaction.atomic():
        batch = hold_batch(batch)
        batch.counts = counts | tally
        batch.notices = [notice.sentence() for notice in file.notices]
        batch.save(update_fields=["counts", "notices"])
        _step(batch, BatchState.STAGED, by)
        audit.record(
            by=by, post=allowed, verb="batch.staged", target=batch, table=batch.table, file=batch.file_name,
            sha256=batch.sha256, counts=batch.counts,
        )  # fmt: skip
    return batch


def _leave_out_known(
    batch: SourceBatch, lot: Sequence[ReadRow], found: list[Recognised], known: Known
) -> list[Recognised]:
    """Rows that say nothing new are marked, so that a table exported and sent back changes only what was changed."""
    by_household = batch.table in ("ledger", "events", "households")
    owners = [one.household if by_household else one.person for one in found if one.outcome in TAKEN]
    known.ask(owner.pk for owner in owners if owner)
    for row, one in zip(lot, found, strict=True):
        if one.outcome in TAKEN and known.all_there(facts_of(batch, row.row, row.values, one.person, one.household)):
            one.outcome, one.reason = RowOutcome.DUPLICATE, "台账里已有，没有变化"
    return found


def _source_row(batch: SourceBatch, row: ReadRow, one: Recognised) -> SourceRow:
    return SourceRow(
        batch=batch, row=row.row, cells=json.dumps(row.cells, ensure_ascii=False), outcome=one.outcome, how=one.how,
        column=row.column[:40], reason=one.reason[:600], advice=one.advice[:400], citizen_index=one.citizen_index,
        person=one.person, household=one.household,
    )  # fmt: skip


def _step(batch: SourceBatch, state: BatchState, by: Actor | None, reason: str = "") -> None:
    batch.state = state
    batch.save(update_fields=["state"])
    who = person_of(by) if by is not None else None
    BatchStep(batch=batch, state=state, by=who, reason=reason).save(force_insert=True)
