"""The procedure a case was opened under, kept as it was that day."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone


class ProcedureVersion(models.Model):
    """一部办法的程序和时限在某一天的样子。个案按立案时的版本办到底；只增不改。"""

    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    policy = models.CharField("办法", max_length=40)
    policy_sha256 = models.CharField("办法指纹", max_length=64)
    definition = models.TextField("程序和时限")
    sha256 = models.CharField("程序指纹", max_length=64, unique=True)
    first_used_at = models.DateTimeField("首次使用", default=timezone.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "程序版本"
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.policy}@{self.sha256[:16]}"
