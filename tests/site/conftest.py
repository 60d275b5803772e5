"""Browser windows and people, as in the tests of pages."""

from tests.web.conftest import browser, chromium, enter, look, person, private_places, tree

__all__ = ["browser", "chromium", "enter", "look", "person", "private_places", "tree"]
