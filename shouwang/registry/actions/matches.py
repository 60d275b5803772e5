"""Deciding whom a doubtful row is about: this person, none of them, or later (the comparison workbench)."""

from __future__ import annotations

from enum import Enum

from django.db import transaction
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.actions.permit import permit
from shouwang.accounts.audit import Actor
from shouwang.accounts.roles import Permission
from shouwang.registry.actions.batches import NotReady, hold_batch, publish_rows
from shouwang.registry.actions.locking import person_of
from shouwang.registry.models import BatchState, Person, RowOutcome, SourceRow
from shouwang.registry.models.batch import OPEN
from shouwang.units.errors import ShouwangError


class Verdict(Enum):
    IS = "is"
    NOBODY = "not"
    LATER = "later"


class DecidedBefore(ShouwangError):
    code = "MAT-01"
    what = "第{row}行已由{who}判定为“{outcome}”。"
    do = "如判定有误，请撤销这一批后重新上报。"


class WhoIsIt(ShouwangError):
    code = "MAT-02"
    what = "没有选择是哪一个人。"


class OutOfReach(ShouwangError):
    code = "MAT-03"
    what = "{name} 不在上报单位所属的团场。"


@transaction.atomic
def decide_match(*, by: Actor, row: SourceRow, verdict: Verdict, person: Person | None = None) -> SourceRow:
    """Decide one row. Where its batch counts already, so does the row from now on."""
    batch = hold_batch(row.batch)
    allowed = permit(by, Permission.MATCH_DECIDE, batch.unit)
    if batch.state not in (BatchState.STAGED, BatchState.CONFIRMED):
        raise NotReady(state=batch.get_state_display(), act="判定")
    row = SourceRow.objects.select_for_update(of=("self",)).select_related("decided_by").get(pk=row.pk)
    if row.outcome not in OPEN:
        who = str(row.decided_by) if row.decided_by else "系统"
        raise DecidedBefore(row=row.row, who=who, outcome=row.get_outcome_display())
    if verdict is Verdict.IS:
        _check(person, row)
        row.outcome, row.person, row.how = RowOutcome.MATCHED, person, "人工判定"
        row.household = person.home if person else None
    elif verdict is Verdict.NOBODY:
        row.outcome = RowOutcome.REFUSED
    row.decided_by, row.decided_at = person_of(by), timezone.now()
    row.save(update_fields=["outcome", "person", "household", "how", "decided_by", "decided_at"])
    if verdict is Verdict.IS and batch.state == BatchState.CONFIRMED:
        publish_rows(batch, [row], by)
    audit.record(
        by=by, post=allowed, verb="match.decided", target=batch, row=row.row, verdict=verdict.value,
        person=person.uuid if person else None,
    )  # fmt: skip
    return row


def _check(person: Person | None, row: SourceRow) -> None:
    if person is None:
        raise WhoIsIt()
    batch = row.batch
    home = person.home
    level = "regiment_id" if batch.regiment_id else "division_id"
    if home is None or getattr(home, level) != getattr(batch, level):
        raise OutOfReach(name=person.name)
