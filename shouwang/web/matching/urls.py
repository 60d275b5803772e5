"""Addresses: The comparison workbench: doubtful rows beside people, and conflicts between sources."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
