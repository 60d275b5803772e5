"""One spelling for text: trimmed, full-width digits and letters made half-width (NFKC)."""

from __future__ import annotations

import unicodedata

# Invisible characters that copying out of chat programs and web pages leaves behind.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))


def normalise(raw: str) -> str:
    """Trim and NFKC-normalise (contract 2). ASCII text, the common case, is only trimmed."""
    if raw.isascii():
        return raw.strip()
    return unicodedata.normalize("NFKC", raw.translate(_INVISIBLE)).strip()


def blank(raw: str | None) -> bool:
    """True for nothing, or nothing but white space."""
    return raw is None or not normalise(raw)
