"""Where secrets live: files of mode 0400 outside the database, made on first use, several keys to a ring.

GB/T 39786 密钥管理, PIPL 51: keys never enter the database, the repository or a backup of the database. Key ids are random,
so that a ring made anew after a loss can never pass for the lost one.
"""

from __future__ import annotations

import json
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from shouwang.units.errors import ShouwangError

#: Secret length in bytes by algorithm.
SECRET_BYTES = {"aes-256-gcm": 32, "sm4-gcm": 16, "hmac-sha256": 32, "hmac-sm3": 32}


class KeyFileExposed(ShouwangError):
    code = "KEY-01"
    what = "密钥文件 {path} 的权限是 {mode}，同机的其他用户可以读到或改动它。"
    why = "密钥一旦外泄，加密的身份证号、电话和审计链都不再可信。"
    do = "请执行 chmod 400 {path}；如怀疑已被读取，请更换密钥（rotate_keys）。"


class KeyMissing(ShouwangError):
    code = "KEY-02"
    what = "密钥环 {path} 里没有编号为 {key_id} 的密钥。"
    why = "这条数据是用那把密钥加密或签名的，没有它无法读取，也无法验证。"
    do = "请从托管处恢复 keys 目录后重试；不要新建密钥代替。"


class KeyInUse(ShouwangError):
    code = "KEY-03"
    what = "密钥 {key_id} 是当前密钥，不能移除。"
    do = "请先用 rotate_keys 换上新密钥。"


class KeyFileDamaged(ShouwangError):
    code = "KEY-04"
    what = "密钥文件 {path} 内容不完整，无法解析。"
    do = "请从托管处恢复这个文件；不要删除它，否则已加密的数据将无法读取。"


@dataclass(frozen=True, slots=True)
class Key:
    """One secret, with the name it goes by and what it is for."""

    id: str
    algorithm: str
    secret: bytes

    @classmethod
    def new(cls, algorithm: str) -> Key:
        return cls(secrets.token_hex(3), algorithm, secrets.token_bytes(SECRET_BYTES[algorithm]))


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of one purpose: the current one seals, all of them open."""

    path: Path
    current_id: str
    keys: dict[str, Key]

    @property
    def current(self) -> Key:
        return self.keys[self.current_id]

    def key(self, key_id: str) -> Key:
        try:
            return self.keys[key_id]
        except KeyError:
            raise KeyMissing(path=self.path, key_id=key_id) from None

    def with_new_key(self, algorithm: str) -> KeyRing:
        """The ring after a fresh key has become the current one; written to its file."""
        key = Key.new(algorithm)
        return _replace(KeyRing(self.path, key.id, {**self.keys, key.id: key}))

    def without(self, key_id: str) -> KeyRing:
        """The ring after an old key is gone; written to its file."""
        if key_id == self.current_id:
            raise KeyInUse(key_id=key_id)
        self.key(key_id)
        return _replace(KeyRing(self.path, self.current_id, {k: v for k, v in self.keys.items() if k != key_id}))


_loaded: dict[Path, tuple[int, KeyRing]] = {}


def ring(path: Path, algorithm: str) -> KeyRing:
    """The ring in a file, made with one key where there is none; read again when the file has changed."""
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        key = Key.new(algorithm)
        read_or_create(path, _text(KeyRing(path, key.id, {key.id: key})))
        changed = path.stat().st_mtime_ns
    known = _loaded.get(path)
    if known is None or known[0] != changed:
        known = _loaded[path] = (changed, _parse(path, _read(path)))
    return known[1]


def read_or_create(path: Path, content: str) -> str:
    """The content of a secret file; written with `content` where it does not exist.

    The file appears complete or not at all, and of two processes starting together one wins and both read the same.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        draft = _draft(path, content)
        try:
            os.link(draft, path)
        except FileExistsError:  # another process was quicker; its secret counts
            pass
        finally:
            draft.unlink()
    return _read(path)


def _draft(path: Path, content: str) -> Path:
    """`content` in a finished file of mode 0400 beside `path`."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _read(path: Path) -> str:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise KeyFileExposed(path=path, mode=f"{mode:04o}")
    return path.read_text(encoding="utf-8")


def _replace(ring: KeyRing) -> KeyRing:
    os.replace(_draft(ring.path, _text(ring)), ring.path)
    return ring


def _text(ring: KeyRing) -> str:
    keys = {key.id: {"algorithm": key.algorithm, "secret": key.secret.hex()} for key in ring.keys.values()}
    return json.dumps({"current": ring.current_id, "keys": keys}, indent=1)


def _parse(path: Path, text: str) -> KeyRing:
    try:
        content = json.loads(text)
        keys = {i: Key(i, k["algorithm"], bytes.fromhex(k["secret"])) for i, k in content["keys"].items()}
        return KeyRing(path, keys[content["current"]].id, keys)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyFileDamaged(path=path) from error
