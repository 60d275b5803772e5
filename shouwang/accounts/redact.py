"""What is not told: identity and phone numbers in logs and the audit trail (GB/T 35273 7.2 展示限制), and figures of a few."""

from __future__ import annotations

import logging
import re

from shouwang.units import identity

#: A figure made of fewer households or amounts than this may be read as one family's, and is not told to others.
FEWEST = 5
#: The shortest of the three; a page without it needs no closer look.
_SOME_NUMBER = re.compile(r"\d{11}", re.ASCII)
_CITIZEN_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])", re.ASCII)
_OLD_CITIZEN_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{15}(?![0-9A-Za-z])", re.ASCII)
_MOBILE = re.compile(r"(?<![0-9A-Za-z])(1[3-9]\d)\d{4}(\d{4})(?![0-9A-Za-z])", re.ASCII)


def redact(text: str) -> str:
    """The text with every citizen number and mobile number masked."""
    if _SOME_NUMBER.search(text) is None:
        return text
    text = _CITIZEN_NUMBER.sub(lambda found: identity.mask(found[0]), text)
    text = _OLD_CITIZEN_NUMBER.sub(lambda found: identity.mask(found[0]), text)
    return _MOBILE.sub(r"\1****\2", text)


class RedactFilter(logging.Filter):
    """Masks the finished message of every log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), None
        return True
