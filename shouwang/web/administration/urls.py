"""Addresses of accounts, posts and the audit trail."""

from __future__ import annotations

from django.urls import URLPattern, path

from shouwang.web.administration import people, people_acts, system, trail

urlpatterns: list[URLPattern] = [
    path("people/", people.people, name="people"),
    path("people/new/", people_acts.account_new, name="account_new"),
    path("people/<uuid:uuid>/", people.person, name="person"),
    path("people/<uuid:uuid>/password/", people_acts.password_reset, name="password_reset"),
    path("people/<uuid:uuid>/factor/", people_acts.factor_reset, name="factor_reset"),
    path("people/<uuid:uuid>/disable/", people_acts.account_disable, name="account_disable"),
    path("people/<uuid:uuid>/posts/new/", people_acts.post_grant, name="post_grant"),
    path("posts/<uuid:uuid>/end/", people_acts.post_end, name="post_end"),
    path("audit/", trail.trail, name="trail"),
    path("audit/<int:seq>/", trail.event, name="event"),
    path("audit/check/", trail.check, name="trail_check"),
    path("audit/anchor/", trail.make_anchor, name="trail_anchor"),
    path("system/", system.system, name="system"),
    path("system/backup/", system.back_up, name="system_backup"),
    path("system/drill/", system.drill, name="system_drill"),
]
