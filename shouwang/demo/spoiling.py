"""How an identity number comes to be written wrongly. Each function returns None where it cannot happen."""

from __future__ import annotations

from collections.abc import Callable

from shouwang.units.identity import check_digit

_FULL_WIDTH = {ord(char): ord(char) + 0xFEE0 for char in "0123456789X"}
_DOTS = "•.・"


def leading_quote(number: str, throw: int) -> str | None:
    """A quote that keeps a spreadsheet from rounding the number."""
    return ("'" if throw % 3 else "’") + number


def lower_x(number: str, throw: int) -> str | None:
    return number[:17] + "x" if number.endswith("X") else None


def inner_spaces(number: str, throw: int) -> str | None:
    return f"{number[:6]} {number[6:14]} {number[14:]}"


def full_width(number: str, throw: int) -> str | None:
    return number.translate(_FULL_WIDTH)


def fifteen_digits(number: str, throw: int) -> str | None:
    """The number as it was before 1999: no century, no check digit."""
    return number[:6] + number[8:17] if number[6:8] == "19" else None


def disability_number(number: str, throw: int) -> str | None:
    """The certificate's number: identity number, type, grade; re-issued ones add two digits."""
    return f"{number}{throw % 7 + 1}{throw // 7 % 4 + 1}" + ("B1" if throw % 5 == 0 else "")


def wrong_check(number: str, throw: int) -> str | None:
    """One digit of the sequence is mistyped, so the check digit is no longer right."""
    digit = (int(number[15]) + 1 + throw % 8) % 10
    wrong = number[:15] + str(digit) + number[16:]
    return wrong if check_digit(wrong[:17]) != number[17] else None


def scientific(number: str, throw: int) -> str | None:
    """What a spreadsheet makes of eighteen digits."""
    return f"{number[0]}.{number[1:6]}E+17"


def impossible_date(number: str, throw: int) -> str | None:
    """31 February, with a check digit to match."""
    first17 = number[:10] + "0231" + number[14:17]
    return first17 + check_digit(first17)


def nothing(number: str, throw: int) -> str | None:
    return ""


def other_dot(name: str, throw: int) -> str | None:
    """The dot of a Uyghur or Kazakh name as another keyboard types it."""
    return name.replace("·", _DOTS[throw % len(_DOTS)]) if "·" in name else None


#: Fault code -> what it does to the number.
ON_ROWS: dict[str, Callable[[str, int], str | None]] = {
    "leading_quote": leading_quote,
    "lower_x": lower_x,
    "inner_spaces": inner_spaces,
    "full_width": full_width,
    "fifteen_digits": fifteen_digits,
    "disability_number": disability_number,
    "blank_id": nothing,
    "wrong_check": wrong_check,
    "scientific": scientific,
    "wrong_check_no_birth": wrong_check,
    "blank_no_birth": nothing,
}
ON_MEMBERS: dict[str, Callable[[str, int], str | None]] = {
    "member_lower_x": lower_x,
    "member_quote": leading_quote,
    "member_full_width": full_width,
    "member_fifteen": fifteen_digits,
    "member_wrong_check": wrong_check,
    "member_impossible_date": impossible_date,
    "member_blank": nothing,
}
#: Faults after which a row can only be found by name and birth date.
BY_NAME_AND_BIRTH = ("blank_id", "wrong_check", "scientific")
WITHOUT_BIRTH = ("wrong_check_no_birth", "blank_no_birth")
