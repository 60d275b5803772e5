"""Escaping for markup that is written in one go."""

from __future__ import annotations

import re

from django.utils.html import conditional_escape

_TO_ESCAPE = re.compile("[&<>\"']")


def said(value: object) -> str:
    """`conditional_escape` where there is something to escape: a page says a thousand words, and few have a sign in them."""
    if type(value) is str and _TO_ESCAPE.search(value) is None:
        return value
    return conditional_escape(value)
