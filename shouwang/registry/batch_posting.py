"""Letting a batch count: its rows become facts in lots of short transactions, and one last transaction turns the switch.

Broken off anywhere, nothing counts, and doing it again goes on where it stopped: a row is posted once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db import transaction

from shouwang.accounts import audit
from shouwang.accounts.audit import Actor
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
from shouwang.registry.follow import follow
from shouwang.registry.models import BatchState, LedgerEntry, SourceBatch, SourceRow
from shouwang.registry.models.batch import TAKEN, owner_of
from shouwang.registry.publish import MODELS, facts_of
from shouwang.registry.reading import read_row

_LOT = 500
POSTING = "写入台账"


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
            rows = list(held.rows.filter(outcome__in=TAKEN, row__gt=last)[:_LOT])
            if held.state != BatchState.PUBLISHING:
                raise TakenOver
            done += len(rows)
            beat(POSTING, done, total)
            publish_rows(held, rows, by)
            if not rows:
                _switch(held, by, allowed)
                return
        last = rows[-1].row


def publish_rows(batch: SourceBatch, rows: Sequence[SourceRow], by: Actor) -> int:
    """Post the facts of some rows, those posted before left out. Returns how many were added."""
    model, table, facts_in = MODELS[batch.table], reading_of(batch), facts_reader(feed_of_batch(batch))
    owner = owner_of(model)
    posted = model._default_manager.filter(batch=batch, row__in=[row.row for row in rows])
    there = set(posted.values_list("row", f"{owner}_id"))
    facts = []
    for row in rows:
        if (row.row, getattr(row, f"{owner}_id")) not in there:
            values = facts_in(read_row(table, row.row, json.loads(row.cells)).values)
            facts += facts_of(batch, row.row, values, row.person_id, row.household_id)
    made = model._default_manager.bulk_create(facts)
    if model is LedgerEntry:
        follow(made, person_of(by))
    return len(made)


def _switch(batch: SourceBatch, by: Actor, allowed: Post | None) -> None:
    """From here on its facts count."""
    let_go(batch)
    step(batch, BatchState.CONFIRMED, person_of(by))
    audit.record(
        by=by, post=allowed, verb="batch.confirmed", target=batch, table=batch.table, feed=batch.feed,
        sha256=batch.sha256, counts=batch.counts,
    )  # fmt: skip
