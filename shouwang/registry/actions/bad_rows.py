"""The rows of a batch that could not be used, as they came, each with its reason: to be put right and sent again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shouwang.accounts import audit
from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import require
from shouwang.registry import bodies
from shouwang.registry.feeds import REASON_HEADER, feed_of_batch, reading_of
from shouwang.registry.models import SourceBatch, SourceRow
from shouwang.registry.models.batch import BAD
from shouwang.registry.queries.batches import cells_of
from shouwang.sources import peek
from shouwang.terms.tables import Table
from shouwang.units.errors import ShouwangError


class NothingBad(ShouwangError):
    code = "BAT-10"
    what = "这一批没有要改的行。"


@dataclass(frozen=True)
class BadRows:
    """Headings and rows, the reason last. The numbers stand whole: the sender's own, to be corrected by the sender."""

    title: str
    columns: list[str]
    rows: Iterator[list[str]]


def take_bad_rows(*, by: User, batch: SourceBatch) -> BadRows:
    """Every column of the file in its order, then the reason; for those who may send the batch."""
    post = require(by, Permission.SOURCE_UPLOAD, batch.unit, batch.department)
    rows = list(batch.rows.filter(outcome__in=BAD).order_by("row"))
    if not rows:
        raise NothingBad()
    table = reading_of(batch)
    original = _original(batch, table, {row.row for row in rows})
    audit.note(by=by, post=post, verb="batch.bad_rows_taken", target=batch, unit=batch.unit, rows=len(rows))
    head = [*original.header]
    keep = [place for place, name in enumerate(head) if name.strip() != REASON_HEADER]
    lines = ([*_cells(original.rows.get(row.row, []), keep), _why(row)] for row in rows)
    return BadRows(feed_of_batch(batch).title, [*(head[place] for place in keep), REASON_HEADER], lines)


def _original(batch: SourceBatch, table: Table, wanted: set[int]) -> peek.Original:
    """From the file itself; for a batch whose file is no longer kept, from the columns that were read."""
    if bodies.has_body(batch):
        with bodies.opened(batch) as path:
            return peek.original(path, table, path.name, wanted)
    columns = table.columns
    cells = {row.row: cells_of(row) for row in batch.rows.filter(row__in=wanted)}
    return peek.Original(
        [column.header for column in columns],
        {number: [str(told.get(column.name) or "") for column in columns] for number, told in cells.items()},
    )


def _cells(row: list[str], keep: list[int]) -> list[str]:
    return [row[place] if place < len(row) else "" for place in keep]


def _why(row: SourceRow) -> str:
    where = f"“{row.column}”" if row.column and row.column not in row.reason else ""
    return f"第{row.row}行：{where}{row.reason}。{row.advice}"
