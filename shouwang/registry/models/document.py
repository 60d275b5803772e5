"""Files about a household, encrypted at rest under a key of their own, itself a sealed column that key rotation renews."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from shouwang.accounts.crypto import EncryptedTextField
from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import Scope, Scoped
from shouwang.registry.models.household import Household

LARGEST_BYTES = 10 << 20


class Document(models.Model):
    """一份附件的登记。"""

    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, verbose_name="户", related_name="documents")
    title = models.CharField("名称", max_length=100)
    file_name = models.CharField("文件名", max_length=200)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("指纹", max_length=64)
    content_key = EncryptedTextField("附件密钥")
    uploaded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", default=timezone.now, editable=False)

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.HOUSEHOLD_VIEW, via="household__")

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ("-pk",)
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(name="document_once_a_household", fields=["household", "sha256"]),
            models.CheckConstraint(name="document_size_possible", condition=Q(size__gte=1, size__lte=LARGEST_BYTES)),
        ]

    def __str__(self) -> str:
        return self.title


class DocumentBody(models.Model):
    """附件内容，密文。与登记分开，列清单时不必读出。"""

    document = models.OneToOneField(Document, models.PROTECT, primary_key=True, related_name="body")
    sealed = models.BinaryField("密文")

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.HOUSEHOLD_VIEW, via="document__household__")
