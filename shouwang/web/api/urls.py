"""Addresses of the machine interface, and of the page where people make its tokens."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from shouwang.web.api import tokens
from shouwang.web.api.entry import open_doors
from shouwang.web.api.interface import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", open_doors(api)),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/new/", tokens.token_new, name="token_new"),
    path("tokens/<uuid:uuid>/revoke/", tokens.token_revoke, name="token_revoke"),
]
