"""Passwords: how they are hashed, and what a good one is under each profile (GB/T 22239 身份鉴别 a; ASVS V6).

The two standards contradict each other: 等保 asks for composition and periodic change, ASVS 6.2.5 and 6.2.10 forbid both.
The operator chooses with PASSWORD_PROFILE; the deviation from the other is known and reported.
"""

from __future__ import annotations

import hashlib
import secrets
import string
import threading
from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher, PBKDF2PasswordHasher
from django.core.exceptions import ValidationError

MINIMUM_LENGTH = 12
_CLASSES = (str.islower, str.isupper, str.isdecimal, lambda char: not char.isalnum())
#: Without the characters people confuse on paper: 0 O o 1 l I.
_PAPER_ALPHABET = "".join(sorted(set(string.ascii_letters + string.digits) - set("0Oo1lI")))


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes, one lane (the OWASP floor).

    Django's default takes 100 MiB and 8 lanes: twenty people logging in at eight o'clock would need 2 GB. At most four
    hashes run at once in a process.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
    _turnstile = threading.BoundedSemaphore(4)

    def encode(self, password: str, salt: str) -> str:
        with self._turnstile:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with self._turnstile:
            return super().verify(password, encoded)


class SM3Hasher(PBKDF2PasswordHasher):
    """PBKDF2 with SM3, for installations that must use national algorithms throughout (GB/T 39786)."""

    algorithm = "pbkdf2_sm3"
    iterations = 600_000

    @staticmethod
    def digest(data: bytes = b"") -> Any:
        return hashlib.new("sm3", data)


class ProfileValidator:
    """At least 12 characters; under dengbao also three of the four kinds of characters."""

    def __init__(self, profile: str) -> None:
        self.profile = profile

    def validate(self, password: str, user: object = None) -> None:
        if len(password) < MINIMUM_LENGTH:
            raise ValidationError(
                f"密码至少{MINIMUM_LENGTH}位，现为{len(password)}位。请加长，例如用几个不相干的词连起来。"
            )
        kinds = sum(any(map(kind, password)) for kind in _CLASSES)
        if self.profile == "dengbao" and kinds < 3:
            raise ValidationError("密码要含大写字母、小写字母、数字、符号中的至少三类。")

    def get_help_text(self) -> str:
        composed = "，并含大写字母、小写字母、数字、符号中的至少三类" if self.profile == "dengbao" else ""
        return f"密码至少{MINIMUM_LENGTH}位{composed}；不能是常见密码，也不能与用户名或姓名相近。"


def one_time_password() -> str:
    """16 characters in four groups, about 88 bits, easy to read from paper: `kPx7-…`."""
    groups = ["".join(secrets.choice(_PAPER_ALPHABET) for _ in range(4)) for _ in range(4)]
    return "-".join(groups)
