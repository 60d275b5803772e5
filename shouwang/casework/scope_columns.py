"""Database triggers that keep the scope columns of cases and clues those of their household, whoever writes (ADR 0024).

A row takes them when it is added, whatever the writer gave; changing them in the row alone is undone at once; a household
that moves takes its history along.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("casework_case", "casework_clue")
_HOMES = "registry_household"
_COLUMNS = ("division_id", "regiment_id", "company_id")
_NAMES = ", ".join(_COLUMNS)

# FOR SHARE: a household on the move is waited for. Else a row added meanwhile would be missed by the move and keep the old place.
_TAKE = f"""CREATE OR REPLACE FUNCTION casework_take_scope() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT {_NAMES} INTO {", ".join(f"NEW.{name}" for name in _COLUMNS)} FROM {_HOMES} WHERE id = NEW.household_id FOR SHARE;
  RETURN NEW;
END $$"""
_MOVED = " ".join(
    f"UPDATE {table} SET ({_NAMES}) = ({', '.join(f'NEW.{name}' for name in _COLUMNS)}) WHERE household_id = NEW.id;"
    for table in TABLES
)
_GIVE = f"""CREATE OR REPLACE FUNCTION casework_give_scope() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  {_MOVED}
  RETURN NULL;
END $$"""


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers. A migration that rebuilds one of these tables, or households, must call this again."""
    statements = _postgresql() if connection.vendor == "postgresql" else _sqlite()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers: for migrations backwards."""
    on_table = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for table in TABLES:
            for name in (f"{table}_scope_added", f"{table}_scope_changed"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if on_table else ""))
        cursor.execute("DROP TRIGGER IF EXISTS casework_scope_moved" + (f" ON {_HOMES}" if on_table else ""))


def fill(connection: BaseDatabaseWrapper) -> None:
    """Give every row the columns of its household: once, when the columns are new."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(_taken(table))


def _taken(table: str, where: str = "") -> str:
    home = f"(SELECT {_NAMES} FROM {_HOMES} h WHERE h.id = {table}.household_id)"
    return f"UPDATE {table} SET ({_NAMES}) = {home}{where}"


def _postgresql() -> list[str]:
    found = [_TAKE, _GIVE]
    for table in TABLES:
        found.append(
            f"CREATE TRIGGER {table}_scope_added BEFORE INSERT ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION casework_take_scope()"
        )
        found.append(
            f"CREATE TRIGGER {table}_scope_changed BEFORE UPDATE OF household_id, {_NAMES} ON {table} FOR EACH ROW "
            f"WHEN ({_row('OLD', 'household_id', *_COLUMNS)} IS DISTINCT FROM {_row('NEW', 'household_id', *_COLUMNS)}) "
            "EXECUTE FUNCTION casework_take_scope()"
        )
    found.append(
        f"CREATE TRIGGER casework_scope_moved AFTER UPDATE OF {_NAMES} ON {_HOMES} FOR EACH ROW "
        f"WHEN ({_row('OLD', *_COLUMNS)} IS DISTINCT FROM {_row('NEW', *_COLUMNS)}) "
        "EXECUTE FUNCTION casework_give_scope()"
    )
    return found


def _sqlite() -> list[str]:
    found = []
    for table in TABLES:
        # Set right once, a row differs no more: the second trigger does not start itself again.
        begin = (
            f"WHEN EXISTS (SELECT 1 FROM {_HOMES} h WHERE h.id = NEW.household_id AND {_row('h', *_COLUMNS)} "
            f"IS NOT {_row('NEW', *_COLUMNS)}) BEGIN {_taken(table, ' WHERE id = NEW.id')}; END"
        )
        found.append(f"CREATE TRIGGER {table}_scope_added AFTER INSERT ON {table} {begin}")
        found.append(f"CREATE TRIGGER {table}_scope_changed AFTER UPDATE OF household_id, {_NAMES} ON {table} {begin}")
    found.append(
        f"CREATE TRIGGER casework_scope_moved AFTER UPDATE OF {_NAMES} ON {_HOMES} "
        f"WHEN {_row('OLD', *_COLUMNS)} IS NOT {_row('NEW', *_COLUMNS)} BEGIN {_MOVED} END"
    )
    return found


def _row(whose: str, *columns: str) -> str:
    return f"({', '.join(f'{whose}.{name}' for name in columns)})"
