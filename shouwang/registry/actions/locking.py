"""Taking hold of a household for an act: one at a time, and whoever comes second is told.

Whoever needs more than a household takes it first, then its clue, then its case: then nobody waits in a circle. A household
that moves changes its cases and clues too (`casework.scope_columns`).
"""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from shouwang.registry.batch_steps import person_of as person_of
from shouwang.registry.models import Household
from shouwang.units.errors import ShouwangError


class ChangedMeanwhile(ShouwangError):
    code = "REG-20"
    conflict = True
    what = "{number} 在您打开之后已被改过（{told}），本次没有保存。"
    do = "请看过最新情况，确认仍要办理的再提交。"


class HouseholdClosed(ShouwangError):
    code = "REG-21"
    what = "{number} 已于 {closed_on} 销户，不能再办。"


class InTheFuture(ShouwangError):
    code = "REG-22"
    what = "“{what_day}” {day} 还没有到。"
    do = "请填实际发生的日期；尚未发生的，到时再登记。"


class BeforeBeginning(ShouwangError):
    code = "REG-23"
    what = "{day} 早于{what_began}（{began}）。"
    do = "请核对日期。"


def lock(household: int) -> Household:
    """The household of this key as it is now, where it stays until the transaction ends."""
    # Not together with its unit: one that moved while it was waited for would fall out of the join on PostgreSQL.
    return Household.objects.select_for_update(no_key=True).get(pk=household)


def hold(household: Household, version: int | None = None) -> Household:
    """The household as it is now, locked until the transaction ends. `version`: the one the user looked at."""
    held = lock(household.pk)
    if version is not None and held.version != version:
        raise ChangedMeanwhile(number=held.number, told=_told_since(held, version))
    if held.closed_on is not None:
        raise HouseholdClosed(number=held.number, closed_on=held.closed_on)
    return held


def _told_since(held: Household, version: int) -> str:
    """Who changed what after a version was looked at: the last changes, at most three, the newest first."""
    newest = held.changes.select_related("recorded_by", "membership__person").order_by("-pk")
    lines = []
    for change in newest[: max(1, min(held.version - version, 3))]:
        who = change.recorded_by.display_name if change.recorded_by else "服务器控制台"
        about = f"：{change.membership.person.name}" if change.membership else ""
        lines.append(
            f"{who}于{timezone.localtime(change.recorded_at):%m月%d日 %H:%M}办理{change.get_kind_display()}{about}"
        )
    return "；".join(lines) or "版本已更新"


def touched(household: Household, *fields: str) -> None:
    """Save the named columns and count the version on."""
    household.version += 1
    household.save(update_fields=["version", *fields])


def not_future(day: date, what_day: str) -> None:
    if day > timezone.localdate():
        raise InTheFuture(what_day=what_day, day=day)


def not_before(day: date, began: date | None, what_began: str) -> None:
    if began is not None and day < began:
        raise BeforeBeginning(day=day, what_began=what_began, began=began)
