"""Role × address × unit: who sees which page, and that no page says a word of a unit its reader may not see.

The addresses come from the resolver, the expectation from `seen.txt`, the words a reader may meet from `allowed.py`.
`make matrix` writes the tables anew; every line it changes is reviewed against the duties (四/一).
"""

from __future__ import annotations

import pytest

from shouwang.accounts.roles import ROLES
from tests.matrix.addresses import missing
from tests.matrix.allowed import MAY_READ
from tests.matrix.comparing import compare
from tests.matrix.table import WHO
from tests.matrix.world import World

pytestmark = pytest.mark.django_db


def test_every_role_has_its_words() -> None:
    assert set(MAY_READ) == {"nobody", *ROLES} == set(WHO)


def test_every_address_of_the_project_is_tried(world: World) -> None:
    lacking = missing(world)
    assert not lacking, (
        "Addresses nobody tries: "
        + ", ".join(f"{name} ({route})" for route, name in lacking.items())
        + ". Add a line to the table in tests/matrix/addresses.py that fits what the page is about, then `make matrix`,"
        " and review what it wrote."
    )


@pytest.mark.parametrize("role", WHO)
def test_what_each_role_sees(world: World, role: str) -> None:
    compare(world, role, "GET")
