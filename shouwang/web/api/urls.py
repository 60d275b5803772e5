"""Addresses: The machine interface: the same queries and actions as JSON, described by OpenAPI."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
