"""Keep what the query planner knows of the tables current: without it a page of a division takes four times as long.

PostgreSQL sees to it itself (autovacuum). SQLite has to be told; told when nothing much has changed, it does nothing.
"""

from __future__ import annotations

from django.db import connection

#: 0x02: analyse what has changed; 0x10000: look at every table, not only at those this connection has read. Without 0x10
#: whole indexes are read (2 s for 300,000 households): from a sample, half of all households look like one in 300.
_OPTIMIZE = "PRAGMA optimize=0x10002"


def tidy() -> None:
    """After rows have come in, or the tables were changed."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(_OPTIMIZE)
