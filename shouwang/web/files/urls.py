"""Addresses: What departments send: templates, uploads, preview, bad rows, confirming and undoing."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
