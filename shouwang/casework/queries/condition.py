"""What state the machine and its night work are in: room, database, waiting work, backup, drill, anchor (trust R3, C7).

Read from the disk and the records at every look; nothing is kept. Who may see it: JOB_VIEW, at the own units.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from sqlite3 import sqlite_version  # by now settings have put the shipped build in the system's place

from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from shouwang import __version__
from shouwang.accounts.audit_chain import AnchorsDamaged, anchors
from shouwang.accounts.backup.steps import NoBackup, newest
from shouwang.accounts.models import AuditEvent, User
from shouwang.accounts.roles import Permission
from shouwang.casework.models import RunState, ScreeningRun
from shouwang.registry.batch_steps import DEAD_AFTER
from shouwang.registry.models import SourceBatch
from shouwang.registry.models.batch import WORKING
from shouwang.units.room import room_in

#: docs/installing.md asks for both every day; a day may be missed for a holiday, two may not.
_DAILY = timedelta(days=2)
_MONTHLY = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing looked at: how it is, whether that is well, and what to do where it is not."""

    title: str
    words: str
    well: bool = True
    advice: str = ""
    since: datetime | None = None


def signs(user: User) -> list[Sign]:
    """Everything looked at, in the order of a morning round."""
    return [_room(), _database(), *_waiting(user), _backup(), _drill(), _anchor(), Sign("程序", f"守望 {__version__}")]


def _room() -> Sign:
    room = room_in(settings.SHOUWANG_HOME)
    words = f"剩 {room.free_words}（{room.share}）"
    if room.out:
        return Sign(
            "磁盘", f"{words}，已暂停接收文件", False, "请立即清理磁盘或换大一些的；恢复到 10% 以上自动重新接收。"
        )
    if room.low:
        return Sign("磁盘", words, False, "请清理磁盘或换大一些的；再少就不能接收文件了。")
    return Sign("磁盘", words)


def _database() -> Sign:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database()), current_setting('server_version')")
            size, version = cursor.fetchone()
        return Sign("数据库", f"PostgreSQL {version}，{_megabytes(size)}")
    main = Path(connection.settings_dict["NAME"])
    files = [main, main.with_name(f"{main.name}-wal")]
    size = sum(file.stat().st_size for file in files if file.exists())
    return Sign("数据库", f"SQLite {sqlite_version}，{_megabytes(size)}")


def _waiting(user: User) -> Iterator[Sign]:
    """Files and screenings the worker owes. Something that waits with nobody at it for minutes means no worker runs."""
    batches = SourceBatch.objects.visible_to(user, Permission.JOB_VIEW).filter(state__in=WORKING)
    runs = ScreeningRun.objects.visible_to(user, Permission.JOB_VIEW).filter(
        state__in=[RunState.QUEUED, RunState.RUNNING]
    )
    signs_of_life = [
        *batches.annotate(came=Max("steps__at")).values_list("came", "work__beat_at"),
        *runs.values_list("created_at", "beat_at"),
    ]
    if not signs_of_life:
        yield Sign("后台任务", "没有等待办理的")
        return
    now = timezone.now()
    last = max(beat or came for came, beat in signs_of_life)
    stuck = now - last > DEAD_AFTER
    advice = "后台进程可能没有运行：请重新执行 shouwang serve（或另一台机器上的 shouwang work）；做了一半的会接着办。"
    words = f"{len(signs_of_life)} 项在办或排队"
    yield Sign("后台任务", f"{words}，已有几分钟没有进展" if stuck else words, not stuck, advice if stuck else "", last)


def _backup() -> Sign:
    try:
        made = datetime.fromtimestamp(newest().stat().st_mtime, timezone.get_current_timezone())
    except NoBackup:
        made = None
    advice = "请按“现在备份”，或在服务器上执行 shouwang manage backup，并设为每天自动执行。"
    return _last("备份", made, _DAILY, advice)


def _drill() -> Sign:
    drills = AuditEvent.objects.filter(verb="backup.drilled").order_by("-pk")
    advice = "请按“恢复演练”，或在服务器上执行 shouwang manage drill：没有恢复过的备份，不能算备份。"
    return _last("恢复演练", drills.values_list("recorded_at", flat=True).first(), _MONTHLY, advice)


def _anchor() -> Sign:
    try:
        made = max((datetime.fromisoformat(one.time) for one in anchors() if one.time), default=None)
    except AnchorsDamaged as error:
        return Sign("审计锚点", "锚点文件损坏", False, str(error))
    advice = "请由审计管理员在“审计”页生成锚点并打印，或在服务器上执行 shouwang audit anchor。"
    return _last("审计锚点", made, _DAILY, advice)


def _last(title: str, done: datetime | None, every: timedelta, advice: str) -> Sign:
    """Something to be done every so often: never, too long ago, or well."""
    if done is None:
        return Sign(title, "还没有做过", False, advice)
    if timezone.now() - done > every:
        return Sign(title, f"最近一次超过 {every.days} 天", False, advice, done)
    return Sign(title, "最近一次", since=done)


def _megabytes(size: int) -> str:
    return f"{size / (1 << 20):,.0f} MB"
