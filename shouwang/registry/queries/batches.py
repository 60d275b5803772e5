"""Batches and their rows, for those who sent them and for the office."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Max, QuerySet
from django.http import Http404
from django.utils import timezone

from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Level, Permission
from shouwang.accounts.scope import effective_posts, holds
from shouwang.policy.feed import STANDARD, Feed, feeds
from shouwang.registry import bodies
from shouwang.registry.models import BadRowsBook, BatchState, BatchStep, LedgerEntry, RowOutcome, SourceBatch, SourceRow
from shouwang.registry.models.batch import GONE, TAKEN
from shouwang.registry.publish import MODELS
from shouwang.registry.queries.paging import SIZE, Page, page_of
from shouwang.registry.sidebyside import masked_cells


@dataclass(frozen=True)
class RowLine:
    """One row of a file as its sender may see it; the citizen number masked."""

    row: SourceRow
    cells: dict[str, str]


@dataclass(frozen=True)
class FeedLine:
    """A feed somebody may deliver: for which unit, when it last came, and whether it is late."""

    feed: Feed
    unit: Unit
    delivered: date | None
    late: bool


@dataclass(frozen=True)
class Effect:
    """What a batch has put into the registry, and undoing it would take out again."""

    facts: int
    households: int
    amount_fen: int | None


def batches_for(
    user: User, *, state: BatchState | None = None, table: str = "", after: int | None = None, size: int = SIZE
) -> Page[SourceBatch]:
    """The batches a user may see, newest first: a department its own, the office all of its regiment."""
    rows = batch_list(user, state=state or "").filter(**({"table": table} if table else {}))
    return page_of(rows, "pk", after=after, size=size, falling=True)


def batch_list(user: User, *, state: str = "", feed: str = "", department: str = "") -> QuerySet[SourceBatch]:
    """The same, unpaged: for pages with filters."""
    rows: QuerySet[SourceBatch] = SourceBatch.objects.visible_to(user).select_related("unit")
    if state:
        rows = rows.filter(state=state)
    if feed:
        rows = rows.filter(table=feed, feed="") if feed in STANDARD else rows.filter(feed=feed)
    if department:
        rows = rows.filter(department=department)
    return rows.prefetch_related("steps__by")


def batch_for(user: User, uuid: UUID | str) -> SourceBatch:
    """A batch the user may see. Http404 for any other."""
    try:
        found = SourceBatch.objects.visible_to(user).select_related("unit").filter(uuid=uuid).first()
    except (ValueError, ValidationError):
        found = None
    if found is None:
        raise Http404("没有这一批，或您无权查看。")
    return found


def rows_for(
    user: User, batch: SourceBatch, *, outcomes: Sequence[str] = (), after: int | None = None, size: int = SIZE
) -> Page[RowLine]:
    """Rows of a batch the user may see, in file order."""
    page = page_of(row_list(user, batch, outcomes), "row", after=after, size=size)
    return Page([line_of(row) for row in page.rows], page.count, page.capped, page.after, page.before)


def row_list(user: User, batch: SourceBatch, outcomes: Sequence[str] = ()) -> QuerySet[SourceRow]:
    """The same, unpaged."""
    rows = SourceRow.objects.visible_to(user).filter(batch=batch).select_related("household", "person")
    return rows.filter(outcome__in=outcomes) if outcomes else rows


def line_of(row: SourceRow) -> RowLine:
    """A row with its cells opened, and the number in them masked."""
    return RowLine(row, masked_cells(cells_of(row)))


def cells_of(row: SourceRow) -> dict[str, Any]:
    """The cells of a row as they stood in the file, opened."""
    cells: dict[str, Any] = json.loads(row.cells) if row.cells else {}
    return cells


def outcomes_now(batch: SourceBatch) -> dict[str, int]:
    """How many rows have which outcome now that people have decided some of them; all are named."""
    if not batch.rows.exists():
        return {outcome.value: batch.counts.get(outcome.value, 0) for outcome in RowOutcome}
    found = {outcome.value: 0 for outcome in RowOutcome}
    for outcome in batch.rows.order_by().values_list("outcome", flat=True).distinct():
        found[outcome] = batch.rows.filter(outcome=outcome).count()
    return found


def effect_of(batch: SourceBatch) -> Effect:
    """Counted from what is there, moves that followed a split or merger included."""
    facts = MODELS[batch.table]._default_manager.filter(batch=batch)
    households = batch.rows.filter(outcome__in=TAKEN, household__isnull=False).values("household").distinct().count()
    money = None
    if MODELS[batch.table] is LedgerEntry:
        money = sum(facts.values_list("amount_fen", flat=True))
    return Effect(facts.count(), households, money)


def may_send(user: User, batch: SourceBatch) -> bool:
    """Whether the user may confirm, undo and correct the batch."""
    return SourceBatch.objects.visible_to(user, Permission.SOURCE_UPLOAD).filter(pk=batch.pk).exists()


def bad_rows_of(user: User, batch: SourceBatch) -> BadRowsBook | None:
    """How far the workbook of its bad rows is, without the workbook; None where nobody has asked, or the user may not."""
    return BadRowsBook.objects.visible_to(user).defer("sealed").filter(batch=batch).first()


def tops_for(user: User, batch: SourceBatch) -> bodies.Tops:
    """The first rows of a file whose columns somebody has to assign; only for those who may."""
    return bodies.tops_of(batch) if may_send(user, batch) else {}


def feed_lines(user: User, today: date | None = None) -> list[FeedLine]:
    """What the user may deliver: a department its own feeds, the office those of every department of its regiment."""
    today = today or timezone.localdate()
    lines = []
    for unit in _departments(user):
        own = [feed for feed in feeds().values() if feed.department == unit.department]
        came = _delivered(unit)
        for feed in own:
            last = came.get(feed.id)
            lines.append(FeedLine(feed, unit, last, feed.cadence.is_late(last, today)))
    return lines


def sending_unit(user: User, feed: Feed) -> Unit | None:
    """The unit in whose name the user may deliver a feed; None where they may not."""
    if feed.is_standard:
        posts = [post for post in effective_posts(user) if Permission.SOURCE_UPLOAD in post.role_class.permissions]
        return next((post.unit for post in posts if post.unit.level == Level.REGIMENT), None)
    return next((unit for unit in _departments(user) if unit.department == feed.department), None)


def _departments(user: User) -> list[Unit]:
    if not (holds(user, Permission.SOURCE_UPLOAD) or holds(user, Permission.SOURCE_VIEW)):
        return []
    found: dict[int, Unit] = {}
    for post in effective_posts(user):
        if Permission.SOURCE_UPLOAD not in post.role_class.permissions:
            continue
        if post.unit.level == Level.DEPARTMENT:
            found[post.unit.pk] = post.unit
        elif post.unit.level == Level.REGIMENT:
            departments = Unit.objects.filter(level=Level.DEPARTMENT, regiment=post.unit, closed_on=None)
            found |= {unit.pk: unit for unit in departments.exclude(department="")}
    order = {feed.department: place for place, feed in enumerate(feeds().values())}
    return sorted(found.values(), key=lambda unit: (order.get(unit.department, len(order)), unit.pk))


def _delivered(unit: Unit) -> dict[str, date]:
    """The day each feed of a department last came, those undone or refused aside."""
    standing = SourceBatch.objects.filter(regiment=unit.regiment_id, department=unit.department).exclude(state__in=GONE)
    first = BatchStep.objects.filter(batch__in=standing.values("pk"), state__in=["queued", "reading"])
    rows = first.order_by().values_list("batch__feed").annotate(last=Max("at"))
    return {feed: timezone.localtime(at).date() for feed, at in rows}
