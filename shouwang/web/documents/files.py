"""A document as a file. What names several households, or shows whole citizen numbers, needs a fresh proof of identity."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from shouwang.accounts.access import step_up
from shouwang.accounts.roles import Permission
from shouwang.documents import actions
from shouwang.documents.actions import MadeFile
from shouwang.documents.errors import DocumentError
from shouwang.documents.kinds import FILING
from shouwang.web.documents.shelf import case_or_404, refused
from shouwang.web.guard import PersonalRequest, needs


@needs(Permission.CASE_VIEW)
def case_paper(request: PersonalRequest, number: str, kind: str, form: str) -> HttpResponseBase:
    """一份文书，作为附件下载。"""
    full = request.GET.get("full") == "1"
    give = step_up(_give) if full or kind == FILING else _give
    return give(request, number, kind, form, full)


def _give(request: PersonalRequest, number: str, kind: str, form: str, full: bool) -> HttpResponse:
    case = case_or_404(request, number)
    try:
        made = actions.make_paper(by=request.user, case=case, kind=kind, form=form, full=full)
    except DocumentError as error:
        return refused(request, error, case)
    return _attachment(made)


@needs(Permission.CASE_DECLARE)
def blank_application(request: PersonalRequest, form: str) -> HttpResponse:
    """空白的申请及承诺授权书，入户时带去。"""
    try:
        return _attachment(actions.make_blank_application(by=request.user, form=form))
    except DocumentError as error:
        return refused(request, error)


def _attachment(made: MadeFile) -> HttpResponse:
    """The file under its Chinese name (RFC 5987), never kept by a cache."""
    response = HttpResponse(made.content, content_type=made.content_type)
    response["Content-Disposition"] = content_disposition_header(True, made.name) or "attachment"
    response["Cache-Control"] = "no-store"
    return response
