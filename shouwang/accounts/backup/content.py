"""What a database holds, in a form that can be compared: counts and hashes of every table, and the audit head."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

from shouwang.accounts.audit import head

_CHUNK = 2000


@contextmanager
def opened(config: dict[str, Any]) -> Iterator[str]:
    """A further database, under an alias, for as long as it is looked at."""
    alias, settings = f"look-{uuid4().hex[:8]}", {**connections["default"].settings_dict, **config}
    connection = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, alias)
    connection.ensure_connection()
    connections.databases[alias] = settings
    connections[alias] = connection
    try:
        yield alias
    finally:
        connection.close()
        del connections[alias]
        del connections.databases[alias]


def describe(alias: str) -> dict[str, Any]:
    """Audit head, row counts and content hashes."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        names = sorted(connection.introspection.table_names(cursor))
    end = head(using=alias)
    return {
        "vendor": connection.vendor,
        "audit": {"seq": end.seq, "mac": end.mac},
        "tables": {name: _table(connection, name) for name in names},
    }


def differences(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """What is not the same, in words."""
    told = []
    if expected["audit"] != found["audit"]:
        told.append(f"审计记录应到第{expected['audit']['seq']}条，实为第{found['audit']['seq']}条")
    for name in sorted({*expected["tables"], *found["tables"]}):
        was, now = expected["tables"].get(name), found["tables"].get(name)
        if was is None or now is None:
            told.append(f"表 {name} {'多出' if was is None else '缺失'}")
        elif was["rows"] != now["rows"]:
            told.append(f"表 {name} 应有{was['rows']}行，实有{now['rows']}行")
        elif was != now:
            told.append(f"表 {name} 行数相同但内容不同")
    return told


def _table(connection: BaseDatabaseWrapper, name: str) -> dict[str, Any]:
    """Rows and their hash. The hash is a sum over rows, so that the order in which a database returns them is no matter."""
    rows, total = 0, 0
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")  # a table's own name
        while chunk := cursor.fetchmany(_CHUNK):
            for row in chunk:
                spelled = json.dumps(row, default=_spell, ensure_ascii=False)
                total += int.from_bytes(hashlib.sha256(spelled.encode()).digest())
            rows += len(chunk)
    return {"rows": rows, "sha256_sum": f"{total % 2**256:064x}"}


def _spell(value: Any) -> str:
    return bytes(value).hex() if isinstance(value, (bytes, memoryview)) else str(value)
