"""The first page: who I am here, what my post lets me do, and what other parts of the system have to tell me."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.web.guard import PersonalRequest


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure that leads to its list. `as_of` says when it was true; None means now."""

    title: str
    figure: str
    unit: str = ""
    note: str = ""
    url: str = ""
    as_of: datetime | None = None


Contributor = Callable[[User], Iterable[Tile]]
#: Functions of other pages that give tiles for one person; each scopes its own figures.
CONTRIBUTORS: list[Contributor] = []


def contributes_tiles(function: Contributor) -> Contributor:
    """Let a function's tiles appear on the first page, in the order of registration."""
    CONTRIBUTORS.append(function)
    return function


def home(request: PersonalRequest) -> HttpResponse:
    """首页：我是谁、在哪个岗位、能办什么。"""
    user = request.user
    post = user.acting_post
    context = {
        "post": post,
        "may": [permission.label for permission in Permission if post and permission in post.role_class.permissions],
        "tiles": [tile for give in CONTRIBUTORS for tile in give(user)] if post else [],
    }
    return render(request, "home.html", context)
