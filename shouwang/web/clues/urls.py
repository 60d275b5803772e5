"""Addresses: Clues: the ranked list, triage, reporting, and what became of a department's own."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
