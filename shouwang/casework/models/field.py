"""Visits and relief: what was done at a household outside the steps of a case (二/四/1 green channel)."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from shouwang.accounts.models import Post, User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import Scope, Scoped
from shouwang.casework.models.case import Case
from shouwang.registry.models import Household


class VisitKind(models.TextChoices):
    DAILY = "daily", "日常走访"
    EVERY = "every", "书记遍访"
    SURVEY = "survey", "集中摸排"
    PHONE = "phone", "电话或视频"


class Visit(models.Model):
    """一次走访。只增不改；办理日期和录入时间都留。"""

    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, verbose_name="户", related_name="visits")
    kind = models.CharField("方式", max_length=10, choices=VisitKind)
    visited_on = models.DateField("走访日期")
    found = models.TextField("情况", blank=True, default="")
    late_reason = models.CharField("补记原因", max_length=400, blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, verbose_name="走访人", related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位", related_name="+")
    recorded_at = models.DateTimeField("录入时间", default=timezone.now, editable=False)

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.HOUSEHOLD_VIEW, via="household__")

    class Meta:
        verbose_name = verbose_name_plural = "走访"
        ordering = ("-visited_on", "-pk")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["household", "-visited_on"], name="visit_by_household")
        ]

    def __str__(self) -> str:
        return f"{self.household}：{self.visited_on}走访"


class ReliefKind(models.TextChoices):
    TEMPORARY = "temporary", "临时救助"
    DISASTER = "disaster", "灾害救助"
    MEDICAL = "medical", "医疗救助"
    GOODS = "goods", "实物"
    SOCIAL = "social", "社会捐助"


class Relief(models.Model):
    """给了一户一次救助。突发情况可以先救助、后补程序，但须当日立案（绿色通道）。只增不改。金额单位：分。"""

    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, verbose_name="户", related_name="reliefs")
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, verbose_name="个案", related_name="reliefs")
    kind = models.CharField("类别", max_length=12, choices=ReliefKind)
    amount = models.BigIntegerField("金额（分）", default=0)
    given_on = models.DateField("救助日期")
    emergency = models.BooleanField("绿色通道", default=False)
    note = models.CharField("说明", max_length=400, blank=True, default="")
    late_reason = models.CharField("补记原因", max_length=400, blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, verbose_name="经办人", related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位", related_name="+")
    recorded_at = models.DateTimeField("录入时间", default=timezone.now, editable=False)

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.HOUSEHOLD_VIEW, via="household__")

    class Meta:
        verbose_name = verbose_name_plural = "救助"
        ordering = ("-given_on", "-pk")
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="relief_not_negative", condition=Q(amount__gte=0)),
            models.CheckConstraint(
                name="relief_emergency_has_case", condition=Q(emergency=False) | Q(case__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household}：{self.given_on}{self.get_kind_display()}"
