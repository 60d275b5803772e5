"""One spelling for text: trimmed, full-width digits and letters made half-width (NFKC)."""

from __future__ import annotations

import unicodedata

# Invisible characters that copying out of chat programs and web pages leaves behind.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
#: Control characters that no cell means and no file format carries safely; line breaks and tabs stay.
_CONTROL = dict.fromkeys(code for code in (*range(32), 127) if code not in (9, 10, 13))


def normalise(raw: str) -> str:
    """Trim and NFKC-normalise (contract 2). Printable ASCII text, the common case, is only trimmed."""
    if raw.isascii():
        return raw.strip() if raw.isprintable() else raw.translate(_CONTROL).strip()
    return unicodedata.normalize("NFKC", raw.translate(_INVISIBLE | _CONTROL)).strip()


def blank(raw: str | None) -> bool:
    """True for nothing, or nothing but white space."""
    return raw is None or not normalise(raw)
