"""Addresses of cases: the list, one case, its steps, signatures, doors and papers."""

from __future__ import annotations

from django.urls import URLPattern, path

from shouwang.web.cases import doors, listing, opening, page, papers, signing, steps
from shouwang.web.cases import tiles as tiles  # its figures are on the first page

urlpatterns: list[URLPattern] = [
    path("cases/", listing.cases, name="cases"),
    path("cases/new/<uuid:household>/", opening.open_case, name="case_new"),
    path("cases/<str:number>/", page.case, name="case"),
    path("cases/<str:number>/again/", opening.reopen_case, name="case_again"),
    path("cases/<str:number>/steps/<slug:step>/", steps.step, name="case_step"),
    path("cases/<str:number>/records/<uuid:record>/sign/", signing.sign, name="case_sign"),
    path("cases/<str:number>/doors/<slug:door>/", doors.door, name="case_door"),
    path("cases/<str:number>/attachments/", papers.attach, name="case_attach"),
]
