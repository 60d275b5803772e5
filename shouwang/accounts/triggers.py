"""Database triggers that make the audit table append-only, whoever writes: ORM, bulk or raw SQL.

BEFORE INSERT also checks that a row continues the chain. That stops a fork, an insertion in the middle, and
INSERT OR REPLACE, which on SQLite goes past a BEFORE DELETE trigger unless recursive_triggers is on.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "accounts_auditevent"
FIRST_PREV = "genesis"

_CONTINUES = f"""NEW.seq = (SELECT coalesce(max(seq), 0) + 1 FROM {TABLE})
  AND NEW.prev_mac = coalesce((SELECT mac FROM {TABLE} ORDER BY seq DESC LIMIT 1), '{FIRST_PREV}')"""

SQLITE = {
    "audit_no_update": f"""CREATE TRIGGER audit_no_update BEFORE UPDATE ON {TABLE}
BEGIN SELECT RAISE(ABORT, '审计记录只能追加，不能修改'); END""",
    "audit_no_delete": f"""CREATE TRIGGER audit_no_delete BEFORE DELETE ON {TABLE}
BEGIN SELECT RAISE(ABORT, '审计记录只能追加，不能删除'); END""",
    "audit_in_order": f"""CREATE TRIGGER audit_in_order BEFORE INSERT ON {TABLE}
WHEN NOT ({_CONTINUES})
BEGIN SELECT RAISE(ABORT, '审计记录必须接在最后一条之后'); END""",
}

_POSTGRESQL_BODY = f"""
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF {_CONTINUES} THEN
      RETURN NEW;
    END IF;
    RAISE EXCEPTION '审计记录必须接在最后一条之后';
  END IF;
  RAISE EXCEPTION '审计记录只能追加，不能修改或删除';
END
"""
_POSTGRESQL_FUNCTION = (
    f"CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $${_POSTGRESQL_BODY}$$"
)
POSTGRESQL = {
    "audit_rows": f"""CREATE TRIGGER audit_rows BEFORE INSERT OR UPDATE OR DELETE ON {TABLE}
FOR EACH ROW EXECUTE FUNCTION audit_append_only()""",
    "audit_truncate": f"""CREATE TRIGGER audit_truncate BEFORE TRUNCATE ON {TABLE}
FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()""",
}


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers. A migration that rebuilds the audit table must call this again."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL_FUNCTION)
        for statement in _wanted(connection).values():
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers: for migrations backwards and for emptying a test database."""
    on_table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in _wanted(connection):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of triggers that are absent, switched off or rewritten."""
    found = _found_postgresql(connection) if connection.vendor == "postgresql" else _found_sqlite(connection)
    return [name for name in _wanted(connection) if name not in found]


def _wanted(connection: BaseDatabaseWrapper) -> dict[str, str]:
    return POSTGRESQL if connection.vendor == "postgresql" else SQLITE


def _found_sqlite(connection: BaseDatabaseWrapper) -> set[str]:
    rows = _rows(connection, f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{TABLE}'")
    return {name for name, sql in rows if sql == SQLITE.get(name)}


def _found_postgresql(connection: BaseDatabaseWrapper) -> set[str]:
    rows = _rows(
        connection,
        f"""SELECT t.tgname, t.tgenabled, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE t.tgrelid = '{TABLE}'::regclass AND NOT t.tgisinternal""",
    )
    return {name for name, enabled, source in rows if enabled in ("O", "A") and source == _POSTGRESQL_BODY}


def _rows(connection: BaseDatabaseWrapper, query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())
