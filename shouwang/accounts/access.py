"""Marks for views: open before obligations are met, or only after a fresh proof of identity."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from shouwang.accounts import sessions

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def before_obligations(view: View) -> View:
    """The view stays open to somebody who has yet to change a password or prove the second factor."""
    view.before_obligations = True  # type: ignore[attr-defined]
    return view


def step_up(view: View) -> View:
    """The view needs a proof not older than ten minutes: export, unmasking, parameters (ASVS 7.5.3).

    Mark the page with the form as well as its target: a form posted without proof is asked for again, not replayed.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if sessions.is_freshly_proved(request):
            return view(request, *args, **kwargs)
        back = request.get_full_path() if request.method == "GET" else request.path
        return redirect(f"{reverse('accounts:second_factor')}?{urlencode({'next': back})}")

    return guarded  # type: ignore[return-value]
