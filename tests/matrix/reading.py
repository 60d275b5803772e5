"""All the words of an answer, whatever it is: a page, JSON, a workbook, a Word or PDF file, an archive of those."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import openpyxl
from pypdf import PdfReader

from tests.documents.conftest import text_of_docx


def words_of(response: Any) -> str:
    """What a person could read in an answer, its headers included."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return headers + "\n" + text_of(body, response.headers.get("Content-Type", ""))


def text_of(body: bytes, kind: str) -> str:
    if "spreadsheetml" in kind:
        book = openpyxl.load_workbook(BytesIO(body), read_only=True)
        return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    if "wordprocessingml" in kind:
        return text_of_docx(body)
    if kind == "application/pdf" and b"startxref" in body:
        return "".join(page.extract_text() for page in PdfReader(BytesIO(body)).pages)
    if kind == "application/zip":
        with zipfile.ZipFile(BytesIO(body)) as archive:
            return "\n".join(f"{name}\n{text_of(archive.read(name), _kind(name))}" for name in archive.namelist())
    return body.decode("utf-8", errors="replace")


def _kind(name: str) -> str:
    ending = name.rpartition(".")[2]
    return {"xlsx": "spreadsheetml", "docx": "wordprocessingml", "pdf": "application/pdf"}.get(ending, "")
