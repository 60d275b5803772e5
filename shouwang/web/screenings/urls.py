"""Addresses: screenings in the background, what each found, and what moved between two of them."""

from __future__ import annotations

from django.urls import URLPattern, path

from shouwang.web.screenings import comparing, export, listing, page

urlpatterns: list[URLPattern] = [
    path("screenings/", listing.screenings, name="screenings"),
    path("screenings/new/", listing.screening_new, name="screening_new"),
    path("screenings/compare/", comparing.screening_compare, name="screening_compare"),
    path("screenings/compare/export/", export.screening_compare_export, name="screening_compare_export"),
    path("screenings/<uuid:uuid>/", page.screening, name="screening"),
    path("screenings/<uuid:uuid>/progress/", page.screening_progress, name="screening_progress"),
    path("screenings/<uuid:uuid>/export/", export.screening_export, name="screening_export"),
]
