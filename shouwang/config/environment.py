"""What the environment says: which kind of installation, where its data lies, which database."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from shouwang.units.errors import ShouwangError


class BadEnvironment(ShouwangError):
    code = "CFG-01"
    what = "环境变量 {name} 的值“{value}”不可用。"
    do = "可用的写法：{allowed}。"


class HostsMissing(ShouwangError):
    code = "CFG-02"
    what = "正式环境没有设置 SHOUWANG_HOSTS。"
    why = "不写明本系统的域名，伪造 Host 头的请求也会被接受。"
    do = "请设置 SHOUWANG_HOSTS=守望的域名或地址，多个用逗号隔开。"


def choice(name: str, default: str, *others: str) -> str:
    """One of a few words; anything else stops the program."""
    value = os.environ.get(name) or default
    if value not in (default, *others):
        raise BadEnvironment(name=name, value=value, allowed="、".join((default, *others)))
    return value


def words(name: str) -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def whole_number(name: str, default: int) -> int:
    value = os.environ.get(name) or str(default)
    if not value.isdecimal():
        raise BadEnvironment(name=name, value=value, allowed="非负整数")
    return int(value)


def day(name: str) -> date | None:
    """A date as 2020-05-20; None where it is not set."""
    value = os.environ.get(name)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise BadEnvironment(name=name, value=value, allowed="年-月-日，例如 2020-05-20") from None


@dataclass(frozen=True, slots=True)
class Place:
    """The data directory and what lies where in it."""

    home: Path

    @classmethod
    def from_environment(cls) -> Place:
        return cls(Path(os.environ.get("SHOUWANG_HOME") or "var").resolve())

    @property
    def keys(self) -> Path:
        return self.home / "keys"

    @property
    def database(self) -> Path:
        return self.home / "shouwang.sqlite3"


#: Durable commits (FULL), enforced foreign keys, delete triggers that also see REPLACE, and no deleted data left behind
#: in free pages (GB/T 22239 剩余信息保护). No mmap: it turns rare errors into damage.
SQLITE_PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "recursive_triggers": "ON",
    "secure_delete": "ON",
    "mmap_size": "0",
    "cache_size": "-65536",
    "temp_store": "MEMORY",
}


#: Three of the server's defaults fit other work: compiling a query takes longer than running any of ours, reading here and
#: there costs four times as much as reading on only where a disk still turns, and helpers for one query take the processors
#: of the others.
POSTGRESQL_PLANNER = "-c jit=off -c random_page_cost=1.1 -c max_parallel_workers_per_gather=0"


def database(place: Place) -> dict[str, Any]:
    """Django's DATABASES["default"]: PostgreSQL where SHOUWANG_DATABASE_URL names one, else SQLite in the data directory."""
    url = os.environ.get("SHOUWANG_DATABASE_URL", "")
    return postgresql(url) if url else sqlite(place.database)


def sqlite(path: Path) -> dict[str, Any]:
    """A SQLite database whose every transaction is IMMEDIATE: a DEFERRED one fails at once instead of waiting."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "".join(f"PRAGMA {name}={value};" for name, value in SQLITE_PRAGMAS.items()),
        },
        # A file, because an in-memory database has no WAL, cannot be shared by processes, and so proves little.
        "TEST": {"NAME": str(path.with_name("test.sqlite3"))},
    }


def postgresql(url: str) -> dict[str, Any]:
    """`postgresql://user:password@host:5432/name?host=/run/postgresql&sslmode=verify-full` as Django wants it."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise BadEnvironment(
            name="SHOUWANG_DATABASE_URL", value=f"{parts.scheme}://…", allowed="postgresql://用户:口令@主机:端口/库名"
        )
    options = dict(parse_qsl(parts.query))
    options.setdefault("options", POSTGRESQL_PLANNER)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
