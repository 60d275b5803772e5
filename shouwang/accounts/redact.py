"""What is not told: identity and phone numbers in logs and the audit trail (GB/T 35273 7.2 展示限制), and figures of a few."""

from __future__ import annotations

import logging
import re

from shouwang.units import identity

#: A figure made of fewer households or amounts than this may be read as one family's, and is not told to others.
FEWEST = 5
_LONG = re.compile(r"\d{11,}", re.ASCII)
_CITIZEN_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])", re.ASCII)
_OLD_CITIZEN_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{15}(?![0-9A-Za-z])", re.ASCII)
_MOBILE = re.compile(r"(?<![0-9A-Za-z])(1[3-9]\d)\d{4}(\d{4})(?![0-9A-Za-z])", re.ASCII)


def redact(text: str) -> str:
    """The text with every citizen number and mobile number masked."""
    # A page seldom has a long number that stands alone; the three kinds are looked for only then.
    if not any(_begins_alone(text, found.start()) for found in _LONG.finditer(text)):
        return text
    text = _CITIZEN_NUMBER.sub(lambda found: identity.mask(found[0]), text)
    text = _OLD_CITIZEN_NUMBER.sub(lambda found: identity.mask(found[0]), text)
    return _MOBILE.sub(r"\1****\2", text)


def _begins_alone(text: str, start: int) -> bool:
    before = text[start - 1] if start else " "
    return not (before.isascii() and before.isalnum())


class RedactFilter(logging.Filter):
    """Masks the finished message of every log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), None
        return True
