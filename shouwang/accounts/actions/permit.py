"""Who may act: the console, or a person with a post that covers the unit."""

from __future__ import annotations

from shouwang.accounts.audit import Actor
from shouwang.accounts.models import Post, Unit
from shouwang.accounts.origin import Console
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import require


def permit(by: Actor, permission: Permission, unit: Unit) -> Post | None:
    """The post that allows the act, None for the console; raises AccessDenied otherwise."""
    return None if isinstance(by, Console) else require(by, permission, unit)
