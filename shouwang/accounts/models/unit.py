"""The unit tree: 兵团, 师市, 团, 连（社区）, and departments beside them (七团办法 一/p1)."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from shouwang.accounts.roles import Level, Permission
from shouwang.accounts.scope import ANY_DEPARTMENT, Scope, Scoped


class Unit(models.Model):
    """单位。

    `division`, `regiment` and `company` name the ancestor at each level, the unit itself included, so that every scope is
    an equality. They and `path` are written by `actions.create_unit` and nowhere else. The primary key is given there
    too, because a unit refers to itself.
    """

    id = models.PositiveIntegerField(primary_key=True)
    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField("单位代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=60)
    level = models.CharField("层级", max_length=10, choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name="上级", related_name="children"
    )
    path = models.CharField("路径", max_length=120, editable=False)
    division = models.ForeignKey("self", models.PROTECT, null=True, blank=True, editable=False, related_name="+")
    regiment = models.ForeignKey("self", models.PROTECT, null=True, blank=True, editable=False, related_name="+")
    company = models.ForeignKey("self", models.PROTECT, null=True, blank=True, editable=False, related_name="+")
    department = models.CharField("部门代码", max_length=40, blank=True, default="")
    closed_on = models.DateField("撤销日期", null=True, blank=True)

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.UNIT_VIEW, department=ANY_DEPARTMENT)

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering = ("path",)
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="unit_scope_columns_fit_level",
                condition=Q(level=Level.CORPS, parent=None, division=None, regiment=None, company=None)
                # A column that is NULL makes "= id" unknown, and an unknown CHECK passes: hence the isnull beside each.
                | Q(level=Level.DIVISION, division__isnull=False, division=F("id"), regiment=None, company=None)
                | Q(
                    level=Level.REGIMENT, division__isnull=False, regiment__isnull=False, regiment=F("id"), company=None
                )
                | Q(
                    level=Level.COMPANY,
                    division__isnull=False,
                    regiment__isnull=False,
                    company__isnull=False,
                    company=F("id"),
                )
                | Q(level=Level.DEPARTMENT, parent__isnull=False, division__isnull=False, company=None),
            ),
            models.CheckConstraint(
                name="unit_department_code_iff_department",
                condition=(Q(level=Level.DEPARTMENT) & ~Q(department=""))
                | (~Q(level=Level.DEPARTMENT) & Q(department="")),
            ),
            models.UniqueConstraint(
                name="unit_one_department_of_a_code", fields=["parent", "department"], condition=~Q(department="")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_columns(self) -> dict[str, int | None]:
        """What a row belonging to this unit stores: `Household(unit=u, **u.scope_columns)`."""
        return {"division_id": self.division_id, "regiment_id": self.regiment_id, "company_id": self.company_id}
