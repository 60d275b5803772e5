"""What may a spreadsheet do to a text cell, and how is it kept from doing it?

A cell that begins like a formula is run; a long row of digits is rounded. In CSV the first gets a leading `'`, the
second a leading tab, which our readers trim away. In workbooks every text is written as a string cell instead.
Source: OWASP, CSV injection.
"""

from __future__ import annotations

import re

#: Beginnings a spreadsheet takes for a formula, full-width forms included; `-1.234` is a number and stays one.
GUARDED = r"^([=@\t\r＝＋－＠]|[+\-][0-9.,]*[^0-9.,])"
#: Twelve digits and more are shown as 6.5E+17, and beyond fifteen the last are lost.
LONG_NUMBER = r"^[0-9]{12,}[0-9Xx]?$"

_GUARDED, _LONG = re.compile(GUARDED), re.compile(LONG_NUMBER)
_MARKS = frozenset("'\t")
#: What a text begins with that either pattern can match. Most texts begin otherwise, and need no pattern.
_TELLING = frozenset("=@\t\r＝＋－＠+-0123456789")


def plain_cell(cell: str) -> str:
    """A text as it was before `safe_cell` set it off: takes away our one mark, and nothing else."""
    if cell[:1] not in _MARKS:
        return cell
    marked = _GUARDED if cell[0] == "'" else _LONG
    return cell[1:] if marked.match(cell[1:]) else cell


def safe_cell(text: str) -> str:
    """A text as it may stand in a CSV cell."""
    if text[:1] not in _TELLING:
        return text
    if _GUARDED.match(text):
        return "'" + text
    return "\t" + text if _LONG.match(text) else text
