"""Second factors and the tokens that open an empty system (GB/T 22239 身份鉴别 d, 访问控制 b)."""

from __future__ import annotations

import base64
import time
import uuid
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django_otp.models import Device, ThrottlingMixin
from django_otp.oath import TOTP

from shouwang.accounts.crypto import EncryptedTextField
from shouwang.accounts.models.unit import Unit
from shouwang.accounts.roles import role_choices

ISSUER = "守望"
_STEP, _DIGITS, _TOLERANCE = 30, 6, 1


class TotpDevice(ThrottlingMixin, Device):  # type: ignore[misc]
    """动态口令（TOTP，RFC 6238）。

    Unlike django-otp's own device the seed is sealed: whoever copies the database cannot compute anybody's tokens.
    A token is accepted once; failures slow the next try down.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    seed = EncryptedTextField("种子")
    last_step = models.BigIntegerField("最近用过的时间步", default=-1)

    class Meta(Device.Meta):  # type: ignore[misc]
        verbose_name = verbose_name_plural = "动态口令"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(name="totp_one_confirmed", fields=["user"], condition=Q(confirmed=True))
        ]

    def verify_token(self, token: str) -> bool:
        """Whether a token is right and new. Call inside a transaction with the row locked (django_otp.verify_token)."""
        allowed, _ = self.verify_is_allowed()
        if not allowed:
            return False
        totp = TOTP(bytes.fromhex(self.seed), _STEP, 0, _DIGITS, 0)
        totp.time = time.time()
        if token.isdecimal() and totp.verify(int(token), _TOLERANCE, self.last_step + 1):
            self.last_step = totp.t()
            self.throttle_reset(commit=False)
            self.save()
            return True
        self.throttle_increment(commit=True)
        return False

    def next_token(self) -> str:
        """The token that will be accepted next: what the person's own program shows, or will show in a moment."""
        now = int(time.time()) // _STEP
        step = max(now, self.last_step + 1)
        if step > now + _TOLERANCE:
            return ""
        return f"{TOTP(bytes.fromhex(self.seed), _STEP, 0, _DIGITS, step - now).token():0{_DIGITS}d}"

    def get_throttle_factor(self) -> int:
        return 1

    @property
    def secret_for_typing(self) -> str:
        """The seed as authenticator programs want it typed, in groups of four."""
        text = base64.b32encode(bytes.fromhex(self.seed)).decode().rstrip("=")
        return " ".join(text[i : i + 4] for i in range(0, len(text), 4))

    @property
    def config_url(self) -> str:
        """The otpauth address behind the QR code."""
        query = urlencode({"secret": self.secret_for_typing.replace(" ", ""), "issuer": ISSUER})
        return f"otpauth://totp/{quote(f'{ISSUER}:{self.user.get_username()}')}?{query}"


class OneTimeToken(models.Model):
    """一次性开通码：在服务器命令行生成，30 分钟内开设一名管理员，用后作废。只存摘要。"""

    role = models.CharField("角色", max_length=40, choices=role_choices)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位")
    digest = models.CharField("摘要", max_length=64, unique=True)
    expires_at = models.DateTimeField("有效至")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)
    created_at = models.DateTimeField("生成时间", default=timezone.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "一次性开通码"
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="token_expires", condition=Q(expires_at__gt=F("created_at")))
        ]

    def __str__(self) -> str:
        return f"{self.unit}{self.role}开通码"
