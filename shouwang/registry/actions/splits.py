"""Splitting a household and merging two: people, their time and their lines move together, on one day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction

from shouwang.accounts import audit
from shouwang.accounts.actions.permit import permit
from shouwang.accounts.audit import Actor
from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Permission
from shouwang.registry import standing
from shouwang.registry.actions.belonging import close, leave, next_number, open_members, present, supersede
from shouwang.registry.actions.households import new_household
from shouwang.registry.actions.locking import hold, not_before, not_future, person_of, touched
from shouwang.registry.follow import COVERING, carry, cover
from shouwang.registry.models import Change, ChangeKind, Event, Household, LedgerEntry, Membership
from shouwang.registry.models.household import HEAD
from shouwang.units.errors import ShouwangError
from shouwang.units.periods import quarter_name


class NobodyMoves(ShouwangError):
    code = "REG-50"
    what = "分户要有人走、有人留：{household} 共 {members} 人，选了 {moving} 人。"
    do = "全家都走的，请办理转连队；一人也不走的，不必办理。"


class HeadOfNewHousehold(ShouwangError):
    code = "REG-51"
    what = "新户的户主要在分出去的人里面。"


class HeadStays(ShouwangError):
    code = "REG-52"
    what = "原户主分出去了，原户没有户主。"
    do = "请为原户指定一位留下的成员为新户主。"


class SameHousehold(ShouwangError):
    code = "REG-53"
    what = "不能与自己并户。"


@transaction.atomic
def split_household(
    *,
    by: Actor,
    household: Household,
    moving: Sequence[Membership],
    head: Membership,
    number: str,
    on: date,
    reason: str,
    unit: Unit | None = None,
    relations: Mapping[str, str] | None = None,
    new_head: Membership | None = None,
    version: int | None = None,
) -> Household:
    """Some members form a household of their own. `relations`: member number -> relation to the new head."""
    household = hold(household, version)
    unit = unit or household.unit
    permit(by, Permission.HOUSEHOLD_EDIT, household.unit)
    allowed = permit(by, Permission.HOUSEHOLD_EDIT, unit)
    _check_day(household, on)
    members = list(open_members(household))
    going = [present(membership, household) for membership in moving]
    _check_split(household, members, going, head, new_head)
    new = new_household(unit=unit, number=number, on=on)
    change, mirror = _changes(ChangeKind.SPLIT, household, new, _sharing(going), _sharing(members), on, reason, by)
    _take_along(change, going, head, relations or {})
    if new_head is not None and any(member.relation == HEAD for member in going):
        supersede(present(new_head, household), relation=HEAD)
    moved = _take_lines(change, person_of(by))
    _copy_events(change, mirror, person_of(by))
    touched(household)
    audit.record(
        by=by, post=allowed, verb="household.split", target=household, into=new.number, on=on, reason=reason,
        members=[member.member_number for member in going], lines=len(moved), fen=_fen(moved, new),
    )  # fmt: skip
    return new


@transaction.atomic
def merge_households(
    *,
    by: Actor,
    household: Household,
    into: Household,
    on: date,
    reason: str,
    relations: Mapping[str, str] | None = None,
    version: int | None = None,
) -> Household:
    """All of one household join another; the one they leave is closed. `relations` as for a split."""
    if household.pk == into.pk:
        raise SameHousehold()
    first, second = sorted((household, into), key=lambda one: one.pk)
    held = {one.pk: hold(one, version if one.pk == household.pk else None) for one in (first, second)}
    household, into = held[household.pk], held[into.pk]
    permit(by, Permission.HOUSEHOLD_EDIT, household.unit)
    allowed = permit(by, Permission.HOUSEHOLD_EDIT, into.unit)
    _check_day(household, on)
    _check_day(into, on)
    going = list(open_members(household))
    gaps = _gaps(household, into, on)
    note = f"{reason}；{gaps}"[:400] if gaps else reason
    everybody = max(_sharing(going), 1)
    change, mirror = _changes(ChangeKind.MERGED, household, into, everybody, everybody, on, note, by)
    _take_along(change, going, None, relations or {})
    moved = _take_lines(change, person_of(by))
    _copy_events(change, mirror, person_of(by))
    close(household, on, by)
    touched(into)
    audit.record(
        by=by, post=allowed, verb="household.merged", target=into, merged=household.number, on=on, reason=note,
        members=[member.member_number for member in going], lines=len(moved), fen=_fen(moved, into),
    )  # fmt: skip
    return into


def _check_day(household: Household, on: date) -> None:
    not_future(on, "变动日期")
    not_before(on, household.opened_on, "立户日期")
    last = household.changes.filter(kind__in=[ChangeKind.SPLIT, ChangeKind.MERGED]).order_by("-occurred_on").first()
    not_before(on, last.occurred_on if last else None, "上一次分户或并户")


def _check_split(
    household: Household,
    members: Sequence[Membership],
    going: Sequence[Membership],
    head: Membership,
    new_head: Membership | None,
) -> None:
    leaving = {member.pk for member in going}
    if not leaving or len(leaving) == len(members):
        raise NobodyMoves(household=household.number, members=len(members), moving=len(leaving))
    if head.pk not in leaving:
        raise HeadOfNewHousehold()
    if any(member.relation == HEAD for member in going) and (new_head is None or new_head.pk in leaving):
        raise HeadStays()


def _sharing(members: Sequence[Membership]) -> int:
    return sum(member.shares_budget for member in members)


def _changes(
    kind: ChangeKind, left: Household, joined: Household, moved: int, of: int, on: date, reason: str, by: Actor
) -> tuple[Change, Change]:
    """The same change on both timelines; the one on the side people leave says how many went."""
    facts = {"kind": kind, "occurred_on": on, "reason": reason, "recorded_by": person_of(by)}
    change = Change(household=left, other_household=joined, moved=moved if of else 0, moved_of=max(of, 1), **facts)
    mirror = Change(household=joined, other_household=left, **facts)
    change.save()
    mirror.save()
    return change, mirror


def _take_along(
    change: Change, going: Sequence[Membership], head: Membership | None, relations: Mapping[str, str]
) -> None:
    """Close the old memberships and open new ones that continue them."""
    target, on = change.other_household, change.occurred_on
    assert target is not None
    for member in going:
        leave(member, on)
    for member in going:
        leads = head is not None and member.pk == head.pk
        relation = HEAD if leads else relations.get(member.member_number, "其他")
        Membership(
            household=target, person=member.person, member_number=next_number(target), relation=relation,
            shares_budget=member.shares_budget, registered_here=member.registered_here,
            resident_here=member.resident_here, joined_on=on, continues=member,
            counted_from=member.counted_from if member.continues_id else member.joined_on,
        ).save(force_insert=True)  # fmt: skip
        member.person.home = target
        member.person.save(update_fields=["home"])


def _take_lines(change: Change, by: User | None) -> list[LedgerEntry]:
    entries = list(standing.entries_at(change.occurred_on).filter(household=change.household).order_by("pk"))
    covered = {entry.quarter for entry in entries if entry.kind in COVERING}
    moved = carry(change, entries, by)
    cover(change, covered, by)
    return moved


def _copy_events(change: Change, mirror: Change, by: User | None) -> None:
    """What befell the household befell both halves, until somebody says whose it was."""
    word = "分户带来，请核对是否属于本户" if change.kind == ChangeKind.SPLIT else "并户带来"
    for event in standing.events_at(change.occurred_on).filter(household=change.household):
        Event(
            household=mirror.household, occurred_on=event.occurred_on, cause=event.cause,
            note=f"{event.note}（{word}）" if event.note else word, counts_from=change.occurred_on, recorded_by=by,
        ).save(force_insert=True)  # fmt: skip


def _gaps(household: Household, into: Household, on: date) -> str:
    """Quarters only one of the two was visited for: after the merger they count as known, so people must be told."""
    known = []
    for one in (household, into):
        lines = standing.entries_at(on).filter(household=one, kind__in=COVERING)
        known.append(set(lines.values_list("quarter", flat=True)))
    told = [
        f"{one.number} 缺 {'、'.join(map(quarter_name, sorted(there - have)))} 的收支"
        for one, have, there in ((household, known[0], known[1]), (into, known[1], known[0]))
        if there - have
    ]
    return "；".join(told)


def _fen(moved: Sequence[LedgerEntry], into: Household) -> int:
    return sum(line.amount_fen for line in moved if line.household_id == into.pk)
