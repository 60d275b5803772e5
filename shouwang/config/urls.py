"""Addresses. The web floor adds its own at the root."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("accounts/", include("shouwang.accounts.urls"))]
