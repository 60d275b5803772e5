"""Addresses: the ranked list of clues, one clue and what is done with it, reporting, and departments' reports."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from shouwang.web.clues import acts, arranging, departments, listing, page, reporting
from shouwang.web.clues import tiles as tiles  # its figures are on the first page

urlpatterns: list[URLPattern] = [
    path("clues/", listing.clues, name="clues"),
    path("clues/new/", reporting.clue_new, name="clue_new"),
    path("clues/arrange/", arranging.arrange, name="clues_arrange"),
    path("clues/reports/", departments.reports, name="reports"),
    path("clues/reports/new/", departments.report_new, name="report_new"),
    path("clues/reports/<uuid:uuid>/", departments.report, name="report"),
    path("clues/reports/<uuid:uuid>/place/", require_POST(departments.report_place), name="report_place"),
    path("clues/<uuid:uuid>/", page.clue, name="clue"),
    path("clues/<uuid:uuid>/<slug:act>/", acts.clue_act, name="clue_act"),
]
