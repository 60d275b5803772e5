"""Addresses: Documents of a case: docx to edit, PDF to read."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
