"""Find declared objects in a package: a rule is added by writing it, not by listing it somewhere."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import TypeVar

T = TypeVar("T")


def declared(package: str, kind: type[T]) -> Iterator[T]:
    """Every object of a kind that a module of the package binds to a name, once each, in module and line order."""
    seen: set[int] = set()
    root = importlib.import_module(package)
    for info in sorted(pkgutil.walk_packages(root.__path__, f"{package}."), key=lambda info: info.name):
        for item in vars(importlib.import_module(info.name)).values():
            if isinstance(item, kind) and id(item) not in seen:
                seen.add(id(item))
                yield item
