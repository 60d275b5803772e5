"""How each database is copied out and brought back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from shouwang.accounts.backup.content import describe, opened
from shouwang.units.errors import ShouwangError

RESTORED = "shouwang.sqlite3"


class ToolFailed(ShouwangError):
    code = "BAK-02"
    what = "PostgreSQL 工具 {tool} 没有成功：{message}"
    do = "请确认本机装有与数据库同版本的 postgresql-client，数据库账号有权限，磁盘有空间。"


class PlaceTaken(ShouwangError):
    code = "BAK-03"
    what = "{place} 已有数据库，没有覆盖。"
    do = "请恢复到一个空目录（或新的库名），核对无误后再切换。"


def copy_out(draft: Path) -> dict[str, Any]:
    """Write a consistent copy of the live database to `draft` and describe exactly what is in that copy."""
    return _copy_postgresql(draft) if connection.vendor == "postgresql" else _copy_sqlite(draft)


@contextmanager
def brought_back(body: Path, place: Path | str) -> Iterator[str]:
    """Bring a copy back to an empty place (a directory, or a new database's name) and open it under an alias."""
    config = (
        _load_postgresql(body, str(place)) if connection.vendor == "postgresql" else _load_sqlite(body, Path(place))
    )
    with opened(config) as alias:
        yield alias


def drop_database(name: str) -> None:
    """Remove a PostgreSQL database a drill has made."""
    _run("dropdb", "--if-exists", name)


def _copy_sqlite(draft: Path) -> dict[str, Any]:
    source = str(connection.settings_dict["NAME"])
    with closing(sqlite3.connect(source, timeout=20)) as live, closing(sqlite3.connect(draft)) as copy:
        # In one step: under WAL it is one read transaction that blocks nobody. In small steps every commit of another
        # process would start it over.
        live.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode=DELETE")
    with opened(_sqlite_config(draft)) as alias:
        return describe(alias)


def _load_sqlite(body: Path, directory: Path) -> dict[str, Any]:
    target = directory / RESTORED
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    if target.exists():
        raise PlaceTaken(place=target)
    os.replace(body, target)
    return _sqlite_config(target)


def _sqlite_config(path: Path) -> dict[str, Any]:
    return {
        "NAME": str(path),
        "OPTIONS": {"timeout": 20, "init_command": "PRAGMA foreign_keys=ON;PRAGMA query_only=ON;"},
    }


def _copy_postgresql(draft: Path) -> dict[str, Any]:
    """pg_dump and the description see the same exported snapshot."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        _run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={draft}", "--no-owner")
        return describe("default")


def _load_postgresql(body: Path, name: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone():
            raise PlaceTaken(place=name)
    _run("createdb", "--template=template0", "--encoding=UTF8", name)
    _run("pg_restore", "--exit-on-error", "--no-owner", f"--dbname={name}", str(body))
    return {"NAME": name}


def _run(tool: str, *arguments: str) -> None:
    found = shutil.which(tool) or next(
        iter(sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{tool}"), reverse=True)), None
    )
    if found is None:
        raise ToolFailed(tool=tool, message="本机没有这个程序")
    settings = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    given = {variable: str(settings[key]) for variable, key in names.items() if settings.get(key)}
    command = [str(found), *arguments]
    done = subprocess.run(command, check=False, env={**os.environ, **given}, capture_output=True, text=True)
    if done.returncode:
        raise ToolFailed(tool=tool, message=done.stderr.strip()[-500:])
