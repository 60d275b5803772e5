"""Handing out a file kept about a household: as an attachment, never shown by the browser, never cached."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from shouwang.accounts.roles import Permission
from shouwang.registry.actions import read_document
from shouwang.registry.queries import document_for, household_for
from shouwang.web.guard import PersonalRequest, needs


@needs(Permission.HOUSEHOLD_VIEW)
def household_document(request: PersonalRequest, uuid: UUID, document: UUID) -> HttpResponse:
    """下载附件；每次都有记录。"""
    household = household_for(request.user, uuid)
    found = document_for(request.user, household, document)
    response = HttpResponse(read_document(by=request.user, document=found), content_type=found.content_type)
    response["Content-Disposition"] = content_disposition_header(True, found.file_name) or "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
