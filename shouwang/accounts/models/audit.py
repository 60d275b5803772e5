"""The audit trail as a table (GB/T 22239 安全审计 a–c, ASVS V16). Written by `audit.record` and nowhere else."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from shouwang.accounts.models.people import Post, User
from shouwang.accounts.models.unit import Unit
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import Scope, Scoped


class Result(models.TextChoices):
    DONE = "done", "成功"
    DENIED = "denied", "拒绝"
    FAILED = "failed", "失败"


class AuditEvent(models.Model):
    """一条审计记录。只能追加：触发器拒绝修改、删除、插队；每条的校验码连着上一条。"""

    seq = models.BigIntegerField("序号", primary_key=True)
    recorded_at = models.DateTimeField("记录时间")
    occurred_at = models.DateTimeField("自称发生时间", null=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="人员")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name="岗位")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="单位")
    ip = models.CharField("地址", max_length=45, blank=True, default="")
    request_id = models.CharField("请求号", max_length=32, blank=True, default="")
    verb = models.CharField("行为", max_length=60, db_index=True)
    target = models.CharField("对象", max_length=100, blank=True, default="", db_index=True)
    facts = models.TextField("内容")
    policy_version = models.CharField("政策版本", max_length=60, blank=True, default="")
    result = models.CharField("结果", max_length=10, choices=Result)
    prev_mac = models.CharField("上一条校验码", max_length=90, unique=True)
    mac = models.CharField("校验码", max_length=90)

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.AUDIT_VIEW, via="unit__")

    class Meta:
        verbose_name = verbose_name_plural = "审计记录"
        ordering = ("seq",)
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="audit_seq_from_one", condition=Q(seq__gte=1)),
            models.CheckConstraint(name="audit_result_known", condition=Q(result__in=Result.values)),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.verb}"
