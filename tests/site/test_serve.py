"""`shouwang serve`: what must hold before the web process is forked."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connections

from shouwang.cli import serve


@pytest.mark.django_db(transaction=True)
def test_no_connection_is_carried_over_the_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's locks belong to a process: a connection carried over a fork can corrupt the database."""
    seen: list[Any] = []

    class Server:
        def __init__(self, *_: Any, **__: Any) -> None:
            pass

        def serve(self) -> None:
            seen.extend(one.connection for one in connections.all())

    monkeypatch.setattr(serve, "Granian", Server)
    connections["default"].ensure_connection()
    serve.run("127.0.0.1", 0, worker=False)
    assert seen and all(one is None for one in seen)
