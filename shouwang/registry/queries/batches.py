"""Batches, their rows, and the comparison workbench: doubtful rows beside the people they may be about."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.registry.models import BatchState, Person, SourceBatch, SourceRow
from shouwang.registry.models.batch import OPEN
from shouwang.registry.queries.paging import SIZE, Page, page_of
from shouwang.registry.reading import read_row
from shouwang.registry.recognise import candidates
from shouwang.registry.sidebyside import Spelling, masked_apart, spelled_apart
from shouwang.terms.tables import BY_NAME

_SHOWN = 20


@dataclass(frozen=True)
class RowLine:
    """One row of a file as its sender may see it; the citizen number masked."""

    row: SourceRow
    cells: dict[str, str]


@dataclass(frozen=True)
class Candidate:
    """Somebody a doubtful row may be about: each column as (theirs, the row's), with what differs marked."""

    person: Person
    columns: dict[str, tuple[Spelling, Spelling]]


@dataclass(frozen=True)
class Comparison:
    """One doubtful row and its candidates, the likeliest first."""

    row: SourceRow
    cells: dict[str, str]
    candidates: Sequence[Candidate]


def batches_for(
    user: User, *, state: BatchState | None = None, table: str = "", after: int | None = None, size: int = SIZE
) -> Page[SourceBatch]:
    """The batches a user may see, newest first: a department its own, the office all of its regiment."""
    rows: QuerySet[SourceBatch] = SourceBatch.objects.visible_to(user).select_related("unit")
    if state is not None:
        rows = rows.filter(state=state)
    if table:
        rows = rows.filter(table=table)
    return page_of(rows.prefetch_related("steps__by"), "pk", after=after, size=size, falling=True)


def batch_for(user: User, uuid: UUID | str) -> SourceBatch:
    """A batch the user may see. Http404 for any other."""
    found = SourceBatch.objects.visible_to(user).select_related("unit").filter(uuid=uuid).first()
    if found is None:
        raise Http404("没有这一批，或您无权查看。")
    return found


def rows_for(
    user: User, batch: SourceBatch, *, outcomes: Sequence[str] = (), after: int | None = None, size: int = SIZE
) -> Page[RowLine]:
    """Rows of a batch the user may see, in file order."""
    rows = SourceRow.objects.visible_to(user).filter(batch=batch)
    if outcomes:
        rows = rows.filter(outcome__in=outcomes)
    page = page_of(rows, "row", after=after, size=size)
    lines = [RowLine(row, _masked(cells_of(row))) for row in page.rows]
    return Page(lines, page.count, page.capped, page.after, page.before)


def workbench_rows(
    user: User, *, batch: SourceBatch | None = None, after: int | None = None, size: int = _SHOWN
) -> Page[Comparison]:
    """Doubtful rows for somebody who may decide them. Those put off come last, by asking for them again."""
    rows = SourceRow.objects.visible_to(user, Permission.MATCH_DECIDE).filter(
        outcome__in=OPEN, batch__state__in=[BatchState.STAGED, BatchState.CONFIRMED]
    )
    if batch is not None:
        rows = rows.filter(batch=batch)
    page = page_of(rows.select_related("batch__unit"), "pk", after=after, size=size)
    return Page([compared(row) for row in page.rows], page.count, page.capped, page.after, page.before)


def compared(row: SourceRow) -> Comparison:
    """A row beside its candidates."""
    cells = cells_of(row)
    values = read_row(BY_NAME[row.batch.table], row.row, cells).values
    name, number, born = values.get("name") or "", values.get("id_number") or "", values.get("birth_date")
    people = candidates(name, number, born if isinstance(born, date) else None, row.batch.unit)
    return Comparison(row, _masked(cells), [_candidate(person, name, number, born) for person in people])


def cells_of(row: SourceRow) -> dict[str, Any]:
    """The cells of a row as they stood in the file, opened."""
    cells: dict[str, Any] = json.loads(row.cells) if row.cells else {}
    return cells


def _candidate(person: Person, name: str, number: str, born: date | None) -> Candidate:
    columns = {
        "name": spelled_apart(person.name, name),
        "id_number": masked_apart(person.citizen, number),
        "birth_date": spelled_apart(str(person.birth_date or ""), str(born or "")),
    }
    return Candidate(person, columns)


def _masked(cells: dict[str, Any]) -> dict[str, str]:
    shown = {name: str(value) for name, value in cells.items() if value is not None}
    if "id_number" in shown:
        shown["id_number"] = "".join(char for char, _ in masked_apart("", shown["id_number"])[1])
    return shown
