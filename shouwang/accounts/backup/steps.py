"""Make, restore, drill."""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from shouwang.accounts import audit, audit_chain
from shouwang.accounts.audit import Actor, audit_ring
from shouwang.accounts.backup import container
from shouwang.accounts.backup.content import describe, differences
from shouwang.accounts.backup.engines import brought_back, copy_out, drop_database
from shouwang.accounts.crypto import field_ring, index_ring
from shouwang.units.errors import ShouwangError

SUFFIX = ".swb"


class RestoreDiffers(ShouwangError):
    code = "BAK-04"
    what = "从 {name} 恢复的数据与备份时的清单不符：{told}。"
    why = "不完整的数据会让监测漏掉人户。"
    do = "请不要使用这次恢复的结果，改用另一份备份，并报告系统管理员。"


class NoBackup(ShouwangError):
    code = "BAK-05"
    what = "目录 {directory} 里没有备份。"
    do = "请先执行 backup。"


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a restore has proved."""

    name: str
    made_at: str
    tables: int
    rows: int
    audit_seq: int

    def sentence(self) -> str:
        return (
            f"备份 {self.name}（{self.made_at}）已恢复并逐表核对：{self.tables} 张表、{self.rows} 行内容一致，"
            f"审计链到第 {self.audit_seq} 条完整。"
        )


def make(*, by: Actor) -> Path:
    """Back the live database up into one encrypted file, named by time."""
    directory: Path = settings.SHOUWANG_BACKUPS
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    now = timezone.localtime()
    target = directory / f"shouwang-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}{SUFFIX}"
    with _workplace() as work:
        draft, sealed = work / "copy", work / "sealed"
        manifest = {**copy_out(draft), "made_at": now.isoformat(timespec="seconds"), "keys": _key_ids()}
        manifest |= {"bytes": draft.stat().st_size, "sha256": _sha256(draft)}
        with draft.open("rb") as body:
            container.write(sealed, manifest, body)
        os.replace(sealed, target)
    audit.note(
        by=by,
        verb="backup.made",
        target=f"backup/{target.name}",
        rows=_rows(manifest),
        audit_seq=manifest["audit"]["seq"],
    )
    return target


def restore(*, by: Actor, backup: Path, place: Path | str) -> Certificate:
    """Bring a backup back to an empty place and compare everything with its manifest. The live data are not touched."""
    certificate = _prove(backup, place)
    audit.note(by=by, verb="backup.restored", target=f"backup/{backup.name}", rows=certificate.rows)
    return certificate


def drill(*, by: Actor, backup: Path | None = None) -> Certificate:
    """Restore the newest backup somewhere else, compare, and throw the copy away."""
    chosen = backup or newest()
    if connection.vendor == "postgresql":
        place = f"{connection.settings_dict['NAME']}_drill_{secrets.token_hex(4)}"
        try:
            certificate = _prove(chosen, place)
        finally:
            drop_database(place)
    else:
        with _workplace() as work:
            certificate = _prove(chosen, work / "restored")
    audit.note(by=by, verb="backup.drilled", target=f"backup/{chosen.name}", rows=certificate.rows)
    return certificate


def newest() -> Path:
    """The latest backup by its name, which is its time."""
    found = sorted(settings.SHOUWANG_BACKUPS.glob(f"*{SUFFIX}"))
    if not found:
        raise NoBackup(directory=settings.SHOUWANG_BACKUPS)
    return found[-1]


def _prove(backup: Path, place: Path | str) -> Certificate:
    with _workplace() as work:
        manifest = _decrypt(backup, work / "body")
        with brought_back(work / "body", place) as alias:
            told = [*_structure(alias), *differences(manifest, describe(alias))]
            end = manifest["audit"]["seq"]
            known = [anchor for anchor in audit_chain.anchors() if anchor.seq <= end]
            verdict = audit_chain.verify(known, using=alias, with_anchors=False)
            if not verdict.intact:
                told.append(verdict.explanation)
    if told:
        raise RestoreDiffers(name=backup.name, told="；".join(told))
    return Certificate(backup.name, manifest["made_at"], len(manifest["tables"]), _rows(manifest), end)


def _decrypt(backup: Path, body: Path) -> dict[str, Any]:
    manifest, pieces = container.read(backup)
    digest = hashlib.sha256()
    with body.open("xb") as file:
        for piece in pieces:
            digest.update(piece)
            file.write(piece)
    if digest.hexdigest() != manifest["sha256"]:
        raise container.BackupDamaged(name=backup.name, where="校验和")
    return manifest


def _structure(alias: str) -> list[str]:
    """The database's own checks; necessary, and by themselves worth little."""
    if connections[alias].vendor != "sqlite":
        return []
    with connections[alias].cursor() as cursor:
        damage = [row[0] for row in cursor.execute("PRAGMA integrity_check(10)").fetchall() if row[0] != "ok"]
        orphans = cursor.execute("PRAGMA foreign_key_check").fetchall()
    return damage + ([f"{len(orphans)} 处引用落空"] if orphans else [])


@contextmanager
def _workplace() -> Iterator[Path]:
    """A private directory beside the backups (same disk), emptied afterwards whatever happens."""
    settings.SHOUWANG_BACKUPS.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=".work-", dir=settings.SHOUWANG_BACKUPS) as name:
        yield Path(name)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _rows(manifest: dict[str, Any]) -> int:
    return sum(table["rows"] for table in manifest["tables"].values())


def _key_ids() -> dict[str, list[str]]:
    """Which keys a restorer must have in escrow; their ids only."""
    rings = {"field": field_ring(), "index": index_ring(), "audit": audit_ring(), "backup": container.backup_ring()}
    return {name: sorted(ring.keys) for name, ring in rings.items()}
