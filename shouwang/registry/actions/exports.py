"""Taking a list or table out of the system: a permission, a reason, and a record of what left (GB/T 35273 7.1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from shouwang.accounts import audit
from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import AccessDenied, holds
from shouwang.registry.models import Household
from shouwang.registry.queries.exports import EXPORTS, columns_of, count_of, rows_of
from shouwang.registry.queries.lists import HouseholdFilter, visible
from shouwang.terms.tables import Column
from shouwang.units.errors import ShouwangError


class ExportUnknown(ShouwangError):
    code = "REG-96"
    what = "没有“{table}”这种导出。"


class ExportReasonNeeded(ShouwangError):
    code = "REG-97"
    what = "导出要写明用途。"
    why = "导出的名单离开系统后不再受岗位管辖，每次导出都会留下记录。"


class ExportTooLarge(ShouwangError):
    code = "REG-98"
    what = "“{title}”有 {rows:,} 行，超过一张 Excel 工作表的 {limit:,} 行，没有导出。"
    why = "截断的名单会漏掉住户。"
    do = "请按连队或户编号分几次导出。"


class ExportEmpty(ShouwangError):
    code = "REG-99"
    what = "没有符合条件的内容，没有导出。"
    do = "请放宽条件。"


@dataclass(frozen=True)
class Export:
    """What may leave: its title and columns, how many rows, and the rows."""

    title: str
    columns: Sequence[Column]
    count: int
    rows: Iterator[Sequence[Any]]


@transaction.atomic
def export_table(
    *, by: User, table: str, wanted: HouseholdFilter, reason: str, full_numbers: bool = False, limit: int = 0
) -> Export:
    """The rows of the households a filter leaves, of those the user may export. `limit`: refuse more rows than that."""
    if table not in EXPORTS:
        raise ExportUnknown(table=table)
    if not reason.strip():
        raise ExportReasonNeeded()
    _permit(by, Permission.EXPORT)
    households = visible(by, wanted, Permission.EXPORT)
    if full_numbers:
        _permit(by, Permission.PERSON_UNMASK)
        unmasked = Household.objects.visible_to(by, Permission.PERSON_UNMASK)
        households = households.filter(pk__in=unmasked.order_by().values("pk"))
    count = count_of(table, households)
    if count == 0:
        raise ExportEmpty()
    if limit and count > limit:
        raise ExportTooLarge(title=EXPORTS[table], rows=count, limit=limit)
    audit.record(
        by=by, verb="registry.exported", table=table, rows=count, full_numbers=full_numbers, reason=reason,
        filter=_told(wanted),
    )  # fmt: skip
    return Export(EXPORTS[table], columns_of(table), count, rows_of(table, households, full_numbers=full_numbers))


def _permit(by: User, permission: Permission) -> None:
    if not holds(by, permission):
        unit = by.acting_post.unit if by.acting_post else by.unit
        raise AccessDenied(unit=unit.name, permission=permission.label, permission_code=permission.value, at=unit)


def _told(wanted: HouseholdFilter) -> dict[str, Any]:
    asked = {"unit": wanted.unit.code if wanted.unit else "", "name": wanted.name, "number": wanted.number}
    return {name: value for name, value in asked.items() if value} | ({"closed": True} if wanted.closed else {})
