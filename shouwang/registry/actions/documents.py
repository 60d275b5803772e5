"""Keeping files about a household: checked, encrypted, and every reading on record."""

from __future__ import annotations

import base64
import hashlib

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import transaction

from shouwang.accounts import audit
from shouwang.accounts.actions.permit import permit
from shouwang.accounts.audit import Actor
from shouwang.accounts.crypto import FIELD_ALGORITHMS, SealedDataDamaged, decrypt, encrypt
from shouwang.accounts.keyring import Key
from shouwang.accounts.roles import Permission
from shouwang.registry.actions.locking import hold, person_of
from shouwang.registry.models import Document, DocumentBody, Household
from shouwang.registry.models.document import LARGEST_BYTES
from shouwang.units.errors import ShouwangError

#: Type by first bytes; what a browser claims is not asked.
_KINDS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


class DocumentRefused(ShouwangError):
    code = "REG-90"
    what = "“{file_name}”没有保存：{reason}。"
    do = "可保存 PDF、PNG、JPG，每个不超过 10 MB。"


class DocumentKnown(ShouwangError):
    code = "REG-91"
    what = "这份文件已经存过，名称是“{title}”。"


@transaction.atomic
def record_document(*, by: Actor, household: Household, title: str, file_name: str, content: bytes) -> Document:
    """Keep a file about a household."""
    household = hold(household)
    allowed = permit(by, Permission.VISIT_RECORD, household.unit)
    kind = _kind(file_name, content)
    digest = hashlib.sha256(content).hexdigest()
    same = Document.objects.filter(household=household, sha256=digest).first()
    if same is not None:
        raise DocumentKnown(title=same.title)
    key = Key.new(FIELD_ALGORITHMS[settings.SHOUWANG_CRYPTO])
    document = Document(
        household=household, title=title.strip() or file_name, file_name=file_name, content_type=kind,
        size=len(content), sha256=digest, uploaded_by=person_of(by),
        content_key=f"{key.algorithm}:{base64.b64encode(key.secret).decode()}",
    )  # fmt: skip
    document.save(force_insert=True)
    DocumentBody(document=document, sealed=encrypt(key, content, document.uuid.bytes)).save(force_insert=True)
    audit.record(
        by=by, post=allowed, verb="document.recorded", target=document, unit=household.unit, title=document.title,
        sha256=digest,
    )  # fmt: skip
    return document


def read_document(*, by: Actor, document: Document) -> bytes:
    """The content of a file; the reading is recorded."""
    unit = document.household.unit
    permit(by, Permission.HOUSEHOLD_VIEW, unit)
    algorithm, secret = document.content_key.split(":")
    key = Key("", algorithm, base64.b64decode(secret))
    try:
        content = decrypt(key, bytes(document.body.sealed), document.uuid.bytes)
    except InvalidTag as error:
        raise SealedDataDamaged(place=f"附件“{document.title}”") from error
    audit.note(by=by, verb="document.read", target=document, unit=unit)
    return content


def _kind(file_name: str, content: bytes) -> str:
    if not content or len(content) > LARGEST_BYTES:
        raise DocumentRefused(file_name=file_name, reason="文件是空的" if not content else "超过 10 MB")
    for mark, kind in _KINDS:
        if content.startswith(mark):
            return kind
    raise DocumentRefused(file_name=file_name, reason="不是可以保存的类型，或内容与扩展名不符")
