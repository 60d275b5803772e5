"""Many rows into one table at once: COPY on PostgreSQL, one prepared statement on SQLite. For loading, not for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Max


def insert(
    connection: BaseDatabaseWrapper, model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows given as values of the named database columns, in that order. Dates may be text, uuids hex."""
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join("?" for _ in columns)
        # The driver's own cursor: Django would rewrite every batch of parameters.
        cursor.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


def next_key(model: type[models.Model]) -> int:
    """The first primary key nobody has."""
    last: int | None = model._base_manager.aggregate(last=Max("pk"))["last"]
    return (last or 0) + 1


def settle_keys(connection: BaseDatabaseWrapper, *tables: type[models.Model]) -> None:
    """After rows came with their own keys: let the database count on from there."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in tables:
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT coalesce(max(id), 1) FROM {table}))", [table]
            )


def moment(connection: BaseDatabaseWrapper, at: datetime) -> Any:
    """A time as the database's column takes it."""
    return connection.ops.adapt_datetimefield_value(at)
