"""Addresses: 待办, 已办, 我经手的, overdue, the daily suspicion lists, and totals."""

from __future__ import annotations

from django.urls import URLPattern, path

from shouwang.web.worklists import history, inbox, suspicions, totals
from shouwang.web.worklists import tiles as tiles  # its figures are on the first page

urlpatterns: list[URLPattern] = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/done/", history.done, name="done"),
    path("inbox/touched/", history.touched, name="touched"),
    path("inbox/overdue/", history.overdue, name="overdue"),
    path("suspicions/", suspicions.suspicions, name="suspicions"),
    path("suspicions/<slug:kind>/", suspicions.suspicion, name="suspicion"),
    path("suspicions/<slug:kind>/export/", suspicions.suspicion_export, name="suspicion_export"),
    path("statistics/", totals.totals, name="statistics"),
]
