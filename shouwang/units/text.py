"""One spelling for text: trimmed, full-width digits and letters made half-width (NFKC)."""

from __future__ import annotations

import re
import unicodedata

# Invisible characters that copying out of chat programs and web pages leaves behind.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
#: Control characters that no cell means and no file format carries safely; line breaks and tabs stay.
_CONTROL = dict.fromkeys(code for code in (*range(32), 127) if code not in (9, 10, 13))
_DIGITS, _UNITS = "〇一二三四五六七八九", {"十": 10, "百": 100}
_NUMERAL = re.compile(rf"([0-9]+|[{_DIGITS}零十百]+)")


def normalise(raw: str) -> str:
    """Trim and NFKC-normalise (contract 2). Printable ASCII text, the common case, is only trimmed."""
    if raw.isascii():
        return raw.strip() if raw.isprintable() else raw.translate(_CONTROL).strip()
    return unicodedata.normalize("NFKC", raw.translate(_INVISIBLE | _CONTROL)).strip()


def blank(raw: str | None) -> bool:
    """True for nothing, or nothing but white space."""
    return raw is None or not normalise(raw)


def reading_order(name: str) -> tuple[str | int, ...]:
    """A sort key by which 二连 comes before 十连 and 2连 before 10连: numerals count as numbers, the rest as text."""
    pieces = (piece for piece in _NUMERAL.split(name) if piece)
    return tuple(part for piece in pieces for part in _ranked(piece))


def _ranked(piece: str) -> tuple[int, str | int]:
    """A number before any text, so that numbers are never compared with texts."""
    return (0, _number(piece)) if _NUMERAL.fullmatch(piece) else (1, piece)


def _number(words: str) -> int:
    """`12`, 十二, 一百零三; digits in a row (二〇) read as such."""
    if words.isdecimal():
        return int(words)
    total, digit = 0, 0
    for word in words:
        if word in _UNITS:
            total, digit = total + (digit or 1) * _UNITS[word], 0
        else:
            digit = digit * 10 + max(_DIGITS.find(word), 0)
    return total + digit
