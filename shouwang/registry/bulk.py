"""Many rows into one table at once: COPY on PostgreSQL, many rows a statement on SQLite. For loading, not for people."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Max

#: Rows a statement on SQLite. One row a statement spends half its time between Python and the library.
_LOT = 100
_RANDOM = 16 * 1024


def insert(
    connection: BaseDatabaseWrapper,
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    same: Mapping[str, Any] | None = None,
) -> None:
    """Insert rows given as values of the named database columns, in that order. Dates may be text, uuids hex.

    `same` are further columns with one value for all rows.
    """
    fixed, table = same or {}, connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(column) for column in (*columns, *fixed))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            tail = tuple(fixed.values())
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row((*row, *tail))
            return
        # The driver's own connection: Django would rewrite every batch of parameters.
        _many(cursor.connection, f"INSERT INTO {table} ({names}) VALUES ", len(columns), rows, fixed)


def _many(sqlite: Any, begin: str, width: int, rows: Iterable[Sequence[Any]], fixed: Mapping[str, Any]) -> None:
    """All rows, a lot a statement; the values that are the same for all stand in the statement, as SQLite writes them."""
    literals = [sqlite.execute("SELECT quote(?)", [value]).fetchone()[0] for value in fixed.values()]
    one = f"({', '.join([*('?' for _ in range(width)), *literals])})"
    waiting, rest = iter(rows), []

    def lots() -> Iterator[list[Any]]:
        while len(lot := list(islice(waiting, _LOT))) == _LOT:
            yield list(chain.from_iterable(lot))
        rest.extend(lot)

    sqlite.executemany(begin + ", ".join([one] * _LOT), lots())
    if rest:
        sqlite.execute(begin + ", ".join([one] * len(rest)), list(chain.from_iterable(rest)))


def uuids() -> Iterator[str]:
    """Random UUIDs (version 4) as 32 hex digits, without end; drawn a thousand at a time."""
    while True:
        digits = os.urandom(_RANDOM).hex()
        for at in range(0, len(digits), 32):
            one = digits[at : at + 32]
            yield f"{one[:12]}4{one[13:16]}{'89ab'[int(one[16], 16) & 3]}{one[17:]}"


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
