"""Who may open a page at all: a post with one of these permissions, somewhere. Rows are scoped by the queries."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponseBase

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import AccessDenied, holds

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class PersonalRequest(HttpRequest):
    """For type checkers: behind LoginRequiredMiddleware there is always a person."""

    user: User


def needs(*permissions: Permission) -> Callable[[View], View]:
    """The page needs any one of the permissions; without it there is a 404, and the refusal is recorded."""

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: PersonalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not any(holds(request.user, permission) for permission in permissions):
                refuse(request.user, permissions[0])
            return view(request, *args, **kwargs)

        guarded.needs = frozenset(permissions)  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return mark


def refuse(user: User, permission: Permission) -> None:
    """Answer as if the page did not exist, and say in the audit trail what was asked for."""
    unit = user.acting_post.unit if user.acting_post else user.unit
    raise AccessDenied(unit=unit.name, permission=permission.label, permission_code=permission.value, at=unit)
