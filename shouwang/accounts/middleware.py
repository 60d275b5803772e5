"""What happens around every request: number and address, session limits, the post acted in, duties before work, refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.defaults import page_not_found

from shouwang.accounts import audit, origin, sessions
from shouwang.accounts.models import TotpDevice, User
from shouwang.accounts.models.audit import Result
from shouwang.accounts.scope import AccessDenied, effective_posts

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def request_origin(get_response: GetResponse) -> GetResponse:
    """Number the request and note its address, for the audit trail and for the person asking for help."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        here = origin.Origin(ip=origin.client_ip(request), request_id=uuid4().hex)
        token = origin.current.set(here)
        try:
            response = get_response(request)
        finally:
            origin.current.reset(token)
        response["X-Request-ID"] = here.request_id
        return response

    return middleware


def session_guard(get_response: GetResponse) -> GetResponse:
    """End sessions that are idle, too old or taken over; let no page stay in a browser's cache."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if isinstance(user, User):
            word, sentence = sessions.why_over(request, user)
            if word:
                sessions.end(request, why=word)
                messages.warning(request, sentence)
                return _never_stored(redirect(settings.LOGIN_URL))
            sessions.touch(request)
        return _never_stored(get_response(request))

    return middleware


def acting_post(get_response: GetResponse) -> GetResponse:
    """The post this request is made in: the chosen one while it is current, else the first current one."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if isinstance(user, User):
            posts = effective_posts(user)
            chosen = request.session.get(sessions.POST, "")
            now = next((post for post in posts if str(post.uuid) == chosen), posts[0] if posts else None)
            user.acting_post, user.other_posts = now, [post for post in posts if post is not now]
        return get_response(request)

    return middleware


class ObligationsMiddleware:
    """What must be done before any work: a new password, then the second factor.

    Views marked with `before_obligations` (login, logout and the pages that fulfil the obligations) stay open.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if getattr(view, "before_obligations", False) or not isinstance(request.user, User):
            return None
        duty = _duty(request, request.user)
        return redirect(duty) if duty else None


class RefusalMiddleware:
    """Every refusal is recorded and answered with 404, so that nothing outside one's own unit can be sounded out."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, AccessDenied):
            return None
        by = request.user if isinstance(request.user, User) else None
        facts = {name: str(exception.facts.get(name, "")) for name in ("permission_code", "unit")}
        audit.note(by=by, verb="access.denied", result=Result.DENIED, path=request.path, asked=facts)
        return page_not_found(request, exception)


def must_change_password(user: User) -> bool:
    """Whether a password is a one-time one, or older than the profile allows."""
    oldest = settings.PASSWORD_MAX_AGE
    expired = oldest is not None and timezone.now() - user.password_changed_at > oldest
    return user.must_change_password or expired


def _duty(request: HttpRequest, user: User) -> str:
    if must_change_password(user):
        return "accounts:password"
    if user.is_verified():  # type: ignore[attr-defined]  # set by OTPMiddleware
        return ""
    if TotpDevice.objects.filter(user=user, confirmed=True).exists():
        return "accounts:second_factor"
    return "accounts:enrol" if any(post.role_class.second_factor for post in user.posts.current()) else ""


def _never_stored(response: HttpResponseBase) -> HttpResponseBase:
    if isinstance(response, HttpResponse):
        add_never_cache_headers(response)
    response["Cache-Control"] = "no-store, private"
    return response
