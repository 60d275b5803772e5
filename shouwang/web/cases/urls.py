"""Addresses: Cases: one page a case, the steps of its procedure, signatures and doors."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
