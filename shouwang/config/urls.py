"""Addresses, and the pages for what goes wrong."""

from django.urls import URLPattern, URLResolver, include, path

handler400 = "shouwang.web.errors.bad_request"
handler403 = "shouwang.web.errors.forbidden"
handler500 = "shouwang.web.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("shouwang.accounts.urls")),
    path("", include("shouwang.web.urls")),
]
