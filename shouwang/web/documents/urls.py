"""Addresses: Documents of a case: docx to edit, PDF to read."""

from __future__ import annotations

from django.urls import URLPattern, path

from shouwang.web.documents import files, shelf

urlpatterns: list[URLPattern] = [
    path("cases/<str:number>/papers/", shelf.papers, name="case_papers"),
    path("cases/<str:number>/papers/letter/", shelf.letter, name="case_letter"),
    path("cases/<str:number>/papers/<slug:kind>.<slug:form>", files.case_paper, name="case_paper"),
    path("papers/application.<slug:form>", files.blank_application, name="blank_application"),
]
