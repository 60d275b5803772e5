"""Screening runs and what each said of a household."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import Scope, Scoped
from shouwang.registry.models import Household

#: Outcomes of a household that raise a clue: 命中, 疑似, 专项.
FLAGGED = ("met", "suspected", "special")
#: Outcomes of which every household is kept: those, and 资料不足, which somebody has to complete.
KEPT = (*FLAGGED, "unknown")


class RunState(models.TextChoices):
    QUEUED = "queued", "排队中"
    RUNNING = "running", "运行中"
    DONE = "done", "已完成"
    FAILED = "failed", "失败"


class Purpose(models.TextChoices):
    WHOLE = "whole", "全部户"
    CHANGED = "changed", "有变动的户"
    SIMULATION = "simulation", "参数修改试算"


class ScreeningRun(models.Model):
    """一次筛查：按哪部办法、截至哪天、什么参数、算到哪一步、结果指纹。结果文件在以公开编号命名的文件夹里。"""

    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="团", related_name="+")
    policy = models.CharField("办法", max_length=40)
    policy_sha256 = models.CharField("办法指纹", max_length=64)
    as_of = models.DateField("截至日期")
    parameters = models.JSONField("改用的参数", default=dict)
    purpose = models.CharField("范围", max_length=12, choices=Purpose, default=Purpose.WHOLE)
    state = models.CharField("状态", max_length=10, choices=RunState, default=RunState.QUEUED)
    progress = models.CharField("进度", max_length=400, blank=True, default="排队中")
    done = models.PositiveIntegerField("已写户数", default=0)
    total = models.PositiveIntegerField("要写户数", default=0)
    counts = models.JSONField("各结论户数和人数", default=dict)
    result_sha256 = models.CharField("结果指纹", max_length=64, blank=True, default="")
    started_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发起人")
    created_at = models.DateTimeField("发起时间", default=timezone.now, editable=False)
    beat_at = models.DateTimeField("最近进展", null=True, blank=True)
    claim = models.UUIDField("办理凭据", null=True, blank=True, editable=False)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.CLUE_VIEW, via="unit__")

    class Meta:
        verbose_name = verbose_name_plural = "筛查"
        ordering = ("-pk",)
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="run_done_has_result",
                condition=~Q(state="done") | (~Q(result_sha256="") & Q(finished_at__isnull=False)),
            ),
            models.CheckConstraint(name="run_state_known", condition=Q(state__in=RunState.values)),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "created_at"], name="run_by_state")]

    def __str__(self) -> str:
        return f"{self.unit}截至{self.as_of}的筛查"


class Move(models.TextChoices):
    ENTERED = "entered", "新进"
    LEFT = "left", "退出"
    MOVED = "moved", "数字有变"
    SAME = "same", "没有变化"


class RunLine(models.Model):
    """一次筛查里的一户：有结论或资料不足的户，和上次有结论、这次没有了的户。金额单位：分。"""

    run = models.ForeignKey(ScreeningRun, models.CASCADE, verbose_name="筛查", related_name="lines")
    household = models.ForeignKey(Household, models.PROTECT, verbose_name="户", related_name="+")
    outcome = models.CharField("结论", max_length=12)
    tier = models.CharField("档次", max_length=10, blank=True, default="")
    members = models.PositiveSmallIntegerField("共同生活人口", null=True)
    net_income = models.BigIntegerField("家庭纯收入（分）", null=True)
    net_income_per_head = models.BigIntegerField("人均纯收入（分）", null=True)
    base_income = models.BigIntegerField("对照收入（分）", null=True)
    rigid = models.BigIntegerField("刚性支出（分）", null=True)
    rules_met = models.CharField("命中的规则", max_length=400, blank=True, default="")
    rules_suspected = models.CharField("疑似的规则", max_length=400, blank=True, default="")
    move = models.CharField("与上次相比", max_length=8, choices=Move, default=Move.ENTERED)
    moved = models.JSONField("变了的数字", default=dict)
    score = models.PositiveSmallIntegerField("先后分", default=0)

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.CLUE_VIEW, via="household__")

    class Meta:
        verbose_name = verbose_name_plural = "筛查结果"
        ordering = ("household",)
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(name="run_line_once_a_household", fields=["run", "household"])
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["run", "outcome"], name="run_line_by_outcome"),
            models.Index(fields=["run", "-score", "-id"], name="run_line_by_score"),
        ]

    def __str__(self) -> str:
        return f"{self.household}：{self.outcome}"
