"""Which folders make a policy? Its own, after that of the policy it is based on (`BASED_ON` in its `__init__`)."""

from __future__ import annotations

import importlib
from functools import cache


@cache
def lineage(package: str) -> tuple[str, ...]:
    """The folders of a policy, the oldest first: what a later one declares under the same name counts."""
    base = getattr(importlib.import_module(f"shouwang.policy.{package}"), "BASED_ON", "")
    return (*lineage(base), package) if base else (package,)
