"""The files themselves, kept encrypted under a key of their own, and opened only as long as somebody reads them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db.models.functions import Length

from shouwang.accounts.crypto import FIELD_ALGORITHMS, SealedDataDamaged, decrypt, encrypt
from shouwang.accounts.keyring import Key
from shouwang.registry.models import BadRowsBook, BatchBody, SourceBatch
from shouwang.units.scratch import scratch_folder

Tops = dict[str, list[list[str]]]
_TOP = b"top"


def keep(batch: SourceBatch, content: bytes) -> None:
    """Seal the file of a batch. Its key is itself a sealed column, which key rotation renews."""
    written, sealed = seal(content, batch.uuid.bytes)
    BatchBody(batch=batch, content_key=written, sealed=sealed).save(force_insert=True)


@contextmanager
def opened(batch: SourceBatch) -> Iterator[Path]:
    """The file under its own name in a folder of its own, which is gone afterwards."""
    body = BatchBody.objects.get(batch=batch)
    content = unseal(body, body.sealed, batch.uuid.bytes)
    with scratch_folder() as scratch:
        path = scratch / Path(batch.file_name).name
        path.write_bytes(content)
        yield path


def drop(batch: SourceBatch) -> None:
    """Forget the file, and the workbook made from it: of what was refused or taken out nothing is kept but its fingerprint
    and its rows."""
    BatchBody.objects.filter(batch=batch).delete()
    drop_bad_rows(batch)


def drop_bad_rows(batch: SourceBatch) -> None:
    """Forget the workbook of bad rows, and whoever is preparing it: its rows are no longer what they were."""
    BadRowsBook.objects.filter(batch=batch).delete()


def has_body(batch: SourceBatch) -> bool:
    return BatchBody.objects.filter(batch=batch).exists()


def size(batch: SourceBatch) -> int:
    """Of the sealed file, in bytes; 0 where none is kept. The file itself stays where it is."""
    return BatchBody.objects.filter(batch=batch).values_list(Length("sealed"), flat=True).first() or 0


def keep_tops(batch: SourceBatch, tops: Tops) -> None:
    """Keep the first rows of a file, for somebody to say which column is which."""
    body = BatchBody.objects.defer("sealed").get(batch=batch)
    sealed = encrypt(_key(body.content_key), json.dumps(tops, ensure_ascii=False).encode(), batch.uuid.bytes + _TOP)
    BatchBody.objects.filter(batch=batch).update(top=sealed)


def tops_of(batch: SourceBatch) -> Tops:
    """Those rows, by sheet; none where they were never needed."""
    body = BatchBody.objects.defer("sealed").filter(batch=batch).first()
    if body is None or not body.top:
        return {}
    found: Tops = json.loads(unseal(body, body.top, batch.uuid.bytes + _TOP))
    return found


def seal(content: bytes, bound_to: bytes) -> tuple[str, bytes]:
    """A new key, written as its sealed column takes it, and the content under that key, good only for what it is bound to."""
    key = Key.new(FIELD_ALGORITHMS[settings.SHOUWANG_CRYPTO])
    return f"{key.algorithm}:{base64.b64encode(key.secret).decode()}", encrypt(key, content, bound_to)


def unseal(kept: BatchBody | BadRowsBook, sealed: bytes | memoryview, bound_to: bytes) -> bytes:
    """The content again. Raises SealedDataDamaged."""
    try:
        return decrypt(_key(kept.content_key), bytes(sealed), bound_to)
    except InvalidTag as error:
        raise SealedDataDamaged(place=f"部门文件“{kept.batch.file_name}”") from error


def _key(written: str) -> Key:
    algorithm, secret = written.split(":")
    return Key("", algorithm, base64.b64decode(secret))
