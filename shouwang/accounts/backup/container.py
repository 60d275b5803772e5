"""The backup file: a header line and encrypted frames, so that any size streams through a few megabytes of memory.

Each frame is authenticated with the header, its number and whether it is the last: a flipped bit, a missing, doubled or
moved frame and a cut end are all refused. The first frame is the manifest.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from django.conf import settings

from shouwang.accounts.crypto import FIELD_ALGORITHMS, decrypt, encrypt
from shouwang.accounts.keyring import Key, KeyRing, ring
from shouwang.units.errors import ShouwangError

FORMAT = "shouwang-backup-1"
_FRAME = 1 << 20
_LAST = 1 << 31
_MOST = _FRAME * 64  # a manifest of thousands of tables still fits


class BackupDamaged(ShouwangError):
    code = "BAK-01"
    what = "备份文件 {name} 已损坏或被改动（{where}）。"
    why = "从它恢复会得到不完整或不真实的数据，所以没有恢复。"
    do = "请改用另一份备份；并检查存放备份的磁盘。"


def backup_ring() -> KeyRing:
    """The keys of backups; kept in escrow apart from the backups themselves."""
    return ring(settings.SHOUWANG_KEYS / "backup.ring", FIELD_ALGORITHMS[settings.SHOUWANG_CRYPTO])


def write(path: Path, manifest: dict[str, Any], body: IO[bytes]) -> None:
    """Encrypt a manifest and a body into a file."""
    key = backup_ring().current
    header = json.dumps({"format": FORMAT, "key": key.id, "salt": secrets.token_hex(16)}).encode() + b"\n"
    with path.open("xb") as file:
        file.write(header)
        pieces = _pieces(json.dumps(manifest, ensure_ascii=False, sort_keys=True).encode(), body)
        for number, (piece, last) in enumerate(pieces):
            frame = encrypt(key, piece, _bound(header, number, last))
            file.write(struct.pack(">I", len(frame) | (_LAST if last else 0)) + frame)
        file.flush()


def read(path: Path) -> tuple[dict[str, Any], Iterator[bytes]]:
    """The manifest, and the body in pieces. Raises BackupDamaged, at the latest when the last piece is read."""
    pieces = _read(path)
    return json.loads(next(pieces)), pieces


def _pieces(manifest: bytes, body: IO[bytes]) -> Iterator[tuple[bytes, bool]]:
    yield manifest, False
    piece = body.read(_FRAME)
    while piece:
        following = body.read(_FRAME)
        yield piece, not following
        piece = following


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        header = file.readline(4096)
        key = _key(path, header)
        number, last = 0, False
        while not last:
            start = file.read(4)
            if len(start) < 4:
                raise BackupDamaged(name=path.name, where="末尾缺失")
            size = struct.unpack(">I", start)[0]
            last, size = bool(size & _LAST), size & ~_LAST
            frame = file.read(min(size, _MOST))
            try:
                yield decrypt(key, frame, _bound(header, number, last))
            except InvalidTag as error:
                raise BackupDamaged(name=path.name, where=f"第{number + 1}段") from error
            number += 1
        if file.read(1):
            raise BackupDamaged(name=path.name, where="末尾有多余内容")


def _key(path: Path, header: bytes) -> Key:
    try:
        facts = json.loads(header)
        known, key_id = facts["format"] == FORMAT, str(facts["key"])
    except (ValueError, KeyError, TypeError) as error:
        raise BackupDamaged(name=path.name, where="文件头") from error
    if not known:
        raise BackupDamaged(name=path.name, where="文件头")
    return backup_ring().key(key_id)


def _bound(header: bytes, number: int, last: bool) -> bytes:
    return hashlib.sha256(header).digest() + struct.pack(">Q?", number, last)
