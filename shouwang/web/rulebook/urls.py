"""Addresses: The rule book as pages, and changing a parameter with a second person."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
