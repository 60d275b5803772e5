"""Addresses: What departments send: templates, uploads, preview, bad rows, confirming and undoing."""

from __future__ import annotations

from django.urls import URLPattern, path

from shouwang.web.files import acts, batch, columns, listing, sending, taking

urlpatterns: list[URLPattern] = [
    path("files/", listing.sources, name="sources"),
    path("files/batches/<uuid:uuid>/", batch.batch, name="batch"),
    path("files/batches/<uuid:uuid>/job/", batch.job, name="batch_job"),
    path("files/batches/<uuid:uuid>/columns/", columns.batch_columns, name="batch_columns"),
    path("files/batches/<uuid:uuid>/confirm/", acts.batch_confirm, name="batch_confirm"),
    path("files/batches/<uuid:uuid>/undo/", acts.batch_undo, name="batch_undo"),
    path("files/batches/<uuid:uuid>/bad-rows/", taking.bad_rows, name="batch_bad"),
    path("files/<slug:feed>/", sending.source_feed, name="source_feed"),
    path("files/<slug:feed>/template/", taking.template, name="source_template"),
]
