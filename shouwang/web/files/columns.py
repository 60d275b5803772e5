"""Which column of the file is which: asked once, remembered for the next file of its kind, and changeable."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render

from shouwang.accounts.roles import Permission
from shouwang.policy.feed import Feed
from shouwang.registry import bodies
from shouwang.registry.actions import assign_columns
from shouwang.registry.actions.batches import ColumnsWrong, NotReady
from shouwang.registry.batch_jobs import perform
from shouwang.registry.batch_steps import work_of
from shouwang.registry.feeds import REASON_HEADER, feed_of_batch
from shouwang.registry.models import BatchState, SourceBatch
from shouwang.registry.queries import batch_for, tops_for
from shouwang.sources.headers import bare_header, column_of
from shouwang.units import identity
from shouwang.web.files.words import must_words
from shouwang.web.guard import PersonalRequest, needs, refuse
from shouwang.web.tables import Cell, Column, Row, Table

#: Headers at least so alike are proposed.
_ALIKE = 0.5
_SHOWN = 5
_FEW_ROWS, _FEW_BYTES = 2_000, 64 << 10


class ColumnsForm(forms.Form):
    """One choice for each column of the feed, out of the headers found."""

    def __init__(self, *args: Any, feed: Feed, headers: Sequence[str], chosen: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "不读"), *((header, header) for header in headers)]
        proposed = chosen or propose(feed, headers)
        for column in feed.reading.columns:
            self.fields[f"column_{column.name}"] = forms.ChoiceField(
                label=f"{column.header}（{must_words(feed, column)}）", choices=choices, required=False,
                initial=proposed.get(column.name, ""), help_text=column.meaning,
            )  # fmt: skip

    @property
    def chosen(self) -> dict[str, str]:
        """Column of the feed -> header of the file."""
        return {name.removeprefix("column_"): header for name, header in self.cleaned_data.items() if header}


@needs(Permission.SOURCE_UPLOAD)
def batch_columns(request: PersonalRequest, uuid: str) -> HttpResponse:
    """对应列：左边是资料要的列，选文件里的哪一列。"""
    found = batch_for(request.user, uuid)
    tops = tops_for(request.user, found)
    if not tops:
        refuse_or_back(request, found)
        return redirect("web:batch", uuid=uuid)
    sheet, rows, at = _place(request, tops)
    headers = list(dict.fromkeys(text for cell in rows[at] if (text := cell.strip()) and text != REASON_HEADER))
    feed = feed_of_batch(found)
    form = ColumnsForm(
        request.POST if request.method == "POST" else None, feed=feed, headers=headers, chosen=found.mapping
    )
    if request.method == "POST" and form.is_valid():
        try:
            assign_columns(by=request.user, batch=found, columns=form.chosen)
        except ColumnsWrong as error:
            form.add_error(None, str(error))
        else:
            if is_small(found):
                perform(found)
            return redirect("web:batch", uuid=uuid)
    context = {
        "batch": found, "feed": feed, "form": form, "problem": work_of(found).problem, "top": _top_table(rows, at),
        "sheets": list(tops), "sheet": sheet, "row": at + 1, "numbers": range(1, len(rows) + 1),
    }  # fmt: skip
    return render(request, "files/columns.html", context)


def refuse_or_back(request: PersonalRequest, batch: SourceBatch) -> None:
    """Without rows to choose by there is nothing to assign: not this person's batch, or not in this state."""
    if batch.state != BatchState.MAPPING and batch.state != BatchState.STAGED:
        raise NotReady(state=BatchState(batch.state).label, act="改列的对应")
    if batch.state == BatchState.MAPPING:
        refuse(request.user, Permission.SOURCE_UPLOAD)


def propose(feed: Feed, headers: Sequence[str]) -> dict[str, str]:
    """The nearest header for each column: the same one, else the most alike that nobody took."""
    reading, free = feed.reading, list(headers)
    found: dict[str, str] = {}
    for header in headers:
        name = column_of(header, reading)
        if name and name not in found:
            found[name] = header
            free.remove(header)
    likely = [
        (SequenceMatcher(None, bare_header(column.header), bare_header(header)).ratio(), column.name, header)
        for column in reading.columns
        if column.name not in found
        for header in free
    ]
    for alike, name, header in sorted(likely, reverse=True):
        if alike >= _ALIKE and name not in found and header not in found.values():
            found[name] = header
    return found


def _place(request: PersonalRequest, tops: dict[str, list[list[str]]]) -> tuple[str, list[list[str]], int]:
    """The sheet and the row of its headers: as asked, else the sheet and row with most texts that are no figures."""
    asked = request.GET.get("sheet", "")
    sheet = asked if asked in tops else max(tops, key=lambda name: max(map(_texts, tops[name]), default=0))
    rows = tops[sheet]
    best = max(range(len(rows)), key=lambda at: (_texts(rows[at]), -at))
    number = request.GET.get("row", "")
    return sheet, rows, int(number) - 1 if number.isdecimal() and 1 <= int(number) <= len(rows) else best


def _texts(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) and not any(char.isdigit() for char in cell) for cell in row)


def _top_table(rows: list[list[str]], at: int) -> Table:
    """The headers and the first rows under them, long rows of digits masked."""
    head = [cell.strip() or f"第{place}列" for place, cell in enumerate(rows[at], start=1)]
    lines = [
        Row([Cell(str(number)), *(Cell(_masked(row[place]) if place < len(row) else "") for place in range(len(head)))])
        for number, row in enumerate(rows[at + 1 : at + 1 + _SHOWN], start=at + 2)
    ]
    columns = [Column("行", "short"), *(Column(text) for text in head)]
    return Table("文件里的前几行", columns, lines, layout="scroll", compact=True)


def _masked(text: str) -> str:
    spelled = identity.spell(text)
    return identity.mask(spelled) if len(spelled) >= 15 and spelled[:15].isdigit() else text


def is_small(batch: SourceBatch) -> bool:
    """Whether so little of a file is read that somebody may wait for it; anything more is the worker's."""
    return batch.counts.get("read", 0) <= _FEW_ROWS and bodies.size(batch) <= _FEW_BYTES
