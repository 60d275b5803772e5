"""Finding people by part of a name, two characters included, among a million: one-character tokens in a full-text index.

FTS5 on SQLite, a `simple` text-search index on PostgreSQL; neither needs an extension. Triggers keep FTS5 in step.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q
from django.db.models.expressions import RawSQL

from shouwang.units.text import normalise

TABLE = "registry_personname"
#: From so many people on a name is common.
COMMON = 10_000
_INDEX = "registry_person_by_token"
_SQLITE = (
    f"CREATE VIRTUAL TABLE {TABLE} USING fts5(name_tokens, content='registry_person', content_rowid='id')",
    f"""CREATE TRIGGER {TABLE}_added AFTER INSERT ON registry_person BEGIN
INSERT INTO {TABLE}(rowid, name_tokens) VALUES (NEW.id, NEW.name_tokens); END""",
    f"""CREATE TRIGGER {TABLE}_gone AFTER DELETE ON registry_person BEGIN
INSERT INTO {TABLE}({TABLE}, rowid, name_tokens) VALUES ('delete', OLD.id, OLD.name_tokens); END""",
    f"""CREATE TRIGGER {TABLE}_changed AFTER UPDATE OF name_tokens ON registry_person BEGIN
INSERT INTO {TABLE}({TABLE}, rowid, name_tokens) VALUES ('delete', OLD.id, OLD.name_tokens);
INSERT INTO {TABLE}(rowid, name_tokens) VALUES (NEW.id, NEW.name_tokens); END""",
)


def tokens(name: str) -> str:
    """`王志强` as `王 志 强`: every character a word of its own."""
    return " ".join(char for char in normalise(name) if char.isalnum())


def called(text: str, using: str = "default") -> Q:
    """People whose name holds the characters of `text` side by side."""
    words = tokens(text)
    return Q(pk__in=RawSQL(*_found(words, using))) if words else Q(pk__in=[])


def bears(text: str) -> Q:
    """What `called` finds, asked of one person after the other: where it is known whose people are looked through."""
    words = tokens(text)
    # Chinese characters have no small letters: comparing them as capitals only takes PostgreSQL longer.
    how = "contains" if words.upper() == words.lower() else "icontains"
    return Q(**{f"name_tokens__{how}": words})


def homes(text: str, using: str = "default") -> tuple[int, ...] | None:
    """The households where somebody is called this; None where so many are, nearly always by one character, that it takes long."""
    words = tokens(text)
    if not words:
        return ()
    with connections[using].cursor() as cursor:
        if connections[using].vendor == "postgresql":
            found, values = _found(words, using, "home_id")
            keys = _few(cursor, found, values) if _expected(cursor, found, values) < COMMON else None
        else:
            keys = _few(cursor, *_found(words, using))
            if keys is not None:
                inside, values = _among(keys, using)
                cursor.execute(f"SELECT home_id FROM registry_person WHERE id IN ({inside})", values)
                keys = [key for (key,) in cursor.fetchall()]
    return None if keys is None else tuple({key for key in keys if key is not None})


def _few(cursor: Any, found: str, values: list[str]) -> list[Any] | None:
    """What a query finds; None where it finds COMMON or more."""
    cursor.execute(f"{found} LIMIT {COMMON}", values)
    keys = [key for (key,) in cursor.fetchall()]
    return keys if len(keys) < COMMON else None


def among(keys: Sequence[int], using: str = "default") -> RawSQL:
    """Keys, of which there may be thousands, for a condition `__in`: as one value, not as so many placeholders."""
    return RawSQL(*_among(keys, using))


def _among(keys: Sequence[int], using: str) -> tuple[str, list[Any]]:
    if connections[using].vendor == "postgresql":
        return "SELECT unnest(%s::bigint[])", [list(keys)]
    return "SELECT value FROM json_each(%s)", [json.dumps(keys)]


def _expected(cursor: Any, found: str, values: list[str]) -> int:
    """How many people PostgreSQL expects to find. It knows the common characters, and tells without looking at a row."""
    cursor.execute(f"EXPLAIN (FORMAT JSON) {found}", values)
    ((plan,),) = cursor.fetchall()
    return int(plan[0]["Plan"]["Plan Rows"])


def _found(words: str, using: str, column: str = "id") -> tuple[str, list[str]]:
    """A column of people by the words of their name, always the key on SQLite, and what stands for its placeholders."""
    if connections[using].vendor == "postgresql":
        query = (
            f"SELECT p.{column} FROM registry_person p WHERE to_tsvector('simple', p.name_tokens) "
            "@@ phraseto_tsquery('simple', %s)"
        )
        return query, [words]
    return f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s", [f'"{words}"']


def numbered(text: str, using: str = "default") -> Q:
    """Households whose number begins with `text`, in small letters or capitals, found in the index on both databases."""
    found = Q()
    for stem in dict.fromkeys((text.strip(), text.strip().upper())):
        # SQLite does not use an index for the LIKE … ESCAPE that `startswith` becomes there; it does for a range.
        is_range = connections[using].vendor == "sqlite"
        found |= Q(number__gte=stem, number__lt=f"{stem}\U0010ffff") if is_range else Q(number__startswith=stem)
    return found


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the index."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"CREATE INDEX {_INDEX} ON registry_person USING gin (to_tsvector('simple', name_tokens))")
            return
        for statement in _SQLITE:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the index: for migrations backwards."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP INDEX IF EXISTS {_INDEX}")
            return
        for trigger in ("added", "gone", "changed"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_{trigger}")
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")


def pause(connection: BaseDatabaseWrapper) -> None:
    """Before loading a whole regiment: leave names out of the index, which is then built once (`rebuild`)."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_added")


def rebuild(connection: BaseDatabaseWrapper, after: int) -> None:
    """Index the people whose key is greater than `after` and take the trigger up again."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {TABLE}(rowid, name_tokens) SELECT id, name_tokens FROM registry_person WHERE id > %s",
                [after],
            )
            cursor.execute(_SQLITE[1])
