"""Deciding whom a doubtful row is about: this person, none of them, or later; and taking a decision back.

Nothing is deleted by either. Facts posted for a row stand while the row is somebody's (`Standing.standing`), so a decision
taken back stops counting at once, and the audit trail keeps both.
"""

from __future__ import annotations

import json
from datetime import datetime
from enum import Enum

from django.db import transaction
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.actions.permit import permit
from shouwang.accounts.audit import Actor
from shouwang.accounts.models import AuditEvent, Post
from shouwang.accounts.roles import Permission
from shouwang.registry.actions.batches import NotReady, hold_batch
from shouwang.registry.actions.locking import person_of
from shouwang.registry.batch_posting import publish_rows, taken
from shouwang.registry.bodies import drop_bad_rows
from shouwang.registry.models import BatchState, LedgerEntry, Person, RowOutcome, SourceBatch, SourceRow
from shouwang.registry.models.batch import OPEN
from shouwang.units.errors import ShouwangError

BY_HAND = "人工判定"


class Verdict(Enum):
    IS = "is"
    NOBODY = "not"
    LATER = "later"


class DecidedBefore(ShouwangError):
    code = "MAT-01"
    conflict = True
    what = "第{row}行已由{who}于{when}判定为“{outcome}”{whom}。"
    do = "如判定有误，可以撤回那次判定，再重新判定。"


class WhoIsIt(ShouwangError):
    code = "MAT-02"
    what = "没有选择是哪一个人。"


class OutOfReach(ShouwangError):
    code = "MAT-03"
    what = "{name} 不在上报单位所属的团场。"


class NothingToTakeBack(ShouwangError):
    code = "MAT-04"
    conflict = True
    what = "第{row}行现在没有人工判定，不需要撤回。"
    do = "可能已有人撤回，请看这一行的最新情况。"


class MovedOn(ShouwangError):
    code = "MAT-05"
    what = "第{row}行计入的收支后来已冲销，或已随分户、并户转走，不能单独撤回。"
    do = "请在户档案里冲销；整批有误的，请上报单位撤销这一批。"


@transaction.atomic
def decide_match(*, by: Actor, row: SourceRow, verdict: Verdict, person: Person | None = None) -> SourceRow:
    """Decide one row. Where its batch counts already, so does the row from now on."""
    batch, allowed = _hold(by, row, "判定")
    row = (
        SourceRow.objects.select_for_update(of=("self",), no_key=True)
        .select_related("decided_by", "person")
        .get(pk=row.pk)
    )
    before = row.outcome
    if before not in OPEN:
        raise DecidedBefore(**_told(row))
    if verdict is Verdict.IS:
        _check(person, row)
        row.outcome, row.person, row.how = RowOutcome.MATCHED, person, BY_HAND
        row.household = person.home if person else None
    elif verdict is Verdict.NOBODY:
        row.outcome = RowOutcome.REFUSED
    row.decided_by, row.decided_at = person_of(by), timezone.now()
    row.save(update_fields=["outcome", "person", "household", "how", "decided_by", "decided_at"])
    if verdict is Verdict.IS and batch.state == BatchState.CONFIRMED:
        publish_rows(batch, taken(batch.rows.filter(pk=row.pk)), by)
    audit.record(
        by=by, post=allowed, verb="match.decided", target=batch, row=row.row, verdict=verdict.value, before=before,
        person=person.uuid if person else None,
    )  # fmt: skip
    return row


@transaction.atomic
def take_back_match(*, by: Actor, row: SourceRow, decided_at: datetime | None = None) -> SourceRow:
    """Take back what a person decided of a row: it waits again, and what was posted for it counts no longer.

    `decided_at` is the decision the user looked at: one that somebody has made anew meanwhile is not taken back unseen.
    """
    batch, allowed = _hold(by, row, "撤回判定")
    row = (
        SourceRow.objects.select_for_update(of=("self",), no_key=True)
        .select_related("decided_by", "person")
        .get(pk=row.pk)
    )
    if row.decided_at is None:
        raise NothingToTakeBack(row=row.row)
    if decided_at is not None and row.decided_at != decided_at:
        raise DecidedBefore(**_told(row))
    _refuse_moved(batch, row)
    before, whom = row.outcome, row.person
    row.outcome = before if before in OPEN else _outcome_before(batch, row)
    row.person, row.household, row.how = None, None, ""
    row.decided_by, row.decided_at = None, None
    row.save(update_fields=["outcome", "person", "household", "how", "decided_by", "decided_at"])
    audit.record(
        by=by, post=allowed, verb="match.taken_back", target=batch, row=row.row, before=before, after=row.outcome,
        person=whom.uuid if whom else None,
    )  # fmt: skip
    return row


def _hold(by: Actor, row: SourceRow, act: str) -> tuple[SourceBatch, Post | None]:
    """The batch, locked, and the post that allows it; only while its rows can be decided. Its workbook of bad rows is void."""
    batch = hold_batch(row.batch)
    allowed = permit(by, Permission.MATCH_DECIDE, batch.unit)
    if batch.state not in (BatchState.STAGED, BatchState.CONFIRMED):
        raise NotReady(state=batch.get_state_display(), act=act)
    drop_bad_rows(batch)
    return batch, allowed


def _refuse_moved(batch: SourceBatch, row: SourceRow) -> None:
    """A line of the ledger that was reversed or carried along would leave its counterpart behind."""
    for entry in LedgerEntry.objects.filter(batch=batch, row=row.row):
        carried = LedgerEntry.objects.filter(
            batch=batch, person=entry.person_id, quarter=entry.quarter, kind=entry.kind, transfer__isnull=False
        )
        if carried.exists() or LedgerEntry.objects.filter(corrects=entry).exists():
            raise MovedOn(row=row.row)


def _outcome_before(batch: SourceBatch, row: SourceRow) -> str:
    """What the software had said of a row before somebody decided it: the trail keeps it."""
    told = AuditEvent.objects.filter(
        verb="match.decided", target=audit.name_of(batch), facts__contains=f'"row":{row.row},'
    )
    facts = (json.loads(text) for text in told.order_by("-seq").values_list("facts", flat=True))
    return next((one["before"] for one in facts if one.get("before") in OPEN), RowOutcome.UNMATCHED)


def _check(person: Person | None, row: SourceRow) -> None:
    if person is None:
        raise WhoIsIt()
    batch = row.batch
    home = person.home
    level = "regiment_id" if batch.regiment_id else "division_id"
    if home is None or getattr(home, level) != getattr(batch, level):
        raise OutOfReach(name=person.name)


def _told(row: SourceRow) -> dict[str, object]:
    """Who decided a row, when, and how."""
    who = row.decided_by.display_name if row.decided_by else "系统" if row.decided_at is None else "服务器控制台"
    when = f"{timezone.localtime(row.decided_at):%m月%d日 %H:%M}" if row.decided_at else "读入时"
    whom = f"（{row.person.name}）" if row.person else ""
    outcome = "待查" if row.outcome in OPEN else row.get_outcome_display()
    return {"row": row.row, "who": who, "when": when, "outcome": outcome, "whom": whom}
