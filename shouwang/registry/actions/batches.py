"""Departments' files: received, columns assigned, counted only when somebody confirms, and taken out again as a whole.

Reading and posting themselves are in `batch_reading` and `batch_posting`, done by the worker (`batch_jobs`) or at once.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.actions.permit import permit
from shouwang.accounts.audit import Actor
from shouwang.accounts.models import Post, Unit
from shouwang.accounts.origin import Console
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import require
from shouwang.policy.feed import Feed
from shouwang.registry import bodies
from shouwang.registry.actions.locking import InTheFuture, person_of
from shouwang.registry.batch_changes import refuse_old_comparison
from shouwang.registry.batch_jobs import perform
from shouwang.registry.batch_reading import take_in
from shouwang.registry.batch_steps import DEAD_AFTER, Beat, NotReady, claim, hold_batch, step
from shouwang.registry.batch_stops import like_of, like_words, others_words, stops_of
from shouwang.registry.feeds import feed_of_batch, find_feed
from shouwang.registry.models import BatchState, BatchWork, ColumnMemory, SourceBatch
from shouwang.registry.models.batch import GONE
from shouwang.registry.reading import open_file
from shouwang.units.errors import ShouwangError
from shouwang.units.room import require_room
from shouwang.units.scratch import scratch_folder

#: Larger files are refused before they are kept; the guard allows no larger workbook either.
LARGEST_BYTES = 64 << 20


class FileKnown(ShouwangError):
    code = "BAT-01"
    what = "这个文件{when}已经上报过，现在是“{state}”，没有再收。"
    why = "同一文件收两次，收支和费用会重复计算。"
    do = "如内容有改动，请上报改动后的文件；如上次有误，请先撤销那一批。"


class UndoReasonNeeded(ShouwangError):
    code = "BAT-04"
    what = "撤销一批要写明原因。"


class StopsUnanswered(ShouwangError):
    code = "BAT-05"
    what = "这一批没有入库：{stops}。"
    why = "这样的文件往往是单位写错、年份写错或送错了人。"
    do = "请核对原文件；确认无误的，写明理由再入库。"


class LikeUnanswered(ShouwangError):
    code = "BAT-13"
    what = "这一批没有入库：{like}。"
    why = "更正的文件要换下原来那一批，不能加在它旁边。"
    do = "如果这个文件是更正，请先撤销原来那一批，再重新比对；确实是另外的，请选“{answer}”。"


class FileTooLarge(ShouwangError):
    code = "BAT-06"
    what = "“{file}”有 {size} MB，超过 {limit} MB，没有收。"
    do = "请按月份或单位分成几个文件上报，或另存为“CSV UTF-8”。"


class FileEmpty(ShouwangError):
    code = "BAT-07"
    what = "“{file}”是空的，没有收。"
    do = "请核对选的是不是这个文件。"


class NotTheirs(ShouwangError):
    code = "BAT-08"
    what = "“{title}”由{department}上报。"


class ColumnsWrong(ShouwangError):
    code = "BAT-09"
    what = "列的对应没有保存：{problem}。"
    do = "每一列只能对应一次，带“必填”的列都要对应。"


def receive_file(
    *, by: Actor, unit: Unit, feed: str, file_name: str, content: bytes, department: str = "", as_of: date | None = None
) -> SourceBatch:
    """Keep a file, encrypted, for the worker to read. Raises FileKnown for one that came before, NoRoom on a full disk."""
    found = find_feed(feed)
    allowed = _permit(by, unit, department)
    name, size = Path(file_name).name[-200:], len(content)
    if not content:
        raise FileEmpty(file=name)
    if size > LARGEST_BYTES:
        raise FileTooLarge(file=name, size=-(-size // (1 << 20)), limit=LARGEST_BYTES >> 20)
    require_room(settings.SHOUWANG_HOME)
    batch = _new(unit, found, name, hashlib.sha256(content).hexdigest(), department, as_of)
    with transaction.atomic():
        _refuse_known(batch)
        batch.state = BatchState.QUEUED
        batch.save(force_insert=True)
        bodies.keep(batch, content)
        step(batch, BatchState.QUEUED, person_of(by))
        audit.record(
            by=by, post=allowed, verb="batch.received", target=batch, feed=found.id, file=name, sha256=batch.sha256,
            size=size,
        )  # fmt: skip
    return batch


def stage_batch(
    *, by: Actor, unit: Unit, table: str, path: Path, file_name: str, department: str = "", as_of: date | None = None
) -> SourceBatch:
    """Read a file at once and show what would become of every row. `table` is a feed or a standard table.

    Raises a SourceError for a file that cannot be used, and then nothing of it is kept; FileKnown for one that came before.
    """
    found = find_feed(table)
    _permit(by, unit, department)
    batch = _new(unit, found, Path(file_name).name, hashlib.sha256(path.read_bytes()).hexdigest(), department, as_of)
    with scratch_folder() as scratch:
        _refuse_known(batch)
        named = scratch / batch.file_name
        shutil.copyfile(path, named)
        file = open_file(named, found.reading, scratch / "staged")
        with transaction.atomic():
            batch.state = BatchState.READING
            batch.save(force_insert=True)
            BatchWork(batch=batch, beat_at=timezone.now()).save(force_insert=True)
            step(batch, BatchState.READING, person_of(by))
        take_in(batch, file, Beat(batch))
    return SourceBatch.objects.select_related("unit").get(pk=batch.pk)


@transaction.atomic
def assign_columns(*, by: Actor, batch: SourceBatch, columns: Mapping[str, str]) -> SourceBatch:
    """Say which column of the file is which, for this batch and the next of its kind; the file is read again."""
    allowed = _permit(by, batch.unit, batch.department)
    batch = hold_batch(batch)
    if batch.state not in (BatchState.MAPPING, BatchState.STAGED) or not bodies.has_body(batch):
        raise NotReady(state=batch.get_state_display(), act="改列的对应")
    chosen = {name: header for name, header in columns.items() if header}
    _check_columns(feed_of_batch(batch), chosen)
    batch.mapping = chosen
    batch.save(update_fields=["mapping"])
    feed = batch.feed or batch.table
    ColumnMemory.objects.update_or_create(
        unit=batch.unit, department=batch.department, feed=feed, defaults={"headers": chosen}
    )
    step(batch, BatchState.QUEUED, person_of(by), "对应了列，重新读取")
    audit.record(by=by, post=allowed, verb="batch.columns_assigned", target=batch, feed=feed, columns=chosen)
    return batch


def compare_again(*, by: Actor, batch: SourceBatch, later: bool = False) -> SourceBatch:
    """Read a file anew because the registry has moved on: at once, or `later` by the worker."""
    allowed = _permit(by, batch.unit, batch.department)
    with transaction.atomic():
        batch = hold_batch(batch)
        if batch.state != BatchState.STAGED or not bodies.has_body(batch):
            raise NotReady(state=batch.get_state_display(), act="重新比对")
        step(batch, BatchState.QUEUED, person_of(by), "台账有变化，重新比对")
        audit.record(by=by, post=allowed, verb="batch.compared_again", target=batch, file=batch.file_name)
    if not later:
        perform(batch)
    return SourceBatch.objects.select_related("unit").get(pk=batch.pk)


def confirm_batch(
    *, by: Actor, batch: SourceBatch, reason: str = "", others: bool = False, later: bool = False
) -> SourceBatch:
    """Let a batch count: at once, or `later` by the worker. May be called again after it was broken off.

    Raises StopsUnanswered where the batch is not what one would expect and no reason is given; LikeUnanswered where rows
    look like corrections and nobody says that they are `others`; ComparisonOld where the registry has moved on since.
    """
    allowed = _permit(by, batch.unit, batch.department)
    with transaction.atomic():
        batch = hold_batch(batch)
        if batch.state not in (BatchState.STAGED, BatchState.PUBLISHING):
            raise NotReady(state=batch.get_state_display(), act="确认入库")
        if batch.state == BatchState.STAGED:
            refuse_old_comparison(batch)
            _acknowledge(by, allowed, batch, reason.strip(), others)
    if not later:
        perform(batch)
    return SourceBatch.objects.select_related("unit").get(pk=batch.pk)


def _acknowledge(by: Actor, allowed: Post | None, batch: SourceBatch, reason: str, others: bool) -> None:
    """From what was found to the posting; what somebody answered is kept in the steps and the audit trail."""
    stops, like = stops_of(batch), like_of(batch)
    if stops and not reason:
        raise StopsUnanswered(stops="；".join(stops))
    if like and not others:
        raise LikeUnanswered(like=like_words(batch), answer=others_words(batch))
    answer = f"{like:,} 行：{others_words(batch)}" if like else ""
    step(batch, BatchState.PUBLISHING, person_of(by), "；".join(part for part in (reason, answer) if part))
    if reason or answer:
        audit.record(
            by=by, post=allowed, verb="batch.acknowledged", target=batch, reason=reason, found=stops, answer=answer,
        )  # fmt: skip


@transaction.atomic
def undo_batch(*, by: Actor, batch: SourceBatch, reason: str) -> SourceBatch:
    """Take a whole batch out. Its rows stay on record and count no longer; the file may then be sent again."""
    allowed = _permit(by, batch.unit, batch.department)
    batch = hold_batch(batch)
    if not reason.strip():
        raise UndoReasonNeeded()
    if batch.state in GONE:
        raise NotReady(state=batch.get_state_display(), act="撤销")
    was = batch.state
    step(batch, BatchState.UNDONE, person_of(by), reason)
    bodies.drop(batch)
    audit.record(by=by, post=allowed, verb="batch.undone", target=batch, before=was, reason=reason, table=batch.table)
    return batch


# ---- parts


def _permit(by: Actor, unit: Unit, department: str) -> Post | None:
    if isinstance(by, Console):
        return permit(by, Permission.SOURCE_UPLOAD, unit)
    return require(by, Permission.SOURCE_UPLOAD, unit, department)


def _new(unit: Unit, feed: Feed, name: str, digest: str, department: str, as_of: date | None) -> SourceBatch:
    """An unsaved batch. A department's feed is that department's, whoever of the office brings it."""
    if feed.department and feed.department != department:
        raise NotTheirs(title=feed.title, department=feed.department_name)
    today = timezone.localdate()
    if as_of and as_of > today:
        raise InTheFuture(what_day="资料截至日期", day=as_of)
    return SourceBatch(
        unit=unit, **unit.scope_columns, department=department, table=feed.table.name,
        feed="" if feed.is_standard else feed.id, file_name=name[-200:], sha256=digest, as_of=as_of or today,
    )  # fmt: skip


def _refuse_known(batch: SourceBatch) -> None:
    """The same file of the same kind in the same regiment counts once; one broken off in mid-reading may come again."""
    here = Q(regiment=batch.regiment_id) if batch.regiment_id else Q(unit=batch.unit_id)
    same = SourceBatch.objects.filter(here, table=batch.table, feed=batch.feed, sha256=batch.sha256)
    for known in same.exclude(state__in=GONE):
        first = known.steps.first()
        began = first.at if first else timezone.now()
        if known.state == BatchState.READING and claim(known, (BatchState.READING,)) and not bodies.has_body(known):
            step(known, BatchState.UNDONE, None, "读取中断")
            continue
        when = f"{timezone.localtime(began):%Y-%m-%d %H:%M}"
        raise FileKnown(when=when, state=known.get_state_display(), batch=known.uuid)


def _check_columns(feed: Feed, chosen: Mapping[str, str]) -> None:
    reading = {column.name: column for column in feed.reading.columns}
    if unknown := set(chosen) - set(reading):
        raise ColumnsWrong(problem=f"没有“{'、'.join(sorted(unknown))}”这一列")
    if len(set(chosen.values())) < len(chosen):
        raise ColumnsWrong(problem="文件里的一列对应了两次")
    if missing := [c.header for c in reading.values() if c.required and c.name not in chosen]:
        raise ColumnsWrong(problem=f"还缺“{'”“'.join(missing)}”")
    if feed.by_person and not ({"id_number"} <= set(chosen) or {"name", "birth_date"} <= set(chosen)):
        raise ColumnsWrong(problem="要有“身份证号”，或者“姓名”和“出生日期”两列，才知道是谁")


__all__ = [
    "DEAD_AFTER", "NotReady", "assign_columns", "compare_again", "confirm_batch", "hold_batch", "receive_file",
    "stage_batch", "undo_batch",
]  # fmt: skip
