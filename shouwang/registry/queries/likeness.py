"""Rows of a batch that tell with another figure what the registry holds already, each beside what it is like.

What came from a batch the user may not see, about a household they may not see, is not shown to them: only that it is there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import QuerySet

from shouwang.accounts.models import User
from shouwang.registry.batch_steps import work_of
from shouwang.registry.feeds import facts_reader, feed_of_batch, reading_of
from shouwang.registry.models import SourceBatch, SourceRow
from shouwang.registry.publish import MODELS, Values, facts_of
from shouwang.registry.queries.batches import cells_of, row_list
from shouwang.registry.reading import read_row


@dataclass(frozen=True)
class Likeness:
    """A row, what it says, and the fact it is like; `old` None: not for this user. `batch`: where `old` came from, if seen."""

    row: SourceRow
    new: Values
    old: models.Model | None
    batch: SourceBatch | None


@dataclass(frozen=True)
class Former:
    """A batch that some rows may be meant to replace, and how many; of the rows listed."""

    batch: SourceBatch
    rows: int


def like_rows(user: User, batch: SourceBatch) -> QuerySet[SourceRow]:
    """The rows that are listed, unpaged."""
    return row_list(user, batch).filter(row__in=list(_pairs(batch)))


def likenesses(user: User, batch: SourceBatch, rows: Sequence[SourceRow]) -> list[Likeness]:
    """Some of them beside what they are like."""
    pairs, table, facts = _pairs(batch), reading_of(batch), facts_reader(feed_of_batch(batch))
    facts_there = MODELS[batch.table]._default_manager
    wanted = {pairs[row.row] for row in rows}
    old = facts_there.select_related("batch").in_bulk(wanted)
    seen = set(facts_there.visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True))  # type: ignore[attr-defined]
    batches = _seen_batches(user, {one.batch_id for one in old.values() if one.batch_id})  # type: ignore[attr-defined]
    found = []
    for row in rows:
        fact = old.get(pairs[row.row])
        came = batches.get(fact.batch_id) if fact else None  # type: ignore[attr-defined]
        (new,) = facts_of(
            batch.table, facts(read_row(table, row.row, cells_of(row)).values), row.person_id, row.household_id
        )
        found.append(Likeness(row, new, fact if fact and (came or fact.pk in seen) else None, came))
    return found


def former_batches(user: User, batch: SourceBatch) -> list[Former]:
    """Where what they are like came from, the most first; what no batch brought, or one the user may not see, left out."""
    there = MODELS[batch.table]._default_manager.filter(pk__in=list(_pairs(batch).values()), batch__isnull=False)
    counted = Counter(there.values_list("batch", flat=True))
    batches = _seen_batches(user, set(counted))
    return [Former(batches[pk], n) for pk, n in counted.most_common() if pk in batches]


def _pairs(batch: SourceBatch) -> dict[int, int]:
    """Row number → key of the fact it is like."""
    return dict(work_of(batch).measures.get("pairs", []))


def _seen_batches(user: User, keys: set[int]) -> dict[int, SourceBatch]:
    return SourceBatch.objects.visible_to(user).in_bulk(keys)
