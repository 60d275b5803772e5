"""Personal data at rest: sealed columns that only open in their own place, and indexes that can be searched blind.

GB/T 39786 8.4 存储机密性与完整性, PIPL 51. A sealed value reads `S1$<key id>$<base64 of nonce, ciphertext, tag>`; table,
column and the row's uuid are authenticated with it, so a value moved to another row or column does not open.
The software algorithms are no certified module: 密评 needs a certified device behind `keyring`.
"""

from __future__ import annotations

import base64
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from shouwang.accounts.keyring import Key, KeyRing, ring
from shouwang.units import identity
from shouwang.units.errors import ShouwangError
from shouwang.units.text import normalise

_VERSION = "S1"
_NONCE, _TAG = 12, 16
FIELD_ALGORITHMS = {"aes": "aes-256-gcm", "sm": "sm4-gcm"}
MAC_ALGORITHMS = {"aes": "hmac-sha256", "sm": "hmac-sm3"}


class SealedDataDamaged(ShouwangError):
    code = "SEC-01"
    what = "{place} 的加密内容无法解开。"
    why = "它被改动过，或者是从别的人、别的栏目搬来的；系统不会显示来历不明的内容。"
    do = "请保留现场，通知审计管理员核对审计记录，并从备份恢复这一条。"


class PlainTextRefused(ShouwangError):
    code = "SEC-02"
    what = "{place} 是加密栏目，不能用 update()、bulk_update() 或导入夹具直接写入明文。"
    do = "请逐条赋值后保存（save 或 bulk_create），由系统加密。"


class SealedLookup(ShouwangError):
    code = "SEC-03"
    what = "{place} 是加密栏目，不能按内容查询。"
    do = "请用对应的盲索引栏目查询。"


def field_ring() -> KeyRing:
    """The keys of sealed columns."""
    return ring(settings.SHOUWANG_KEYS / "field.ring", FIELD_ALGORITHMS[settings.SHOUWANG_CRYPTO])


def index_ring() -> KeyRing:
    """The keys of blind indexes; apart from the field keys, so that one leak is not two."""
    return ring(settings.SHOUWANG_KEYS / "index.ring", MAC_ALGORITHMS[settings.SHOUWANG_CRYPTO])


def mac(key: Key, message: bytes) -> str:
    """HMAC of a message under a key of an hmac algorithm, in hex."""
    return hmac.new(key.secret, message, key.algorithm.removeprefix("hmac-")).hexdigest()


def encrypt(key: Key, plain: bytes, bound_to: bytes) -> bytes:
    """Nonce, ciphertext and tag."""
    nonce = os.urandom(_NONCE)
    if key.algorithm == "aes-256-gcm":
        return nonce + AESGCM(key.secret).encrypt(nonce, plain, bound_to)
    sealer = Cipher(algorithms.SM4(key.secret), modes.GCM(nonce)).encryptor()
    sealer.authenticate_additional_data(bound_to)
    return nonce + sealer.update(plain) + sealer.finalize() + sealer.tag


def decrypt(key: Key, sealed: bytes, bound_to: bytes) -> bytes:
    """The plain bytes; raises InvalidTag when anything was changed or moved."""
    nonce, body, tag = sealed[:_NONCE], sealed[_NONCE:-_TAG], sealed[-_TAG:]
    if len(sealed) < _NONCE + _TAG:
        raise InvalidTag
    if key.algorithm == "aes-256-gcm":
        return AESGCM(key.secret).decrypt(nonce, body + tag, bound_to)
    opener = Cipher(algorithms.SM4(key.secret), modes.GCM(nonce, tag)).decryptor()
    opener.authenticate_additional_data(bound_to)
    return opener.update(body) + opener.finalize()


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value as the database holds it."""

    text: str

    @classmethod
    def of(cls, plain: str, place: str, keys: KeyRing | None = None) -> Sealed:
        """Seal a text for one place (table.column.uuid). Nothing stays nothing: an empty text has no secret."""
        if plain == "":
            return cls("")
        key = (keys or field_ring()).current
        body = encrypt(key, plain.encode(), f"{_VERSION}|{key.id}|{place}".encode())
        return cls(f"{_VERSION}${key.id}${base64.b64encode(body).decode()}")

    @property
    def key_id(self) -> str:
        return self.text.split("$")[1] if self.text else ""

    def open(self, place: str, keys: KeyRing | None = None) -> str:
        """The plain text, in the place it was sealed for and nowhere else."""
        if self.text == "":
            return ""
        try:
            version, key_id, body = self.text.split("$")
            raw = base64.b64decode(body, validate=True)
        except ValueError as error:
            raise SealedDataDamaged(place=place) from error
        key = (keys or field_ring()).key(key_id)
        try:
            return decrypt(key, raw, f"{version}|{key_id}|{place}".encode()).decode()
        except InvalidTag as error:
            raise SealedDataDamaged(place=place) from error


class _Opening(DeferredAttribute):
    """Opens a sealed value when somebody reads the attribute, and not before."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = instance.__dict__[self.field.attname] = value.open(self.field.place(instance))  # type: ignore[attr-defined]
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        """Present so that the attribute wins over the instance's dict, where the sealed value lies."""
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text sealed for its row. The model needs a `uuid` that is set before the row is first saved."""

    descriptor_class = _Opening

    def place(self, instance: models.Model) -> str:
        return f"{instance._meta.db_table}.{self.column}.{instance.uuid}"  # type: ignore[attr-defined]

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """The sealed value. One loaded before a change of keys and never opened is sealed anew, so that an old key
        does not come back into use."""
        value = model_instance.__dict__.get(self.attname)
        place = self.place(model_instance)
        if isinstance(value, Sealed) and value.key_id not in ("", field_ring().current_id):
            value = value.open(place)
        return value if value is None or isinstance(value, Sealed) else Sealed.of(value, place)

    def from_db_value(self, value: str | None, *_: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def get_prep_value(self, value: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        if not isinstance(value, Sealed):
            raise PlainTextRefused(place=f"{self.model._meta.verbose_name}“{self.verbose_name}”")
        return value.text

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise SealedLookup(place=f"{self.model._meta.verbose_name}“{self.verbose_name}”")

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, Sealed) else super().to_python(value)

    def value_to_string(self, obj: models.Model) -> str:
        """For dumpdata: the sealed text, never the plain one."""
        value = self.pre_save(obj, add=False)
        return "" if value is None else value.text


@dataclass(frozen=True, slots=True)
class BlindIndex:
    """A keyed, one-way token of a value: equal values meet, nobody without the key can try values out.

    The domain is part of the token, so that a phone number and an account number never share one.
    """

    domain: str
    spell: Callable[[str], str]

    def token(self, value: str, keys: KeyRing | None = None) -> str:
        """What to store; "" for nothing."""
        return self._under((keys or index_ring()).current, self.spell(value))

    def tokens(self, value: str, keys: KeyRing | None = None) -> list[str]:
        """What to search for: one token for each key still in use."""
        spelled = self.spell(value)
        return [self._under(key, spelled) for key in (keys or index_ring()).keys.values()] if spelled else []

    def _under(self, key: Key, spelled: str) -> str:
        message = f"shouwang/blind-index/1|{self.domain}|{spelled}".encode()
        return f"{key.id}.{mac(key, message)[:40]}" if spelled else ""


def _digits(value: str) -> str:
    return "".join(char for char in normalise(value) if char.isdigit())


#: The shared indexes: the same person has the same token in accounts, kinship declarations and the registry.
CITIZEN_NUMBER = BlindIndex("citizen-number", identity.spell)
PHONE = BlindIndex("phone", _digits)
BANK_ACCOUNT = BlindIndex("bank-account", _digits)
