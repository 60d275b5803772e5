"""Cases and the steps that are open in them (七团办法 二/五)."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from shouwang.accounts.models import Post
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import Scope, Scoped
from shouwang.casework.models.clue import Clue
from shouwang.casework.models.placed import Placed
from shouwang.casework.models.procedure import ProcedureVersion
from shouwang.registry.models import Household


class CaseStatus(models.TextChoices):
    """What a case is; worked out from its records, never typed."""

    ACTIVE = "active", "办理中"
    CONFIRMED = "confirmed", "已确认"
    REFUSED = "refused", "不予认定"
    LAPSED = "lapsed", "未申报"
    WITHDRAWN = "withdrawn", "已撤回"
    APPEALED = "appealed", "申诉中"
    CLOSED = "closed", "已办结"


#: A household has at most one case in these.
LIVE = (CaseStatus.ACTIVE, CaseStatus.CONFIRMED, CaseStatus.APPEALED)


class Case(Placed):
    """个案。`status`、`step` 和三个日期都由办理记录推出，只有 actions 写；数据库保证没有比对和核查就没有确认。"""

    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("个案编号", max_length=60, unique=True)
    household = models.ForeignKey(Household, models.PROTECT, verbose_name="户", related_name="cases")
    version = models.ForeignKey(ProcedureVersion, models.PROTECT, verbose_name="程序版本", related_name="cases")
    status = models.CharField("状态", max_length=10, choices=CaseStatus, default=CaseStatus.ACTIVE)
    step = models.CharField("当前步骤", max_length=40, blank=True, default="")
    revision = models.PositiveIntegerField("版次", default=1)
    opened_on = models.DateField("立案日期")
    opened_by = models.ForeignKey(Post, models.PROTECT, verbose_name="立案岗位", related_name="+")
    clue = models.ForeignKey(Clue, models.PROTECT, null=True, blank=True, verbose_name="线索", related_name="cases")
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name="原个案", related_name="later"
    )
    due_on = models.DateField("全程时限")
    compared_on = models.DateField("比对日期", null=True, blank=True)
    checked_on = models.DateField("核查日期", null=True, blank=True)
    confirmed_on = models.DateField("确认日期", null=True, blank=True)

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.CASE_VIEW)

    class Meta:
        verbose_name = verbose_name_plural = "个案"
        ordering = ("-opened_on", "-pk")
        constraints: ClassVar[list[Any]] = [
            # 二/五/2: 先比对、核查，后确认. NULL would make a comparison unknown and an unknown CHECK passes: hence isnull.
            models.CheckConstraint(
                name="case_confirmed_after_comparison_and_check",
                condition=Q(confirmed_on=None)
                | Q(
                    compared_on__isnull=False,
                    checked_on__isnull=False,
                    compared_on__lte=F("confirmed_on"),
                    checked_on__lte=F("confirmed_on"),
                ),
            ),
            models.CheckConstraint(
                name="case_confirmed_has_date", condition=~Q(status="confirmed") | Q(confirmed_on__isnull=False)
            ),
            models.CheckConstraint(name="case_status_known", condition=Q(status__in=CaseStatus.values)),
            models.CheckConstraint(name="case_not_its_own_previous", condition=Q(previous=None) | ~Q(previous=F("id"))),
            models.UniqueConstraint(
                name="case_one_live_a_household", fields=["household"], condition=Q(status__in=list(LIVE))
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["status", "due_on"], name="case_by_status_due"),
            models.Index(fields=["division", "status", "due_on"], name="case_by_division"),
            models.Index(fields=["regiment", "status", "due_on"], name="case_by_regiment"),
            models.Index(fields=["company", "status", "due_on"], name="case_by_company"),
        ]

    def __str__(self) -> str:
        return self.number


class OpenStep(models.Model):
    """个案现在可办的一步：谁办由程序定，何时到期由时限定。每办一步就由记录重新推出，不能手填。"""

    case = models.ForeignKey(Case, models.CASCADE, verbose_name="个案", related_name="open_steps")
    step = models.CharField("步骤", max_length=40)
    since = models.DateField("可办日期")
    earliest = models.DateField("最早可办日期", null=True, blank=True)
    due_on = models.DateField("到期日", null=True, blank=True)
    record = models.ForeignKey(
        "casework.StepRecord", models.PROTECT, null=True, blank=True, verbose_name="等待签字的记录", related_name="+"
    )

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.CASE_VIEW, via="case__")

    class Meta:
        verbose_name = verbose_name_plural = "待办步骤"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(name="open_step_once_a_case", fields=["case", "step"])
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["step", "due_on"], name="open_step_by_due")]

    def __str__(self) -> str:
        return f"{self.case}：{self.step}"
