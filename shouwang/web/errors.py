"""What a person sees when something does not work: what happened, what to do, and a number to quote."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from http import HTTPStatus

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string

from shouwang.accounts.origin import Origin
from shouwang.accounts.scope import AccessDenied
from shouwang.units.errors import ShouwangError


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "400.html", HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "403.html", HTTPStatus.FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is too old or came from elsewhere."""
    return _page(request, "403_csrf.html", HTTPStatus.FORBIDDEN)


def server_error(request: HttpRequest) -> HttpResponse:
    """Without the request's context: whatever failed may be what the shell needs. A full disk is said to be one."""
    full = _disk_is_full(sys.exc_info()[1])
    status = HTTPStatus.INSUFFICIENT_STORAGE if full else HTTPStatus.INTERNAL_SERVER_ERROR
    page = render_to_string("507.html" if full else "500.html", {"number": Origin.here().request_id})
    return HttpResponse(page, status=status)


class SaidErrorsMiddleware:
    """An error of ours that no view has caught becomes its own sentence on a page.

    A class with `conflict = True` (somebody else was quicker) is answered with 409, the others with 422.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ShouwangError) or isinstance(exception, AccessDenied):
            return None
        conflict = getattr(exception, "conflict", False)
        context = {"error": str(exception), "back": request.path if conflict else ""}
        if conflict:
            return render(request, "409.html", context, status=HTTPStatus.CONFLICT)
        return render(request, "422.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _page(request: HttpRequest, template: str, status: HTTPStatus) -> HttpResponse:
    return render(request, template, {"number": Origin.here().request_id}, status=status)


def _disk_is_full(error: BaseException | None) -> bool:
    """Whether there was no room: for a file, for SQLite, or for PostgreSQL (SQLSTATE 53100)."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if isinstance(error, DatabaseError):
            return "disk is full" in str(error) or getattr(error.__cause__, "sqlstate", "") == "53100"
        error = error.__cause__ or error.__context__
    return False
