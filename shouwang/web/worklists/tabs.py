"""The parts of a list as tabs, drawn by `worklists/tabs.html`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tab:
    """One part of a list, with how many are in it."""

    label: str
    count: int
    url: str
    current: bool
