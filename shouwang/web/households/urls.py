"""Addresses: the list of households, one page a household, and every act upon them."""

from __future__ import annotations

from django.urls import URLPattern, path

from shouwang.web.households import acts, export, keeping, listing, member, page, registration, tiles, why

__all__ = ["tiles", "urlpatterns"]

_ONE = "households/<uuid:uuid>/"
urlpatterns: list[URLPattern] = [
    path("households/", listing.households, name="households"),
    path("households/new/", registration.household_new, name="household_new"),
    path("households/export/", export.household_export, name="household_export"),
    path("households/search/", listing.person_search, name="person_search"),
    path(_ONE, page.household, name="household"),
    path(f"{_ONE}why/", why.household_why, name="household_why"),
    path(f"{_ONE}ledger/", page.ledger, name="household_ledger"),
    path(f"{_ONE}members/<uuid:person>/", member.household_member, name="household_member"),
    path(f"{_ONE}members/<uuid:person>/number/", member.household_reveal, name="household_reveal"),
    path(f"{_ONE}documents/<uuid:document>/", keeping.household_document, name="household_document"),
    path(f"{_ONE}do/<slug:act>/", acts.household_act, name="household_act"),
    path(f"{_ONE}do/<slug:act>/<str:key>/", acts.household_act, name="household_act"),
]
