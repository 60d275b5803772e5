"""What rivals' bug reports teach (docs/rivals-cases.md): cases that no other folder of tests is about."""

from __future__ import annotations

from tests.registry.conftest import family, office, secretary
from tests.web.conftest import browser, enter, person, private_places, tree

__all__ = ["browser", "enter", "family", "office", "person", "private_places", "secretary", "tree"]
