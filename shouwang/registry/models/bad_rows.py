"""The rows of a batch that somebody has to put right, as the workbook that goes back to the sender."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from shouwang.accounts.crypto import EncryptedTextField
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import Scope, Scoped
from shouwang.registry.models.batch import SourceBatch


class BadRowsBook(models.Model):
    """一批里要改的行，做成工作簿，密文。有这一行、还没有做好，就是排着队；行的结果一变，这一行就删掉，再要再做。"""

    batch = models.OneToOneField(SourceBatch, models.PROTECT, primary_key=True, related_name="bad_rows")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    claim = models.UUIDField("办理凭据", null=True, blank=True, editable=False)
    beat_at = models.DateTimeField("最近报平安", null=True, blank=True, editable=False)
    done = models.PositiveIntegerField("已读到的行", default=0)
    total = models.PositiveIntegerField("要读到的行", default=0)
    rows = models.PositiveIntegerField("要改的行数", default=0)
    problem = models.CharField("没有做成的原因", max_length=600, blank=True, default="")
    ready_at = models.DateTimeField("做好时间", null=True, blank=True, editable=False)
    content_key = EncryptedTextField("文件密钥", blank=True, default="")
    sealed = models.BinaryField("密文", default=b"")

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.SOURCE_UPLOAD, via="batch__", department="batch__department")

    class Meta:
        verbose_name = verbose_name_plural = "要改的行"
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="bad_rows_ready_or_not", condition=Q(ready_at=None) | Q(problem="")),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["batch"], name="bad_rows_to_prepare", condition=Q(ready_at=None, problem="")),
        ]

    @property
    def is_waiting(self) -> bool:
        """Whether somebody has still to prepare it, or is at it."""
        return self.ready_at is None and not self.problem
