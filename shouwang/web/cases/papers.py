"""Papers of a case: the documents its procedure names, and scans or photographs kept with the household."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import require
from shouwang.casework.queries import CaseFile
from shouwang.documents import queries as documents
from shouwang.documents.kinds import State
from shouwang.registry.actions import record_document
from shouwang.units.errors import ShouwangError
from shouwang.web.cases.reach import the_file
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.nav import address_of


class AttachmentForm(forms.Form):
    """A scan or a photograph, and what it shows."""

    title = forms.CharField(label="是什么", max_length=80, help_text="例如：走访照片、签字的申请。")
    file = forms.FileField(label="文件", help_text="PDF、PNG 或 JPG，不超过 10 MB。存入户档案，加密保存。")


def papers_of(user: User, file: CaseFile) -> list[dict[str, str]]:
    """The documents that can be made now, by name; a form still to be filled in says so."""
    shelf = documents.papers_of(user, file.case)
    return [
        {
            "label": entry.title if entry.state is State.READY else f"{entry.title}（空白表）",
            "url": address_of("web:case_paper", file.case.number, entry.kind, "docx"),
        }
        for entry in shelf.entries
        if entry.may_be_made
    ]


def attachments_of(file: CaseFile) -> list[dict[str, Any]]:
    """The scans kept with the household."""
    return [
        {
            "title": paper.title,
            "url": address_of("web:household_document", file.case.household.uuid, paper.uuid),
            "who": paper.uploaded_by.display_name if paper.uploaded_by else "",
            "when": paper.uploaded_at,
        }
        for paper in file.papers
    ]


@needs(Permission.VISIT_RECORD)
def attach(request: PersonalRequest, number: str) -> HttpResponse:
    """上传扫描件或照片。"""
    file = the_file(request.user, number)
    require(request.user, Permission.VISIT_RECORD, file.case.household.unit)
    form = AttachmentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            record_document(
                by=request.user, household=file.case.household, title=f"{form.cleaned_data['title']}（{number}）",
                file_name=sent.name, content=sent.read(),
            )  # fmt: skip
        except ShouwangError as error:
            if error.code == "ACC-01":
                raise
            form.add_error("file", str(error))
        else:
            messages.success(request, "已存入户档案。")
            return redirect("web:case", number)
    context = {"file": file, "case": file.case, "form": form, "back_url": reverse("web:case", args=[number])}
    return render(request, "cases/attach.html", context)
