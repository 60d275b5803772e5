"""What was done in a case: records, signatures, and the snapshot a confirmation rests on. Append-only by trigger."""

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


class StepRecord(models.Model):
    """办了一步：哪一步、第几轮、结果、自称的日期和录入时间、凭据。签字够数才算数；只增不改。"""

    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, verbose_name="个案", related_name="records")
    step = models.CharField("步骤", max_length=40)
    round = models.PositiveSmallIntegerField("轮次")
    way = models.CharField("结果", max_length=40)
    by = models.ForeignKey(User, models.PROTECT, verbose_name="经办人", related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位", related_name="+")
    occurred_on = models.DateField("办理日期")
    recorded_at = models.DateTimeField("录入时间", default=timezone.now, editable=False)
    late_reason = models.CharField("补记原因", max_length=400, blank=True, default="")
    evidence = models.JSONField("凭据", default=dict)
    note = models.TextField("理由或说明", blank=True, default="")

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.CASE_VIEW, via="case__")

    class Meta:
        verbose_name = verbose_name_plural = "办理记录"
        ordering = ("pk",)
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(name="record_one_a_step_and_round", fields=["case", "step", "round"]),
            models.CheckConstraint(name="record_round_from_one", condition=Q(round__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.case}：{self.step}（第{self.round}轮）"


class Signature(models.Model):
    """一个人在一条办理记录上的签字，或拒签。只增不改。"""

    record = models.ForeignKey(StepRecord, models.PROTECT, verbose_name="办理记录", related_name="signatures")
    user = models.ForeignKey(User, models.PROTECT, verbose_name="签字人", related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位", related_name="+")
    agrees = models.BooleanField("同意", default=True)
    reason = models.CharField("拒签理由", max_length=400, blank=True, default="")
    signed_at = models.DateTimeField("签字时间", default=timezone.now, editable=False)

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.CASE_VIEW, via="record__case__")

    class Meta:
        verbose_name = verbose_name_plural = "签字"
        ordering = ("pk",)
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(name="signature_once_a_person", fields=["record", "user"]),
            models.CheckConstraint(name="signature_refusal_has_reason", condition=Q(agrees=True) | ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.user}{'签字' if self.agrees else '拒签'}"


class Confirmation(models.Model):
    """确认时的依据：当时的线索、数字、每一步的凭据、程序版本，连同指纹。此后谁改了什么，一比便知。"""

    case = models.OneToOneField(Case, models.PROTECT, verbose_name="个案", related_name="confirmation")
    record = models.OneToOneField(StepRecord, models.PROTECT, verbose_name="确认记录", related_name="confirmation")
    snapshot = models.TextField("依据")
    sha256 = models.CharField("指纹", max_length=64)

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.CASE_VIEW, via="case__")

    class Meta:
        verbose_name = verbose_name_plural = "确认依据"
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="confirmation_has_hash", condition=~Q(sha256=""))
        ]

    def __str__(self) -> str:
        return f"{self.case}的确认依据"
