"""What every page of the shell knows: the menu, the posts to choose from, which installation this is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from shouwang.accounts.models import User
from shouwang.web.nav import address_of, menu_for


def shell(request: HttpRequest) -> dict[str, Any]:
    """Worked out only where a template asks for it."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"practice": settings.SHOUWANG_ENV != "production"}
    return {
        "practice": settings.SHOUWANG_ENV != "production",
        "menu": SimpleLazyObject(lambda: menu_for(user, request.path)),
        "other_posts": user.other_posts,
        "home_url": address_of("web:home") or address_of("accounts:home"),
    }
