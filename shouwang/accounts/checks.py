"""Refuse to run on a SQLite that can corrupt the database, or on a connection without its safeguards."""

from __future__ import annotations

from collections.abc import Iterable
from sqlite3 import sqlite_version_info  # by now settings have put the shipped build in the system's place
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import connections

from shouwang.units.errors import ShouwangError

#: First fixed release of each line, and of everything newer.
_FIXED_FROM = (3, 51, 3)
_BACKPORTS = ((3, 50, 7), (3, 44, 6))
#: What `PRAGMA name` must answer on every SQLite connection.
EXPECTED_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "secure_delete": 1,
    "mmap_size": 0,
    "busy_timeout": 20_000,
}


class UnsafeSqlite(ShouwangError):
    code = "DB-01"
    what = "本机的 SQLite 版本是 {version}，守望没有启动。"
    why = "这个版本在两个进程同时写入时可能损坏数据库（WAL 重置缺陷，3.51.3 修复，3.50.7 和 3.44.6 有补丁）。"
    do = "请安装 pysqlite3 0.6.1 或更新的版本（pip install pysqlite3==0.6.1），或改用 PostgreSQL。"


def sqlite_is_fixed(version: tuple[int, int, int]) -> bool:
    """Whether a SQLite release is free of the WAL-reset bug."""
    return version >= _FIXED_FROM or any(version[:2] == fix[:2] and version >= fix for fix in _BACKPORTS)


def refuse_unsafe_sqlite(version: tuple[int, int, int] | None = None) -> None:
    """Stop any process of ours, web, worker or command, before it opens a database it could damage."""
    uses_sqlite = any(config["ENGINE"].endswith("sqlite3") for config in settings.DATABASES.values())
    if uses_sqlite and not sqlite_is_fixed(found := version or sqlite_version_info):
        raise UnsafeSqlite(version=".".join(map(str, found)))


def check_pragmas(*, databases: Iterable[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Read each safeguard back from the connection: a setting that did not take is an error."""
    wrong: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if connection.vendor != "sqlite":
            continue
        with connection.cursor() as cursor:
            for name, expected in EXPECTED_PRAGMAS.items():
                found = cursor.execute(f"PRAGMA {name}").fetchone()
                if found is not None and found[0] != expected:
                    wrong.append(_wrong_pragma(alias, name, found[0], expected))
    return wrong


def _wrong_pragma(alias: str, name: str, found: object, expected: object) -> CheckMessage:
    return Error(
        f"数据库 {alias} 的 {name} 是 {found}，应为 {expected}；断电或并发时可能丢失数据。",
        hint="请检查 DATABASES 的 OPTIONS.init_command；数据库文件不要放在网络盘上。",
        id="accounts.E001",
    )
