"""Addresses: the comparison workbench, conflicts between sources, what became of what departments sent."""

from __future__ import annotations

from django.urls import URLPattern, path

from shouwang.web.matching import bench, conflicts, results

_ROW = "matching/rows/<uuid:uuid>/"
urlpatterns: list[URLPattern] = [
    path("matching/", bench.matching, name="matching"),
    path(f"{_ROW}decide/", bench.matching_decide, name="matching_decide"),
    path(f"{_ROW}take-back/", bench.matching_take_back, name="matching_take_back"),
    path(f"{_ROW}find/", bench.matching_find, name="matching_find"),
    path("households/conflicts/", conflicts.conflicts, name="conflicts"),
    path("households/conflicts/<slug:about>/<uuid:uuid>/<slug:kind>/", conflicts.conflict, name="conflict"),
    path("files/departments/results/", results.department_page, name="department_results"),
    path("files/departments/results/export/", results.department_export, name="department_results_export"),
]
