"""Entering lines of the ledger, and correcting them by a further line. Nothing is changed or taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from shouwang.accounts import audit
from shouwang.accounts.actions.permit import permit
from shouwang.accounts.audit import Actor
from shouwang.accounts.roles import Permission
from shouwang.registry.actions.locking import hold, lock, person_of
from shouwang.registry.follow import follow
from shouwang.registry.models import Household, LedgerEntry, Person
from shouwang.registry.models.ledger import FIRST_QUARTER, KINDS, LAST_QUARTER
from shouwang.units.errors import ShouwangError
from shouwang.units.money import LARGEST_FEN
from shouwang.units.periods import quarter_name


class EntryWrong(ShouwangError):
    code = "REG-60"
    what = "第 {place} 笔不能记：{reason}。其他各笔也没有记。"
    do = "请改正后重新提交。"


class NothingToPost(ShouwangError):
    code = "REG-61"
    what = "没有填写任何一笔收支。"


class CannotReverse(ShouwangError):
    code = "REG-62"
    what = "这一笔（{quarter} {kind}）不能冲销：{reason}。"


@dataclass(frozen=True)
class NewEntry:
    """A line as a form gives it. Money is whole fen, the quarter an index (`units.periods`)."""

    quarter: int
    kind: str
    amount_fen: int
    one_off: bool = False
    person: Person | None = None
    source: str = ""


@transaction.atomic
def post_entries(*, by: Actor, household: Household, entries: Sequence[NewEntry]) -> list[LedgerEntry]:
    """Enter lines. Those of somebody who has moved since are moved on at once."""
    household = hold(household)
    allowed = permit(by, Permission.HOUSEHOLD_EDIT, household.unit)
    if not entries:
        raise NothingToPost()
    posted = [_post(household, entry, place, by) for place, entry in enumerate(entries, start=1)]
    follow(posted, person_of(by))
    audit.record(
        by=by, post=allowed, verb="ledger.posted", target=household, lines=len(posted),
        fen=sum(entry.amount_fen for entry in posted),
    )  # fmt: skip
    return posted


@transaction.atomic
def reverse_entry(*, by: Actor, entry: LedgerEntry, reason: str) -> LedgerEntry:
    """Take a line back by its negative. Once only; lines that a split or merger made are taken back with their origin."""
    household = lock(entry.household_id)
    allowed = permit(by, Permission.HOUSEHOLD_EDIT, household.unit)
    entry = LedgerEntry.objects.standing().get(pk=entry.pk)
    problem = _why_not(entry, reason)
    if problem:
        label = entry.get_kind_display()
        raise CannotReverse(quarter=quarter_name(entry.quarter), kind=label, reason=problem)
    negative = LedgerEntry(
        household=household, person_id=entry.person_id, quarter=entry.quarter, kind=entry.kind,
        amount_fen=-entry.amount_fen, one_off=entry.one_off, source=f"冲销：{reason}"[:200], corrects=entry,
        recorded_by=person_of(by), batch_id=entry.batch_id,
    )  # fmt: skip
    negative.save(force_insert=True)
    follow([negative], person_of(by))
    audit.record(
        by=by, post=allowed, verb="ledger.reversed", target=household, entry=entry.pk, fen=entry.amount_fen,
        reason=reason,
    )  # fmt: skip
    return negative


def _post(household: Household, new: NewEntry, place: int, by: Actor) -> LedgerEntry:
    wrong = ""
    if new.kind not in dict(KINDS):
        wrong = f"没有“{new.kind}”这种类别"
    elif not FIRST_QUARTER <= new.quarter <= LAST_QUARTER:
        wrong = "季度不对"
    elif abs(new.amount_fen) > LARGEST_FEN:
        wrong = "金额超过10亿元，多半是单位错了"
    elif new.person and not household.memberships.filter(person=new.person, superseded_at=None).exists():
        wrong = f"{new.person.name} 不是本户的人"
    if wrong:
        raise EntryWrong(place=place, reason=wrong)
    entry = LedgerEntry(
        household=household, person=new.person, quarter=new.quarter, kind=new.kind, amount_fen=new.amount_fen,
        one_off=new.one_off, source=new.source, recorded_by=person_of(by),
    )  # fmt: skip
    entry.save(force_insert=True)
    return entry


def _why_not(entry: LedgerEntry, reason: str) -> str:
    if not reason.strip():
        return "没有写明冲销的原因"
    if entry.corrects_id is not None:
        return "它本身就是一笔冲销"
    if entry.transfer_id is not None:
        return "它是分户或并户带来的，请冲销原来的那一笔"
    if LedgerEntry.objects.filter(corrects=entry).exists():
        return "已经冲销过"
    return ""
