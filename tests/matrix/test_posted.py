"""Role × address × unit once more, with an empty form sent: nobody acts where nobody sees. The table is `posted.txt`."""

from __future__ import annotations

import pytest

from tests.matrix.comparing import compare
from tests.matrix.table import WHO
from tests.matrix.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", WHO)
def test_what_each_role_meets_when_it_acts(world: World, role: str) -> None:
    compare(world, role, "POST")
