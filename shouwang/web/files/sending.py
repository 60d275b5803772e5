"""One feed: what it is for, its columns, its template, and the form that takes a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from shouwang.accounts.models import Unit
from shouwang.accounts.roles import Permission
from shouwang.policy.feed import Feed, feed_of
from shouwang.registry.actions import receive_file
from shouwang.registry.actions.batches import LARGEST_BYTES, FileKnown, FileTooLarge
from shouwang.registry.batch_jobs import perform
from shouwang.registry.queries import batch_list, sending_unit
from shouwang.units.errors import ShouwangError
from shouwang.web.files.listing import history, in_office
from shouwang.web.files.words import format_words, must_words
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.paging import Keyset
from shouwang.web.tables import Cell, Column, Row, Table
from shouwang.web.uploads import too_large

#: So small a file is read while its sender waits; anything larger is the worker's.
AT_ONCE_BYTES = 64 << 10
_NEWEST = Keyset(newest_first=True, size=10)


class FileForm(forms.Form):
    """A file and the day it speaks of."""

    file = forms.FileField(
        label="文件", error_messages={"required": "请选择要上报的文件。", "empty": "这个文件是空的，请核对选的是不是它。"},
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )  # fmt: skip
    as_of = forms.DateField(
        label="资料截至日期", help_text="文件里的情况是截至哪一天的。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


@needs(Permission.SOURCE_UPLOAD)
def source_feed(request: PersonalRequest, feed: str) -> HttpResponse:
    """一种资料：说明、模板、上报。"""
    found, unit = feed_or_404(request, feed)
    today = settings.SCREENING_DAY or timezone.localdate()
    form = FileForm(request.POST or None, request.FILES or None, initial={"as_of": today})
    error: ShouwangError | None = None
    if request.method == "POST" and too_large(request, LARGEST_BYTES):
        size = -(-int(request.META.get("CONTENT_LENGTH") or 0) // (1 << 20))
        error = FileTooLarge(file="这个文件", size=size, limit=LARGEST_BYTES >> 20)
    elif request.method == "POST":
        form = FileForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                return _take(request, found, unit, form.cleaned_data)
            except ShouwangError as said:
                error = said
    page = _NEWEST.page(batch_list(request.user, feed=found.id), request.GET)
    context = {
        "feed": found, "unit": unit, "form": form, "error": error, "limit": LARGEST_BYTES >> 20,
        "known": error.facts["batch"] if isinstance(error, FileKnown) else None, "columns": columns_table(found),
        "table": history(page, of_office=in_office(request.user)),
    }  # fmt: skip
    return render(request, "files/feed.html", context)


def _take(request: PersonalRequest, feed: Feed, unit: Unit, data: dict[str, Any]) -> HttpResponse:
    file = data["file"]
    batch = receive_file(
        by=request.user, unit=unit, feed=feed.id, file_name=file.name, content=file.read(), as_of=data["as_of"],
        department=feed.department,
    )  # fmt: skip
    if file.size <= AT_ONCE_BYTES:
        perform(batch)
    return redirect("web:batch", uuid=batch.uuid)


def feed_or_404(request: PersonalRequest, id_: str) -> tuple[Feed, Unit]:
    """A feed the person may deliver, and in which unit's name."""
    feed = feed_of(id_)
    unit = sending_unit(request.user, feed) if feed else None
    if feed is None or unit is None:
        raise Http404("没有这种资料，或不由您上报。")
    return feed, unit


def columns_table(feed: Feed) -> Table:
    """What every column means and how it is written."""
    rows = [
        Row([Cell(c.header), Cell(must_words(feed, c)), Cell(format_words(c)), Cell(c.meaning or "—")])
        for c in feed.reading.columns
    ]
    return Table(
        "表里的列", [Column("列名"), Column("必填"), Column("怎样填"), Column("含义")], rows, compact=True,
        note="列的先后不限；文件里的列名不同也可以，上报后再对应。",
    )  # fmt: skip


def address(feed: Feed) -> str:
    return reverse("web:source_feed", args=[feed.id])
