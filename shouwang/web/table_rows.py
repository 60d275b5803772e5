"""The rows of a table as markup, written in one pass: of a page of fifty rows the template engine made 3,000 nodes, 80 ms.

The frame of the table (heading, columns, bulk bar, empty state, paging) is `ui/table.html`; this is its `<tbody>` only.
"""

from __future__ import annotations

from django.utils.safestring import SafeString, mark_safe

from shouwang.web.markup import said
from shouwang.web.tables import Cell, Column, Row, Table, Tag


def body(table: Table) -> SafeString:
    """Every row of the table; all that came from outside is escaped."""
    return mark_safe("\n".join(_row(row, table) for row in table.rows))  # `said` escapes every value below


def _row(row: Row, table: Table) -> str:
    first, *others = zip(table.columns, row.cells, strict=True)
    pick = _pick(row) if table.acts else ""
    return f'<tr role="row">{pick}{_head(row, *first)}{"".join(_cell(column, cell) for column, cell in others)}</tr>'


def _pick(row: Row) -> str:
    return (
        f'<td role="cell" class="pick"><label><span class="visually-hidden">选中 {said(row.cells[0].text)}</span>'
        f'<input type="checkbox" name="picked" value="{said(row.value)}"></label></td>'
    )


def _head(row: Row, column: Column, cell: Cell) -> str:
    words = _link("row-link", row.url, cell.text)
    return f'<th role="rowheader" scope="row" data-label="{said(column.label)}">{words}{_note(cell)}</th>'


def _cell(column: Column, cell: Cell) -> str:
    kinds = [column.kind] if column.kind != "text" else []
    kinds += ["silent"] if cell.silent else []
    name = f' class="{" ".join(kinds)}"' if kinds else ""
    tag = f"{tag_markup(cell.tag)} " if cell.tag else ""
    words = _link("cell-link", cell.url, cell.text)
    return f'<td role="cell" data-label="{said(column.label)}"{name}><span>{tag}{words}{_note(cell)}</span></td>'


def _link(name: str, url: str, text: str) -> str:
    return f'<a class="{name}" href="{said(url)}">{said(text)}</a>' if url else said(text)


def _note(cell: Cell) -> str:
    return f"<small>{said(cell.note)}</small>" if cell.note else ""


def tag_markup(tag: Tag) -> SafeString:
    """A word with a tone, its risk also as a shape."""
    shape = f'<span class="tag__shape" aria-hidden="true">{tag.shape}</span>' if tag.shape else ""
    return mark_safe(f'<span class="tag tag--{said(tag.tone)}">{shape}{said(tag.text)}</span>')
