"""Addresses: the rule book as pages, and changing a parameter with a second person."""

from __future__ import annotations

from django.urls import URLPattern, path

from shouwang.web.rulebook import affected, changes, clauses, deciding, parameters, proposing, reading

urlpatterns: list[URLPattern] = [
    path("rulebook/", reading.rulebook, name="rulebook"),
    path("rulebook/parameters/<slug:name>/", parameters.parameter, name="parameter"),
    path("rulebook/parameters/<slug:name>/change/", proposing.parameter_new, name="parameter_new"),
    path("rulebook/changes/", changes.parameter_changes, name="parameter_changes"),
    path("rulebook/changes/<uuid:uuid>/", changes.parameter_change, name="parameter_change"),
    path("rulebook/changes/<uuid:uuid>/sign/", deciding.parameter_sign, name="parameter_sign"),
    path("rulebook/changes/<uuid:uuid>/refuse/", deciding.parameter_refuse, name="parameter_refuse"),
    path("rulebook/changes/<uuid:uuid>/withdraw/", deciding.parameter_withdraw, name="parameter_withdraw"),
    path("rulebook/changes/<uuid:uuid>/again/", proposing.parameter_retry, name="parameter_retry"),
    path("rulebook/trials/<uuid:uuid>/", proposing.parameter_trial, name="parameter_trial"),
    path("rulebook/trials/<uuid:uuid>/progress/", changes.parameter_progress, name="parameter_progress"),
    path("rulebook/trials/<uuid:uuid>/export/", affected.effect_export, name="effect_export"),
    path("rulebook/<slug:policy>/clause/<path:clause_id>/", clauses.clause_page, name="clause"),
    path("rulebook/<slug:package>/<slug:part>/", reading.rulebook_part, name="rulebook_part"),
]
