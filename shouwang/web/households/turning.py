"""The registry's pages as the shell shows them: its keys become the addresses of the neighbouring pages."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from shouwang.registry.queries import Page as RegistryPage
from shouwang.web.paging import Page


def turned(page: RegistryPage[Any], query: QueryDict) -> Page[Any]:
    """The same rows with `?after=` and `?before=` addresses that keep the other conditions."""
    return Page(
        list(page.rows), _address(query, "after", page.after), _address(query, "before", page.before), page.count,
        not page.capped,
    )  # fmt: skip


def _address(query: QueryDict, way: str, key: Any) -> str:
    if key is None:
        return ""
    kept = query.copy()
    for name in ("after", "before"):
        kept.pop(name, None)
    kept[way] = str(key)
    return f"?{kept.urlencode()}"
