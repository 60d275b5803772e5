"""Addresses: The registry: the list of households, one page a household, and every act upon them."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
