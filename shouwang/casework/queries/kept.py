"""Figures that take long to count, kept for some minutes, each with the time it was counted: what is not of now says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.core.cache import cache
from django.utils import timezone

#: So long a figure is kept. One process serves, so its own cache is enough.
KEPT_SECONDS = 600

Figure = TypeVar("Figure")


def kept(key: str, count: Callable[[], Figure], fresh: bool = False) -> tuple[datetime, Figure]:
    """When it was counted, and what. `fresh`: counted now, and kept from now. `key` names the figure and whose reach it has."""
    found: tuple[datetime, Figure] | None = None if fresh else cache.get(key)
    if found is None:
        found = timezone.now(), count()
        cache.set(key, found, KEPT_SECONDS)
    return found
