"""Citizen identity numbers (GB 11643): one spelling, check digit, birth date, masking.

The region code is never a reason to refuse a number: county codes come and go, and a person keeps the one in force when
the number was issued (contract 2).
"""

from __future__ import annotations

import re
from datetime import date

from shouwang.units.text import normalise

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_SHAPE = re.compile(r"\d{17}[\dX]", re.ASCII)
#: No living resident was born earlier; an older "birth date" is a typing error.
EARLIEST_BIRTH_YEAR = 1900


def check_digit(first17: str) -> str:
    """The 18th character for the first 17 digits (GB 11643, ISO 7064 MOD 11-2)."""
    return _CHECK[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first17, strict=True)) % 11]


def spell(raw: str) -> str:
    """One spelling of an identity number, valid or not.

    Spaces and leading quotes go, x becomes X, 15 digits become 18 (century 19), and a 20- or 22-character disability
    certificate number is cut to the identity number it begins with (contract 2, Matching).
    """
    text = re.sub(r"\s+", "", normalise(raw)).lstrip("'\"‘’“”`").upper()
    if len(text) == 15 and text.isascii() and text.isdigit():
        first17 = text[:6] + "19" + text[6:]
        return first17 + check_digit(first17)
    if len(text) in (20, 22) and _SHAPE.fullmatch(text[:18]):
        return text[:18]
    return text


def is_valid(number: str) -> bool:
    """Whether a spelled number has its shape, a right check digit and a possible birth date."""
    return bool(_SHAPE.fullmatch(number)) and number[17] == check_digit(number[:17]) and birth_date(number) is not None


def birth_date(number: str) -> date | None:
    """The birth date inside an 18-character number; None where there is no such day."""
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return born if born.year >= EARLIEST_BIRTH_YEAR else None


def why_invalid(number: str) -> str:
    """For a person: what is wrong with a spelled number that is not valid."""
    if re.fullmatch(r"\d(\.\d+)?E\+?\d{2}", number):
        return "被表格软件改成了科学计数法，末几位已丢失"
    if not _SHAPE.fullmatch(number):
        return f"应为18位，现为{len(number)}位或含有其他字符"
    if birth_date(number) is None:
        return "其中的出生日期不存在"
    return "校验码不对，至少有一位写错"


def mask(number: str) -> str:
    """`6529**********2417`: enough to recognise, not enough to use. Short or odd numbers keep two characters."""
    if len(number) < 12:
        return number[:2] + "*" * max(len(number) - 2, 0)
    return number[:4] + "*" * (len(number) - 8) + number[-4:]
