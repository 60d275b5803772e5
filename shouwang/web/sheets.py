"""A list as an Excel file, for any page that exports one: `download("名单", [("户编号", 16), …], rows)`.

What becomes of each kind of cell is said in `registry.workbook`. The caller asks for EXPORT with a fresh second factor and
records the export.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from shouwang.registry.workbook import CONTENT_TYPE, LARGEST, Fen, SheetFull, write

__all__ = ["CONTENT_TYPE", "LARGEST", "Fen", "SheetFull", "answer", "download"]


def download(
    title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]], about: Iterable[Sequence[Any]] = ()
) -> HttpResponse:
    """`title` names the sheet and, with today's date, the file; a column is its heading and width in characters."""
    out = BytesIO()
    write(out, title, columns, rows, about)
    return answer(title, out.getvalue())


def answer(title: str, content: bytes) -> HttpResponse:
    """A workbook that is ready, as a file to be kept; no cache on the way keeps another."""
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    name = f"{title}-{timezone.localdate():%Y%m%d}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "no-store"
    return response
