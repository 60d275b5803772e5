"""The world of the matrix, built once for all tests of the folder of it, undone after the last."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.matrix.building import build
from tests.matrix.world import World


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two divisions with everything in them, in one transaction that is never committed.

    Tests are marked `django_db`: what each of them does is a savepoint inside, undone when it ends.
    """
    folder: Path = tmp_path_factory.mktemp("matrix")
    places = override_settings(
        SHOUWANG_ANCHORS=folder / "anchors.jsonl", SHOUWANG_BACKUPS=folder / "backups", API_PER_MINUTE=10**9
    )
    with places, django_db_blocker.unblock(), transaction.atomic():
        yield build(folder)
        transaction.set_rollback(True)
