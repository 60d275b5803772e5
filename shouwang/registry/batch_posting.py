"""Letting a batch count: its rows become facts in lots of short transactions, and one last transaction turns the switch.

Broken off anywhere, nothing counts, and doing it again goes on where it stopped: a row is posted once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from shouwang.accounts import audit
from shouwang.accounts.audit import Actor
from shouwang.accounts.crypto import field_ring
from shouwang.accounts.models import Post
from shouwang.registry.batch_steps import (
    Beat,
    TakenOver,
    actor,
    hold_batch,
    let_go,
    person_of,
    sender_of,
    standing_post,
    step,
)
from shouwang.registry.feeds import facts_reader, feed_of_batch, reading_of
from shouwang.registry.follow import follow, left
from shouwang.registry.models import BatchState, LedgerEntry, SourceBatch, SourceRow
from shouwang.registry.models.batch import TAKEN, owner_of
from shouwang.registry.publish import MODELS, facts_of, insert
from shouwang.registry.reading import read_row

_LOT = 500
_CELLS = f"{SourceRow._meta.db_table}.cells"
POSTING = "写入台账"


class Taken(NamedTuple):
    """A row that becomes facts: its number, its cells opened, and whose it is."""

    row: int
    cells: dict[str, Any]
    person_id: int | None
    household_id: int | None


def post_batch(batch: SourceBatch) -> None:
    """Post a claimed batch to its end."""
    sender = sender_of(batch)
    try:
        post_rows(batch, actor(sender), standing_post(batch, sender))
    except TakenOver:
        return


def post_rows(batch: SourceBatch, by: Actor, allowed: Post | None) -> None:
    """Lot after lot, then the switch. Raises TakenOver where the batch is no longer this process's to post."""
    beat, last, done = Beat(batch), 0, 0
    total = batch.rows.filter(outcome__in=TAKEN).count()
    while True:
        with transaction.atomic():
            held = hold_batch(batch)
            rows = taken(held.rows.filter(outcome__in=TAKEN, row__gt=last)[:_LOT])
            if held.state != BatchState.PUBLISHING:
                raise TakenOver
            done += len(rows)
            beat(POSTING, done, total)
            publish_rows(held, rows, by)
            if not rows:
                _switch(held, by, allowed)
                return
        last = rows[-1].row


def taken(rows: QuerySet[SourceRow]) -> list[Taken]:
    """Rows of a batch opened to be posted, in the order of the query."""
    keys = field_ring()
    told = rows.values_list("row", "uuid", "cells", "person", "household")
    return [Taken(row, json.loads(cells.open(f"{_CELLS}.{uuid}", keys)), *whose) for row, uuid, cells, *whose in told]


def publish_rows(batch: SourceBatch, rows: Sequence[Taken], by: Actor) -> int:
    """Post the facts of some rows, those posted before left out. Returns how many were added."""
    model, table, facts_in = MODELS[batch.table], reading_of(batch), facts_reader(feed_of_batch(batch))
    owner = f"{owner_of(model)}_id"
    posted = model._default_manager.filter(batch=batch, row__in=[row.row for row in rows])
    there = set(posted.values_list("row", owner))
    new = [row for row in rows if (row.row, getattr(row, owner)) not in there]
    facts = [
        {**fact, "row": row.row}
        for row in new
        for fact in facts_of(
            batch.table, facts_in(read_row(table, row.row, row.cells).values), row.person_id, row.household_id
        )
    ]
    insert(batch, facts)
    if model is LedgerEntry:
        _follow_the_people(batch, new, by)
    return len(facts)


def _follow_the_people(batch: SourceBatch, rows: Sequence[Taken], by: Actor) -> None:
    """Lines of households that somebody has left since go where the people went; nearly always none."""
    whose = {row.row: row.person_id for row in rows}
    moved = left({row.household_id for row in rows if row.household_id})
    if moved:
        lines = LedgerEntry.objects.filter(batch=batch, row__in=whose, household__in=moved)
        follow([line for line in lines if line.row is not None and whose[line.row] == line.person_id], person_of(by))


def _switch(batch: SourceBatch, by: Actor, allowed: Post | None) -> None:
    """From here on its facts count."""
    let_go(batch)
    step(batch, BatchState.CONFIRMED, person_of(by))
    audit.record(
        by=by, post=allowed, verb="batch.confirmed", target=batch, table=batch.table, feed=batch.feed,
        sha256=batch.sha256, counts=batch.counts,
    )  # fmt: skip
