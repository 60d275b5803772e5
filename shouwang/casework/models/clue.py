"""Clues: what the screening, a department, a visit or a family itself says about a household (二/四/1, 二/四/2, 四/一)."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from shouwang.accounts.models import Post, User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import Scope, Scoped
from shouwang.casework.models.placed import Placed
from shouwang.casework.models.screening import ScreeningRun
from shouwang.registry.models import Household


class ClueSource(models.TextChoices):
    SCREENING = "screening", "筛查"
    DEPARTMENT = "department", "部门通报"
    EVENT = "event", "走访和突发事件"
    SELF = "self", "本人申报"


class ClueState(models.TextChoices):
    NEW = "new", "待处理"
    TRIAGED = "triaged", "已分办"
    DISMISSED = "dismissed", "不立案"
    MERGED = "merged", "已并入"
    OPENED = "opened", "已立案"


class Clue(Placed):
    """一户一条线索：同一事实不重复；有新的事实就在原线索上添一行。`score` 只定先后，不定结果。"""

    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, verbose_name="户", related_name="clues")
    source = models.CharField("来源", max_length=12, choices=ClueSource)
    department = models.CharField("部门代码", max_length=40, blank=True, default="")
    state = models.CharField("状态", max_length=10, choices=ClueState, default=ClueState.NEW)
    outcome = models.CharField("筛查结论", max_length=12, blank=True, default="")
    tier = models.CharField("档次", max_length=10, blank=True, default="")
    fingerprint = models.CharField("事实指纹", max_length=64, db_index=True)
    score = models.PositiveSmallIntegerField("先后分", default=0)
    reasons = models.JSONField("先后的理由", default=list)
    raised_on = models.DateField("产生日期")
    due_on = models.DateField("处理到期日", null=True, blank=True)
    run = models.ForeignKey(ScreeningRun, models.PROTECT, null=True, blank=True, related_name="clues")
    still_found = models.BooleanField("最近一次筛查仍命中", default=True)
    revision = models.PositiveIntegerField("版次", default=1)

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.CLUE_VIEW, department="department")

    class Meta:
        verbose_name = verbose_name_plural = "线索"
        ordering = ("-score", "raised_on", "pk")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                name="clue_one_waiting_a_household", fields=["household"], condition=Q(state__in=["new", "triaged"])
            ),
            models.CheckConstraint(name="clue_state_known", condition=Q(state__in=ClueState.values)),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "-score"], name="clue_by_state_score"),
            # How many wait and how many are late is told from these without reading a clue.
            models.Index(fields=["division", "state", "still_found", "due_on"], name="clue_by_division"),
            models.Index(fields=["regiment", "state", "still_found", "due_on"], name="clue_by_regiment"),
            models.Index(fields=["company", "state", "still_found", "due_on"], name="clue_by_company"),
        ]

    def __str__(self) -> str:
        return f"{self.household}线索"


class ClueLine(models.Model):
    """线索里的一条：哪条规则、怎么说、哪些数字；或部门、干部、本人报来的一句话。只增不改。"""

    clue = models.ForeignKey(Clue, models.PROTECT, verbose_name="线索", related_name="lines")
    source = models.CharField("来源", max_length=12, choices=ClueSource)
    run = models.ForeignKey(ScreeningRun, models.PROTECT, null=True, blank=True, related_name="+")
    rule = models.CharField("规则", max_length=60, blank=True, default="")
    outcome = models.CharField("结果", max_length=12, blank=True, default="")
    clause = models.CharField("条款", max_length=20, blank=True, default="")
    sentence = models.TextField("说明")
    figures = models.JSONField("数字", default=dict)
    fingerprint = models.CharField("事实指纹", max_length=64)
    department = models.CharField("部门代码", max_length=40, blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报送人")
    added_at = models.DateTimeField("时间", default=timezone.now, editable=False)

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.CLUE_VIEW, via="clue__", department="department")

    class Meta:
        verbose_name = verbose_name_plural = "线索内容"
        ordering = ("pk",)
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(name="clue_line_once", fields=["clue", "fingerprint", "rule"])
        ]

    def __str__(self) -> str:
        return self.sentence


class ClueAct(models.Model):
    """对线索办了什么：分办、不立案、并入、立案、不愿申报。只增不改。"""

    clue = models.ForeignKey(Clue, models.PROTECT, verbose_name="线索", related_name="acts")
    verb = models.CharField("办理", max_length=20)
    reason = models.CharField("理由", max_length=400, blank=True, default="")
    into = models.ForeignKey(Clue, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="并入的线索")
    revisit_on = models.DateField("再访日期", null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, verbose_name="经办人", related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位", related_name="+")
    at = models.DateTimeField("时间", default=timezone.now, editable=False)

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.CLUE_VIEW, via="clue__")

    class Meta:
        verbose_name = verbose_name_plural = "线索办理"
        ordering = ("pk",)
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="clue_not_merged_into_itself", condition=Q(into=None) | ~Q(into=F("clue")))
        ]

    def __str__(self) -> str:
        return f"{self.clue}：{self.verb}"
