"""Addresses: 待办, 已办, 我经手的, overdue, and the daily suspicion lists."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
