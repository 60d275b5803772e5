"""A paper as PDF: typst sets it by the one layout `layouts/paper.typ`, with the page and sizes of GB/T 9704.

The paper goes in as data, so nothing anybody typed is ever markup; no package and no network is needed. The same paper gives
the same bytes: the date inside the file is that of the case's last record. Without the standard's fonts it says 参考件.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import typst

from shouwang.documents.fonts import font_set
from shouwang.documents.paper import Paper

LAYOUT = Path(__file__).parent / "layouts" / "paper.typ"
CONTENT_TYPE = "application/pdf"


def render(paper: Paper, made_at: datetime) -> bytes:
    """The file. Raises FontsMissing."""
    return _compile(paper, made_at, "pdf")


def _compile(paper: Paper, made_at: datetime, kind: str) -> bytes:
    fonts = font_set()
    given = {"paper": paper.json(), "fonts": json.dumps(fonts.families), "standard": "yes" if fonts.standard else "no"}
    made: bytes = typst.compile(
        LAYOUT, root=LAYOUT.parent, font_paths=fonts.found, sys_inputs=given, format=kind,
        timestamp=int(made_at.timestamp()),
    )  # fmt: skip
    return made
