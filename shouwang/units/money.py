"""Money is whole fen (分) held as int. No binary float is ever added, compared or stored."""

from __future__ import annotations

import re
from decimal import Decimal

from shouwang.units.errors import Reading

Fen = int
FEN_PER_YUAN = 100

#: Largest single amount read, in fen: 1 000 000 000 yuan. Nothing a household earns or pays comes near it; a figure
#: beyond it is a wrong unit (元/万元/分), and the bound keeps every product in a rule inside 64 bits.
LARGEST_FEN = 10**11

_PLAIN = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?", re.ASCII)


def read_money(text: str) -> Reading:
    """Read `12,345.60`, `12345.6` or `1.2万` as fen.

    `text` is already normalised. More than two decimals of a yuan, or anything that is not a number, is not read
    (contract 2); it is never rounded.
    """
    body, wan = (text[:-1].rstrip(), True) if text.endswith("万") else (text, False)
    if not _PLAIN.fullmatch(body):
        return Reading(reason=_not_a_number(text), advice="请填数字，例如 12345.60；不要写单位或文字。")
    fen = Decimal(body.replace(",", "")) * (10000 if wan else 1) * FEN_PER_YUAN
    return _whole_fen(fen)


def fen_of_float(number: float) -> Reading:
    """Read a binary float as the shortest decimal that denotes it (contract 2): 0.1 is ten fen, not 9.99…"""
    if number != number or number in (float("inf"), float("-inf")):
        return Reading(reason="不是数字", advice="请填数字，例如 12345.60。")
    return _whole_fen(Decimal(repr(number)) * FEN_PER_YUAN)


def _whole_fen(fen: Decimal) -> Reading:
    if fen != fen.to_integral_value():
        return Reading(reason="金额的小数超过两位", advice="请核对原始单据，按“元”填写，最多两位小数。")
    if abs(fen) > LARGEST_FEN:
        return Reading(reason="金额超过10亿元，多半是单位错了", advice="请核对单位是否应为“元”。")
    return Reading(int(fen))


def _not_a_number(text: str) -> str:
    if re.search(r"\d[eE][+-]?\d", text):
        return "金额被表格软件改成了科学计数法，原数已不可知"
    if "," in text and re.fullmatch(r"[+-]?[\d,]+(\.\d+)?", text):
        return "千分位逗号的位置不对"
    return "金额不是数字"


def yuan(fen: Fen) -> str:
    """Fen as yuan with two decimals, for people: 3199999 -> `31999.99`, -300000 -> `-3000.00`."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // FEN_PER_YUAN}.{fen % FEN_PER_YUAN:02d}"
