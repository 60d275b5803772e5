"""Reads of this floor."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from shouwang.accounts.models import AccessToken, Kinship, Unit, User
from shouwang.accounts.roles import Level


def visible_units(user: User | AnonymousUser) -> QuerySet[Unit]:
    """The units a person may see: the territory of the current posts, nothing without one."""
    return Unit.objects.visible_to(user)


def visible_places(user: User | AnonymousUser) -> QuerySet[Unit]:
    """The units a person sees that people live in or below: what lists of households can be narrowed to."""
    return visible_units(user).exclude(level=Level.DEPARTMENT)


def tokens_of(user: User) -> QuerySet[AccessToken]:
    """One's own access tokens, the newest first; nobody sees another's."""
    return AccessToken.objects.filter(user=user).select_related("post__unit")


def kinship_with(user: User, citizen_indexes: Iterable[str]) -> Kinship | None:
    """The nearest declared relative of `user` among persons given by their blind index; None where there is none."""
    wanted = [index for index in citizen_indexes if index]
    return user.kinships.filter(withdrawn_at=None, relative_index__in=wanted).order_by("degree", "pk").first()


def is_own_household(user: User, citizen_indexes: Iterable[str]) -> bool:
    """Whether the person is one of those given by their blind index."""
    return bool(user.citizen_index) and user.citizen_index in set(citizen_indexes)
