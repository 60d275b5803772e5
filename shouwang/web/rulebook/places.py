"""Whose rule book is it? Everybody with a post reads the one of the regiment the post belongs to."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import Http404, HttpResponseBase
from django.utils import timezone

from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import effective_posts
from shouwang.casework import versions
from shouwang.policy.book import POLICIES, Policy, RuleBook, policy_of
from shouwang.web.guard import PersonalRequest, View

P = Permission
#: Who may look at the changes of a regiment: those who propose, sign, confirm or inspect there.
READERS = (P.PARAMETER_PROPOSE, P.PARAMETER_SIGN, P.CASE_CONFIRM, P.INSPECT)


def with_post(view: View) -> View:
    """The page is for everybody with a current post; it shows no household."""

    @wraps(view)
    def guarded(request: PersonalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not effective_posts(request.user):
            raise Http404("您现在没有岗位。")
        return view(request, *args, **kwargs)

    guarded.needs = frozenset()  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def regiment_of(user: User) -> Unit | None:
    """The regiment of the post one works in; None above the regiments, where the policy stands as it was written."""
    post = user.acting_post or next(iter(effective_posts(user)), None)
    return post.unit.regiment if post else None


def in_force(user: User) -> str:
    """The id of the policy in force where the person works."""
    regiment = regiment_of(user)
    return versions.policy_on(regiment, timezone.localdate()) if regiment else versions.FIRST_POLICY


def policy_at(package: str) -> Policy:
    """The policy of a folder, as addresses name it. Http404 for any other."""
    found = next((policy for policy in POLICIES.values() if policy.package == package), None)
    if found is None:
        raise Http404("没有这部办法。")
    return found


def book_for(user: User, policy_id: str) -> RuleBook:
    """A policy as it stands today where the person works: with the values signed there, or as written."""
    regiment, today = regiment_of(user), timezone.localdate()
    if regiment is None:
        return RuleBook.of(policy_id, today)
    return versions.book_on(regiment, today, policy=policy_of(policy_id).id)
