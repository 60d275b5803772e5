"""Opening a household and moving it to another unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from shouwang.accounts import audit
from shouwang.accounts.actions.permit import permit
from shouwang.accounts.audit import Actor
from shouwang.accounts.models import Unit
from shouwang.accounts.roles import Level, Permission
from shouwang.registry.actions.belonging import Newcomer, welcome
from shouwang.registry.actions.locking import hold, not_before, not_future, person_of, touched
from shouwang.registry.models import Change, ChangeKind, Household
from shouwang.registry.models.household import HEAD
from shouwang.units.errors import ShouwangError
from shouwang.units.text import normalise


class NumberTaken(ShouwangError):
    code = "REG-30"
    what = "户编号 {number} 已经用过。"
    do = "请换一个编号；销户的编号也不能再用。"


class NumberNeeded(ShouwangError):
    code = "REG-31"
    what = "没有填写户编号。"


class NotACompany(ShouwangError):
    code = "REG-32"
    what = "户要落在连队或社区，“{unit}”是{level}。"
    do = "请选择一个未撤销的连队或社区。"


class OneHeadNeeded(ShouwangError):
    code = "REG-33"
    what = "一户要有且只有一个户主，现在填了 {heads} 个。"
    do = "请核对每个人与户主的关系。"


class AlreadyThere(ShouwangError):
    code = "REG-34"
    what = "{number} 本来就在“{unit}”。"


@transaction.atomic
def register_household(
    *, by: Actor, unit: Unit, number: str, on: date, members: Sequence[Newcomer], reason: str = ""
) -> Household:
    """Open a household with its first members."""
    allowed = permit(by, Permission.HOUSEHOLD_EDIT, unit)
    not_future(on, "立户日期")
    heads = sum(member.relation == HEAD for member in members)
    if heads != 1:
        raise OneHeadNeeded(heads=heads)
    household = new_household(unit=unit, number=number, on=on)
    for member in members:
        welcome(household, member, member.joined_on)
    Change(household=household, kind=ChangeKind.OPENED, occurred_on=on, reason=reason, recorded_by=person_of(by)).save()
    audit.record(
        by=by, post=allowed, verb="household.registered", target=household, number=household.number, on=on,
        members=len(members),
    )  # fmt: skip
    return household


def new_household(*, unit: Unit, number: str, on: date) -> Household:
    """A household saved without anybody in it."""
    number = normalise(number)
    if not number:
        raise NumberNeeded()
    _check_company(unit)
    if Household.objects.filter(number=number).exists():
        raise NumberTaken(number=number)
    household = Household(number=number, unit=unit, opened_on=on, **unit.scope_columns)
    household.save(force_insert=True)
    return household


@transaction.atomic
def move_household(
    *, by: Actor, household: Household, unit: Unit, on: date, reason: str, version: int | None = None
) -> Household:
    """Move a household to another company. Its whole record goes along; where it was before stays in its changes."""
    household = hold(household, version)
    permit(by, Permission.HOUSEHOLD_EDIT, household.unit)
    allowed = permit(by, Permission.HOUSEHOLD_EDIT, unit)
    _check_company(unit)
    not_future(on, "转出日期")
    not_before(on, household.opened_on, "立户日期")
    if household.unit_id == unit.pk:
        raise AlreadyThere(number=household.number, unit=unit.name)
    left = household.unit
    household.unit = unit
    for column, value in unit.scope_columns.items():
        setattr(household, column, value)
    touched(household, "unit", "division", "regiment", "company")
    Change(
        household=household, kind=ChangeKind.UNIT_MOVED, occurred_on=on, from_unit=left, to_unit=unit, reason=reason,
        recorded_by=person_of(by),
    ).save()  # fmt: skip
    audit.record(
        by=by, post=allowed, verb="household.moved", target=household, before=left.code, after=unit.code, on=on,
        reason=reason,
    )  # fmt: skip
    return household


def _check_company(unit: Unit) -> None:
    if unit.level != Level.COMPANY or unit.closed_on is not None:
        raise NotACompany(unit=unit.name, level=Level(unit.level).label)
