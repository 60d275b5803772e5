"""Addresses: Screenings in the background, and what moved between two of them."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
