"""Building the unit tree. The only place that writes path and scope columns."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Max

from shouwang.accounts import audit
from shouwang.accounts.actions.permit import permit
from shouwang.accounts.audit import Actor
from shouwang.accounts.models import Unit
from shouwang.accounts.origin import Console
from shouwang.accounts.roles import Level, Permission
from shouwang.accounts.scope import AccessDenied
from shouwang.units.errors import ShouwangError

#: Under what a unit of each level may stand. A regiment's own file may begin at the division or the regiment's division.
_PARENTS = {
    Level.CORPS: (None,),
    Level.DIVISION: (None, Level.CORPS),
    Level.REGIMENT: (Level.DIVISION,),
    Level.COMPANY: (Level.REGIMENT,),
    Level.DEPARTMENT: (Level.DIVISION, Level.REGIMENT),
}


class UnitMisplaced(ShouwangError):
    code = "UNI-01"
    what = "“{name}”是{level}，不能放在“{parent}”之下。"
    do = "单位树的顺序是：兵团、师市、团、连（社区）；部门放在师市或团之下。"


class UnitCodeTaken(ShouwangError):
    code = "UNI-02"
    what = "单位代码 {unit_code} 已经是“{name}”的代码。"
    do = "请换一个代码，或直接使用已有的单位。"


class DepartmentCodeNeeded(ShouwangError):
    code = "UNI-03"
    what = "“{name}”的部门代码不对：部门必须有代码，其他单位不能有。"
    do = "请填写部门代码（与数据来源的部门代码一致），例如 hospital。"


class UnitStillUsed(ShouwangError):
    code = "UNI-04"
    what = "“{name}”还有{children}个未撤销的下级单位、{posts}个未终止的岗位，不能撤销。"
    do = "请先撤销下级单位、终止岗位。"


@transaction.atomic
def create_unit(
    *, by: Actor, code: str, name: str, level: Level, parent: Unit | None = None, department: str = ""
) -> Unit:
    """Add a unit to the tree, its number, path and scope columns worked out here."""
    allowed = permit(by, Permission.UNIT_MANAGE, parent) if parent else None
    if parent is None and not isinstance(by, Console):
        raise AccessDenied(unit=name, permission=Permission.UNIT_MANAGE.label)
    _check(code, name, level, parent, department)
    number = (Unit.objects.aggregate(last=Max("id"))["last"] or 0) + 1
    columns: dict[str, int | None] = parent.scope_columns if parent else {}
    if level in (Level.DIVISION, Level.REGIMENT, Level.COMPANY):
        columns = {**columns, f"{level}_id": number}
    unit = Unit(id=number, code=code, name=name, level=level, parent=parent, department=department, **columns)
    # Padded, because lists are ordered by it as text: units of one parent stand in the order they were set up.
    unit.path = f"{parent.path if parent else '/'}{number:06d}/"
    unit.save(force_insert=True)
    audit.record(by=by, post=allowed, verb="unit.created", target=unit, code=code, name=name, level=str(level))
    return unit


@transaction.atomic
def close_unit(*, by: Actor, unit: Unit, on: date) -> Unit:
    """Close a unit that nobody works in any more. Its rows stay where they are."""
    allowed = permit(by, Permission.UNIT_MANAGE, unit)
    children = unit.children.filter(closed_on=None).count()
    posts = unit.posts.current().count()
    if children or posts:
        raise UnitStillUsed(name=unit.name, children=children, posts=posts)
    unit.closed_on = on
    unit.save(update_fields=["closed_on"])
    audit.record(by=by, post=allowed, verb="unit.closed", target=unit, on=on)
    return unit


def _check(code: str, name: str, level: Level, parent: Unit | None, department: str) -> None:
    if (parent.level if parent else None) not in _PARENTS[level]:
        raise UnitMisplaced(name=name, level=Level(level).label, parent=parent.name if parent else "（顶层）")
    if (level == Level.DEPARTMENT) != bool(department):
        raise DepartmentCodeNeeded(name=name)
    same = Unit.objects.filter(code=code).first()
    if same is not None:
        raise UnitCodeTaken(unit_code=code, name=same.name)
