"""The papers of a case as a list, and the letter to the family as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import holds
from shouwang.casework.models import Case
from shouwang.documents import actions, queries
from shouwang.documents.errors import DocumentError
from shouwang.documents.kinds import FILING, LETTER, Entry, State
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.nav import address_of
from shouwang.web.tables import Tag

_TONES = {State.READY: "brand", State.BLANK: "low", State.LATER: "plain"}


@dataclass(frozen=True, slots=True)
class Link:
    """One file to be had."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One paper as the list shows it."""

    title: str
    tag: Tag
    note: str
    links: Sequence[Link]


def case_or_404(request: PersonalRequest, number: str) -> Case:
    """A case the person may see; another is as if there were none."""
    found = queries.case_for(request.user, number)
    if found is None:
        raise Http404("没有这件个案，或您无权查看。")
    return found


@needs(Permission.CASE_VIEW)
def papers(request: PersonalRequest, number: str) -> HttpResponse:
    """个案的文书：哪些可以生成，哪些还差哪一步。"""
    shelf = queries.papers_of(request.user, case_or_404(request, number))
    context = {
        "case": shelf.case,
        "head": shelf.head,
        "case_url": address_of("web:case", number),
        "sheets": [_sheet(number, entry, shelf.full) for entry in shelf.entries],
        "blank": holds(request.user, Permission.CASE_DECLARE),
    }
    return render(request, "documents/papers.html", context)


@needs(Permission.CASE_VIEW)
def letter(request: PersonalRequest, number: str) -> HttpResponse:
    """告知信，可以直接打印。"""
    case = case_or_404(request, number)
    try:
        paper = actions.read_letter(by=request.user, case=case)
    except DocumentError as error:
        return refused(request, error, case)
    return render(request, "documents/letter.html", {"case": case, "paper": paper.plain()})


def refused(request: PersonalRequest, error: DocumentError, case: Case | None = None) -> HttpResponse:
    """Why a document was not made, on a page that leads back to the others."""
    return render(request, "documents/refused.html", {"error": str(error), "case": case}, status=error.status)


def _sheet(number: str, entry: Entry, full: bool) -> Sheet:
    return Sheet(
        entry.title, Tag(entry.state.value, _TONES[entry.state]), entry.waiting,
        tuple(_links(number, entry, full)) if entry.may_be_made else (),
    )  # fmt: skip


def _links(number: str, entry: Entry, full: bool) -> list[Link]:
    """The files of one paper; whole citizen numbers only where the form needs them and the person may see them."""
    forms = [("Word 文件，可改", "docx"), ("PDF，打印用", "pdf")]
    if entry.kind == FILING:
        forms.append(("整套备案材料，压缩包", "zip"))
    first = [Link("在网页上看", reverse("web:case_letter", args=[number]))] if entry.kind == LETTER else []
    links = first + [Link(label, _url(number, entry, form)) for label, form in forms]
    if full and entry.takes_numbers:
        label, form = forms[-1]
        links.append(Link(f"{label}，含完整身份证号", f"{_url(number, entry, form)}?full=1"))
    return links


def _url(number: str, entry: Entry, form: str) -> str:
    return reverse("web:case_paper", args=[number, entry.kind, form])
