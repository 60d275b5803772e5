"""Who may call: a browser session that is complete, or an access token; both at a modest pace."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.security import HttpBearer
from ninja.security.session import SessionAuth

from shouwang.accounts.actions import redeem_access_token
from shouwang.accounts.models import User
from shouwang.accounts.origin import client_ip
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import holds
from shouwang.web.api.errors import TooMany
from shouwang.web.guard import refuse


class Caller(HttpRequest):
    """For type checkers: behind these doors there is always a person."""

    user: User


class ByToken(HttpBearer):
    """访问令牌：请求头 Authorization: Bearer swt_…"""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        stranger = f"wrong-{client_ip(request)}"
        _paced(stranger, settings.API_WRONG_PER_MINUTE, counts=False)
        user = redeem_access_token(token.strip(), path=f"{request.method} {request.path}")
        if user is None:
            _paced(stranger, settings.API_WRONG_PER_MINUTE)
            return None
        request.user = user
        _paced(f"user-{user.pk}", settings.API_PER_MINUTE)
        return user


class BySession(SessionAuth):
    """浏览器会话；写入要带 CSRF 令牌。"""

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        user = request.user
        if not isinstance(user, User):
            return None
        _paced(f"user-{user.pk}", settings.API_PER_MINUTE)
        return user


def needed(user: User, *permissions: Permission) -> None:
    """Any one of the permissions, somewhere; else as if there were no such address. Rows are scoped by the queries."""
    if not any(holds(user, permission) for permission in permissions):
        refuse(user, permissions[0])


def open_doors(api: NinjaAPI) -> tuple[list[Any], str, str]:
    """The addresses of the interface, past the login page: it checks for itself who calls."""
    patterns, *names = api.urls
    for pattern in patterns:
        callback: Callable[..., Any] = pattern.callback
        callback.login_required = False  # type: ignore[attr-defined]
    return [pattern for pattern in patterns if pattern.name != "api-root"], names[0], names[1]


def _paced(caller: str, most: int, *, counts: bool = True) -> None:
    """Raise TooMany when a caller has used up this minute. One process serves, so its own cache is enough."""
    now = int(time.time())
    key = f"api-{caller}-{now // 60}"
    cache.add(key, 0, timeout=120)
    used = cache.incr(key) if counts else cache.get(key, 0) + 1
    if used > most:
        raise TooMany(most=most, wait=60 - now % 60)
