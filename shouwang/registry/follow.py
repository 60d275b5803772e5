"""Lines of the ledger follow the people: what a split or merger takes along, at once and for lines entered later.

A line of somebody who moved moves whole; one that is nobody's in particular is divided by the number of members who went.
Each move is two lines, out and in, of one fen total nought, counted from the day of the change: figures of earlier days
stay what they were, what a batch brought goes when the batch is undone, and both halves have theirs on the same day.
"""

from __future__ import annotations

from collections.abc import Iterable

from shouwang.accounts.models import User
from shouwang.registry.models import Change, ChangeKind, Household, LedgerEntry, Membership
from shouwang.terms.tables import INCOME_KINDS

#: Changes by which people leave a household together.
_LEAVING = (ChangeKind.SPLIT, ChangeKind.MERGED)
#: Kinds whose presence makes a quarter known (contract 3).
COVERING = (*INCOME_KINDS, "production_cost")


def follow(entries: Iterable[LedgerEntry], by: User | None) -> list[LedgerEntry]:
    """Lines just entered, moved on along the changes their household has had since. Returns the lines added."""
    added: list[LedgerEntry] = []
    entries = list(entries)
    gone = left({entry.household_id for entry in entries})
    waiting = [(entry, 0) for entry in entries if entry.household_id in gone]
    while waiting:
        entry, after = waiting.pop()
        rest = entry.amount_fen
        for change in departures(entry.household, after):
            part = share(entry, change, rest)
            if part is None or (part == 0 and entry.amount_fen):
                continue
            pair = _pair(entry, change, part, by)
            rest -= part
            added += pair
            waiting.append((pair[1], change.pk))
    return added


def left(households: set[int]) -> set[int]:
    """Of these households those that somebody ever left; nearly always none, and one question tells."""
    changes = Change.objects.filter(household__in=households, kind__in=_LEAVING, moved__isnull=False)
    return set(changes.values_list("household", flat=True))


def carry(change: Change, entries: Iterable[LedgerEntry], by: User | None) -> list[LedgerEntry]:
    """The lines of a household divided by one change of it."""
    parts = [(entry, share(entry, change, entry.amount_fen)) for entry in entries]
    return [line for entry, part in parts if part is not None for line in _pair(entry, change, part, by)]


def departures(household: Household, after: int) -> Iterable[Change]:
    """The splits and mergers by which people left a household, in the order they were entered."""
    left = Change.objects.filter(household=household, kind__in=_LEAVING, moved__isnull=False, pk__gt=after)
    return left.order_by("pk").select_related("household", "other_household")


def _pair(entry: LedgerEntry, change: Change, part: int, by: User | None) -> list[LedgerEntry]:
    """Out of one household and into the other."""
    word = "分户" if change.kind == ChangeKind.SPLIT else "并户"
    pair = []
    for household, fen, way in ((change.household, -part, "转出"), (change.other_household, part, "转入")):
        line = LedgerEntry(
            household=household, person_id=entry.person_id, quarter=entry.quarter, kind=entry.kind, amount_fen=fen,
            one_off=entry.one_off, source=f"{word}{way}：{entry.source}"[:200], transfer=change,
            counts_from=change.occurred_on, recorded_by=by, batch_id=entry.batch_id,
        )  # fmt: skip
        line.save(force_insert=True)
        pair.append(line)
    return pair


def share(entry: LedgerEntry, change: Change, amount: int) -> int | None:
    """How much of a line a change takes along, in fen; None for nothing. Parts are cut towards nought."""
    if change.kind == ChangeKind.MERGED:
        return amount
    moved = Membership.objects.filter(
        household=change.other_household, person=entry.person_id, continues__household=change.household
    )
    if entry.person_id and moved.exists():
        return amount
    if entry.person_id and Membership.objects.filter(household=change.household, person=entry.person_id).exists():
        return None
    if not change.moved or not change.moved_of:
        return None
    part = abs(amount) * change.moved // change.moved_of
    return part if amount >= 0 else -part


def cover(change: Change, covered: Iterable[int], by: User | None) -> None:
    """Let the new household know the quarters its people were known for: a nought where nothing of theirs was entered."""
    target = change.other_household
    assert target is not None
    have = set(LedgerEntry.objects.filter(household=target, kind__in=COVERING).values_list("quarter", flat=True))
    for quarter in sorted(set(covered) - have):
        LedgerEntry(
            household=target, quarter=quarter, kind="transfer_income", amount_fen=0, source="分户转入：本季度无收支",
            transfer=change, counts_from=change.occurred_on, recorded_by=by,
        ).save(force_insert=True)  # fmt: skip
