"""The first page: what I have to do now, what other parts of the system have to tell me, and who I am here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.web.guard import PersonalRequest
from shouwang.web.tables import Table


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure that leads to its list. `as_of` says when it was true; None means now."""

    title: str
    figure: str
    unit: str = ""
    note: str = ""
    url: str = ""
    as_of: datetime | None = None
    #: The smaller, the further in front; work to be done comes first.
    order: int = 30


Contributor = Callable[[User], Iterable[Tile | Table]]
#: Functions of other pages that give tiles for one person; each scopes its own figures.
CONTRIBUTORS: list[Contributor] = []


def contributes(function: Contributor) -> Contributor:
    """Let a function's tiles appear on the first page, in the order they ask for; a table of what is to be done, on top."""
    CONTRIBUTORS.append(function)
    return function


def home(request: PersonalRequest) -> HttpResponse:
    """首页：先是要办的事，再是各项数字，最后是我在哪个岗位、能办什么。"""
    user = request.user
    post = user.acting_post
    given = [one for give in CONTRIBUTORS for one in give(user)] if post else []
    tiles = [one for one in given if isinstance(one, Tile)]
    context = {
        "post": post,
        "may": [permission.label for permission in Permission if post and permission in post.role_class.permissions],
        "tiles": sorted(tiles, key=lambda tile: tile.order),
        "tasks": [one for one in given if isinstance(one, Table)],
        "now": timezone.now(),
    }
    return render(request, "home.html", context)
