"""What is in this workbook's sheet? Runs alone, in a child process that may die: `-m shouwang.sources.child`.

Answers on stdout in JSON lines (see `limited`): first the sheet chosen, then its rows as text, then their number.
Started only by `workbook`, only after the guard, and limits itself before it opens the file.
"""

from __future__ import annotations

import posixpath
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from shouwang.sources.headers import HEADER_ROWS, LONGEST_HEADER, best_row, from_outline
from shouwang.sources.limited import answer, limit_self
from shouwang.terms.tables import Table
from shouwang.units.text import normalise

Cell = int | float | str | bool | time | date | datetime | timedelta

#: From here on a binary float no longer holds every whole number of its length: 16 digits and more.
EXACT_BELOW = 1e15
#: Longest text a spreadsheet keeps in a cell.
LONGEST_TEXT = 32_767
#: Rows and characters per message.
_ROWS, _CHARACTERS = 500, 1 << 20


def main(path: str, wanted: str) -> None:
    """Answer for one workbook: the rows of one table (`outline`), or, for an empty one, the top of every sheet."""
    limit_self()
    try:
        with CalamineWorkbook.from_path(path) as book:
            if wanted:
                _answer_for(book, path, from_outline(wanted))
            else:
                _answer_tops(book)
    except (CalamineError, OSError, zipfile.BadZipFile, ElementTree.ParseError, KeyError, ValueError) as error:
        answer({"problem": "unreadable", "detail": type(error).__name__})
    except MemoryError:
        answer({"problem": "memory"})


def _answer_tops(book: CalamineWorkbook) -> None:
    """The first rows of every sheet a person sees, for somebody to say which column is which."""
    for sheet in book.sheets_metadata:
        if _is_visible(sheet.visible, sheet.typ):
            rows = islice(book.get_sheet_by_name(sheet.name).iter_rows(), HEADER_ROWS)
            answer({"sheet": sheet.name, "rows": [[cell_text(cell)[:LONGEST_HEADER] for cell in row] for row in rows]})


def _answer_for(book: CalamineWorkbook, path: str, table: Table) -> None:
    visible = [sheet.name for sheet in book.sheets_metadata if _is_visible(sheet.visible, sheet.typ)]
    hidden = [sheet.name for sheet in book.sheets_metadata if sheet.name not in visible]
    if len(set(book.sheet_names)) != len(book.sheet_names):
        answer({"problem": "unreadable", "detail": "SheetNames"})
        return
    candidates = _candidates(book, visible, table)
    if len(candidates) != 1:
        answer({"problem": "sheets" if candidates else "no header", "names": candidates or visible})
        return
    name = candidates[0]
    sheet = book.get_sheet_by_name(name)
    # Rows are given from the first of the sheet on, columns only from the first that is filled (calamine 0.9).
    column = sheet.start[1] if sheet.start else 0
    ignored = [other for other in visible if other != name]
    place = {"part": parts_of(path)[name], "column": column + 1}
    answer({"sheet": name, "hidden": hidden, "ignored": ignored, "total": sheet.total_height, **place})
    _answer_rows(sheet)


def _is_visible(visible: SheetVisibleEnum, kind: SheetTypeEnum) -> bool:
    return bool(visible == SheetVisibleEnum.Visible and kind == SheetTypeEnum.WorkSheet)


def _candidates(book: CalamineWorkbook, visible: list[str], table: Table) -> list[str]:
    """The sheet named like the table, else those with its header."""
    named = [name for name in visible if normalise(name).casefold() in (table.name, table.title)]
    if named or len(visible) == 1:
        return named or visible
    return [name for name in visible if _has_header(book.get_sheet_by_name(name), table)]


def _has_header(sheet: CalamineSheet, table: Table) -> bool:
    rows = [[cell_text(cell) for cell in cells] for cells in islice(sheet.iter_rows(), HEADER_ROWS)]
    return best_row(list(enumerate(rows)), table) is not None


def _answer_rows(sheet: CalamineSheet) -> None:
    count = 0
    for batch in _batches(sheet):
        count += len(batch)
        answer({"rows": batch})
    answer({"end": count})


def _batches(sheet: CalamineSheet) -> Iterator[list[list[str]]]:
    batch: list[list[str]] = []
    size = 0
    for cells in sheet.iter_rows():
        texts = [cell if type(cell) is str else cell_text(cell) for cell in cells]
        length = sum(map(len, texts))
        if length > LONGEST_TEXT and max(map(len, texts)) > LONGEST_TEXT:
            raise ValueError("longer than a cell can be")
        batch.append(texts)
        size += length
        if len(batch) >= _ROWS or size >= _CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def cell_text(cell: Cell) -> str:
    """A cell as the text a person would have typed; numbers are kept exact, or visibly not."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        return number_text(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def number_text(number: int | float) -> str:
    """`1.0` -> 1, `0.1` -> 0.1 and never an exponent; 16 digits and more -> 6.52901E+17: the last ones are lost."""
    if abs(number) >= EXACT_BELOW or number != number:
        return f"{number:.5E}"
    if number == int(number):
        return str(int(number))
    return format(Decimal(repr(number)), "f")


def parts_of(path: str) -> dict[str, str]:
    """Which XML part holds which sheet, so that what the guard saw in the part is asked of the right sheet."""
    with zipfile.ZipFile(path) as archive:
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    targets = {one.get("Id", ""): one.get("Target", "") for one in relations}
    sheets = [one for one in workbook.iter() if one.tag.endswith("}sheet") or one.tag == "sheet"]
    return {sheet.get("name", ""): _resolve(targets[_relation_id(sheet)]) for sheet in sheets}


def _relation_id(sheet: ElementTree.Element) -> str:
    """The `r:id` attribute, whichever of the two namespaces (transitional, strict) the file uses."""
    return next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")


def _resolve(target: str) -> str:
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


if __name__ == "__main__":
    main(*sys.argv[1:])
