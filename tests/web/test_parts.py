"""Every part of the interface in a real browser: both widths, axe, no sideways scrolling, the content policy."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.accounts.conftest import Person
from tests.web.conftest import Enter, Watched

Look = Callable[[Watched, str], None]
pytestmark = pytest.mark.django_db


def test_the_gallery(enter: Enter, look: Look, person: Person) -> None:
    watched = enter(person("zhang", "regiment_office", "r7"))
    page = watched.open("/_parts/")
    page.wait_for_selector("#chart svg")
    look(watched, "parts")


def test_the_resident_size(enter: Enter, look: Look, person: Person) -> None:
    watched = enter(person("zhang", "regiment_office", "r7"))
    watched.open("/_parts/resident/", script=False)
    look(watched, "parts-resident")
