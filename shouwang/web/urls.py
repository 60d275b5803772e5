"""Addresses of the pages, a package each. The menu shows an entry once its name is here."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from shouwang.web import home, parts
from shouwang.web.administration import urls as administration
from shouwang.web.api import urls as api
from shouwang.web.cases import urls as cases
from shouwang.web.clues import urls as clues
from shouwang.web.documents import urls as documents
from shouwang.web.files import urls as files
from shouwang.web.households import urls as households
from shouwang.web.matching import urls as matching
from shouwang.web.rulebook import urls as rulebook
from shouwang.web.screenings import urls as screenings
from shouwang.web.worklists import urls as worklists

PAGES = (
    administration, api, cases, clues, documents, files, households, matching, rulebook, screenings, worklists,
)  # fmt: skip

app_name = "web"
urlpatterns: list[URLPattern | URLResolver] = [path("", home.home, name="home")]
for pages in PAGES:
    urlpatterns += pages.urlpatterns
if settings.SHOUWANG_ENV != "production":
    urlpatterns += [
        path("_parts/", parts.gallery, name="parts"),
        path("_parts/resident/", parts.resident, name="parts_resident"),
        path("_parts/job/", parts.job, name="parts_job"),
    ]
