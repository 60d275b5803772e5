"""What every stage of a batch shares: holding it, taking a step, saying that one is still at work, and what is refused."""

from __future__ import annotations

from collections.abc import Container
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from shouwang.accounts.audit import Actor
from shouwang.accounts.models import Post, User
from shouwang.accounts.origin import Console
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import post_for
from shouwang.registry.models import BatchState, BatchStep, BatchWork, SourceBatch
from shouwang.units.errors import ShouwangError

#: A batch without a sign of life for so long was broken off: longer than a reader of one file may be silent.
DEAD_AFTER = timedelta(minutes=3)


class NotReady(ShouwangError):
    code = "BAT-03"
    conflict = True
    what = "这一批现在是“{state}”，不能{act}。"
    do = "请刷新页面，查看它的最新状态。"


class TakenOver(Exception):
    """Somebody else is at work on the batch, or it was undone: what this process had in hand is void."""


def hold_batch(batch: SourceBatch) -> SourceBatch:
    """The batch as it is now, locked until the transaction ends."""
    return SourceBatch.objects.select_for_update(of=("self",), no_key=True).select_related("unit").get(pk=batch.pk)


def step(batch: SourceBatch, state: BatchState, by: User | None, reason: str = "") -> None:
    """Move a batch on, and keep who did it."""
    batch.state = state
    batch.save(update_fields=["state"])
    BatchStep(batch=batch, state=state, by=by, reason=reason[:400]).save(force_insert=True)


def sender_of(batch: SourceBatch) -> User | None:
    """Who took the last step of a batch: on whose behalf the worker works. None: the console."""
    last = batch.steps.select_related("by").order_by("-pk").first()
    return last.by if last else None


def actor(user: User | None) -> Actor:
    """A person, or the console where there is none."""
    return Console() if user is None else user


def person_of(by: Actor) -> User | None:
    """The account to be named beside a row; the console has none and is named in the audit trail."""
    return by if isinstance(by, User) else None


def standing_post(batch: SourceBatch, user: User | None) -> Post | None:
    """The post the audit trail names beside work done in the background."""
    return post_for(user, Permission.SOURCE_UPLOAD, batch.unit, batch.department) if user else None


def work_of(batch: SourceBatch) -> BatchWork:
    """How far a batch is; unsaved for one that came with a whole package."""
    return BatchWork.objects.filter(batch=batch).first() or BatchWork(batch=batch)


class Beat:
    """A process's hold on a batch: every sign of life carries the progress, and fails once somebody else took over."""

    def __init__(self, batch: SourceBatch) -> None:
        self.mine = BatchWork.objects.filter(batch=batch, batch__state=batch.state)
        self.at = work_of(batch).beat_at

    def __call__(self, progress: str, done: int, total: int) -> None:
        """Say so. Inside a transaction it undoes the lot of a process that came too late. Raises TakenOver."""
        now = timezone.now()
        same = self.mine.filter(beat_at=self.at)
        if not same.update(beat_at=now, progress=progress, done=done, total=max(total, done)):
            raise TakenOver
        self.at = now


@transaction.atomic
def claim(batch: SourceBatch, states: Container[str]) -> SourceBatch | None:
    """Take a batch in hand if it waits in one of these states, or whoever had it is dead. Of two processes one gets it."""
    now, held = timezone.now(), hold_batch(batch)
    work = work_of(held)
    if held.state not in states or (work.beat_at and now - work.beat_at < DEAD_AFTER):
        return None
    work.progress, work.done, work.total, work.beat_at = "", 0, 0, now
    work.save()
    if held.state == BatchState.QUEUED:
        held.state = BatchState.READING
        held.save(update_fields=["state"])
    return held


def let_go(batch: SourceBatch, problem: str = "", measures: dict[str, Any] | None = None) -> None:
    """The work in hand is done: the batch waits for a person again, or for nobody."""
    work = work_of(batch)
    work.progress, work.beat_at, work.problem = "", None, problem[:600]
    work.measures = work.measures if measures is None else measures
    work.save()
