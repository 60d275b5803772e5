"""Is an identity number right, asked of millions at once? The test of `units.identity` as SQL on whole numbers.

Seventeen digits fit in 64 bits, so the check digit is division and remainder. The shape is asked of the text all the
same: a cast to a whole number also takes `652901198003010E2`, and loses a leading zero.
A property test holds this together with `units.identity`.
"""

from __future__ import annotations

from shouwang.units.identity import EARLIEST_BIRTH_YEAR

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def digits(number: str) -> str:
    """SQL: the first seventeen characters of a number as one whole number; NULL where they are not digits."""
    return f"TRY_CAST({number}[1:17] AS BIGINT)"


def _check(digits: str) -> str:
    total = "+".join(f"({digits}//{10 ** (16 - place)})%10*{weight}" for place, weight in enumerate(_WEIGHTS))
    return f"'10X98765432'[({total})%11+1]"


def valid(number: str, digits: str) -> str:
    """SQL: whether a spelled number has its shape, its check digit and a possible birth date; false for NULL.

    `number` is a column of text that `units.identity.spell` returned or would leave unchanged, `digits` its `digits()`.
    """
    year, month, day = f"({digits}//10000000)%10000", f"({digits}//100000)%100", f"({digits}//1000)%100"
    leap = f"({year}%4=0 AND ({year}%100<>0 OR {year}%400=0))"
    february = f"CASE WHEN {leap} THEN 29 ELSE 28 END"
    longest = f"(CASE WHEN {month}=2 THEN {february} WHEN {month} IN (4,6,9,11) THEN 30 ELSE 31 END)"
    return (
        f"coalesce(regexp_full_match({number}, '[0-9]{{17}}[0-9X]') AND {number}[18]={_check(digits)} "
        f"AND {year}>={EARLIEST_BIRTH_YEAR} AND {month} BETWEEN 1 AND 12 AND {day}>=1 AND {day}<={longest}, false)"
    )


def birth_date(digits: str) -> str:
    """SQL: the birth date inside a number that is valid."""
    return f"make_date(({digits}//10000000)%10000, ({digits}//100000)%100, ({digits}//1000)%100)"
