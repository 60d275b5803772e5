"""The people, households and cases of the casework tests."""

from __future__ import annotations

from tests.accounts.conftest import person, private_places, tree
from tests.casework.conftest import case, house, staff

__all__ = ["case", "house", "person", "private_places", "staff", "tree"]
