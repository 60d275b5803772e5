"""Rows are locked without their keys, or PostgreSQL's foreign keys and the lock of the audit chain wait for each other.

Whoever commits a row that refers to a unit asks for that unit's key, holding the chain; whoever had locked the unit `FOR UPDATE`
waits for the chain. `FOR NO KEY UPDATE` keeps two actors apart just as well, and lets references be checked.
"""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from django.db import connection, connections, transaction

import shouwang
from shouwang.accounts import audit
from shouwang.accounts.models import Unit
from tests.reliability.place import CONSOLE

_LOCK = re.compile(r"select_for_update\((.*?)\)(?=\.|\s|$)", re.S)


def test_every_lock_leaves_the_key_free() -> None:
    locks = {
        f"{path.name}:{found.start()}": found[1]
        for path in Path(shouwang.__file__).parent.rglob("*.py")
        for found in _LOCK.finditer(path.read_text(encoding="utf-8"))
    }
    assert len(locks) > 15
    assert [place for place, options in locks.items() if "no_key=True" not in options] == []


@pytest.mark.django_db(transaction=True)
def test_one_locks_a_unit_while_another_commits_a_reference_to_it(tree: dict[str, Unit]) -> None:
    """Both get through: the one holds the unit and then asks for the chain, the other the reverse."""
    if connection.vendor != "postgresql":
        pytest.skip("只对 PostgreSQL 有意义；用 make test-pg 运行。")
    unit, locked, chained = tree["r7"], threading.Event(), threading.Event()
    failed: list[Exception] = []

    def refers() -> None:
        try:
            locked.wait(10)
            with transaction.atomic():
                audit.record(by=CONSOLE, verb="test.refers", target=unit)
                chained.set()
        except Exception as error:  # noqa: BLE001  # counted below
            failed.append(error)
        finally:
            connections.close_all()

    other = threading.Thread(target=refers)
    other.start()
    with transaction.atomic():
        Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=unit.pk)
        locked.set()
        assert chained.wait(10)
        audit.record(by=CONSOLE, verb="test.locks", target=unit)
    other.join(20)
    assert failed == []
