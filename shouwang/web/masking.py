"""Which numbers may a page show? None in full: what somebody typed into a note is masked on its way out (GB/T 35273 7.2).

Masking where a page leaves, and not where each note is shown, so that no page can forget it. What a person is typing is
theirs and stays as typed: the value of a field, a textarea. The one page that shows a number in full, having asked for the
purpose and recorded it, says so with `shows_numbers`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from shouwang.accounts.redact import redact
from shouwang.web.guard import View

#: Tags, and parts that are no text on the page: they split it into the words a reader sees.
_MARKUP = re.compile(r"(<(script|style|textarea)\b.*?</\2\s*>|<[^>]*>)", re.DOTALL | re.IGNORECASE)
#: Attributes that are read aloud or shown on a pointer or in a dialog.
_SAID = re.compile(r'(\b(?:title|alt|aria-label|data-confirm(?:-\w+)?)=")([^"]*)"')

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def masked_pages(get_response: GetResponse) -> GetResponse:
    """Mask citizen and mobile numbers in every page and every part of one."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if _is_page(response) and not getattr(response, "shows_numbers", False):
            page = response.content.decode(response.charset)
            if redact(page) != page:
                response.content = masked(page)
        return response

    return middleware


def shows_numbers(view: View) -> View:
    """The page shows a number in full. For the page of a recorded unmasking only."""

    @wraps(view)
    def marked(*args: object, **kwargs: object) -> HttpResponseBase:
        response = view(*args, **kwargs)
        response.shows_numbers = True  # type: ignore[attr-defined]
        return response

    return marked  # type: ignore[return-value]


def masked(page: str) -> str:
    """HTML with the numbers in its words masked; fields, scripts and addresses as they are."""
    parts = _MARKUP.split(page)
    # split() gives words, markup, the name of a script-like tag (or None), words, …
    for place in range(0, len(parts), 3):
        parts[place] = redact(parts[place])
        if place + 1 < len(parts):
            parts[place + 1] = _SAID.sub(lambda found: f'{found[1]}{redact(found[2])}"', parts[place + 1])
            parts[place + 2] = ""
    return "".join(parts)


def _is_page(response: HttpResponseBase) -> bool:
    return isinstance(response, HttpResponse) and response.get("Content-Type", "").startswith("text/html")
