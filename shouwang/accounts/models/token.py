"""Access tokens of programs that act for a person, and the replies kept so that a repeated request does nothing (T18)."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from shouwang.accounts.crypto import EncryptedTextField
from shouwang.accounts.models.people import Post, User


class AccessToken(models.Model):
    """访问令牌：一个人的程序以他的一个岗位办事。只存带密钥的摘要，令牌本身只显示一次；不能导出、看完整号码、改参数。"""

    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.PROTECT, verbose_name="账号", related_name="tokens")
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位", related_name="+")
    name = models.CharField("名称", max_length=60)
    digest = models.CharField("摘要", max_length=60, unique=True, editable=False)
    created_at = models.DateTimeField("生成时间", default=timezone.now, editable=False)
    expires_at = models.DateTimeField("有效至")
    revoked_at = models.DateTimeField("作废时间", null=True, blank=True)
    last_used_at = models.DateTimeField("最近使用", null=True, blank=True)
    last_used_ip = models.CharField("最近使用的地址", max_length=45, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "访问令牌"
        ordering = ("-pk",)
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="access_token_expires", condition=Q(expires_at__gt=F("created_at"))),
            models.CheckConstraint(name="access_token_has_digest", condition=~Q(digest="")),
            models.CheckConstraint(name="access_token_has_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        """Neither revoked nor past its day; whether person and post still hold is asked at each use."""
        return self.revoked_at is None and self.expires_at > timezone.now()


class StoredReply(models.Model):
    """存下的答复：同一人用同一编号再来，原样再答，不再办一次。`asked` 是请求内容的指纹。"""

    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.PROTECT, verbose_name="账号", related_name="+")
    key = models.UUIDField("操作编号")
    asked = models.CharField("请求指纹", max_length=64)
    body = EncryptedTextField("答复", default="")
    made_at = models.DateTimeField("时间", default=timezone.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "存下的答复"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(name="stored_reply_once", fields=["user", "key"]),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["made_at"], name="stored_reply_by_time")]

    def __str__(self) -> str:
        return str(self.key)
