"""How is it said what would change an answer? Amounts, bands and turns as sentences a family understands."""

from __future__ import annotations

from collections.abc import Sequence

from shouwang.policy.forms import Outcome
from shouwang.screening.reasons import Band, Pending, Scale, Turn
from shouwang.units.money import FEN_PER_YUAN, yuan
from shouwang.units.periods import quarter_words


def scale_texts(scale: Scale, outcome: Outcome) -> tuple[str, ...]:
    """What is, then what would be, nearest first: `计算期内纯收入再少2000.01元，低于32000.00元：命中`."""
    texts = []
    if scale.now is not None:
        texts.append(f"{scale.figure}现为{yuan(scale.now)}元{_level_per_head(scale, scale.now)}，{outcome.label}")
    below = [band for band in scale.bands if band.last is not None and band.last < 0]
    above = [band for band in scale.bands if band.first is not None and band.first > 0]
    texts += [_lower(scale, band) for band in reversed(below)] + [_higher(scale, band) for band in above]
    return tuple(texts)


def _lower(scale: Scale, band: Band) -> str:
    assert band.last is not None
    text = f"{scale.title}再少{yuan(-band.last)}元{_change_per_head(scale, -band.last)}"
    return f"{text}{_reached(scale, band)}：{band.outcome.label}"


def _higher(scale: Scale, band: Band) -> str:
    assert band.first is not None
    text = f"{scale.title}再多{yuan(band.first)}元{_change_per_head(scale, band.first)}"
    return f"{text}{_reached(scale, band)}：{band.outcome.label}"


def _reached(scale: Scale, band: Band) -> str:
    """The level that a change leads to, where a figure shows it."""
    if scale.now is None:
        return ""
    if not scale.income and band.last is not None and scale.now + band.last == 0:
        return "，降为零"
    # Spending does not fall below nothing, and need not be said to.
    floor = None if band.first is None or (band.first < 0 and scale.now + band.first <= 0) else band.first
    return "，" + span(
        None if floor is None else scale.now + floor, None if band.last is None else scale.now + band.last
    )


def _change_per_head(scale: Scale, amount: int) -> str:
    """Rounded up to the fen, so that a change of so much a head is enough."""
    return f"（人均{yuan(-(-amount // scale.heads))}元）" if scale.heads else ""


def _level_per_head(scale: Scale, amount: int) -> str:
    return f"（人均{yuan(amount // scale.heads)}元）" if scale.heads else ""


def quarter_texts(pending: Pending, quarters: Sequence[int]) -> tuple[str, ...]:
    """`缺2019年第3季度；其余季度的家庭纯收入已有25500.00元`, then the outcome by what the missing quarters hold."""
    assert pending.scale is not None
    missing = "、".join(quarter_words(quarter) for quarter in quarters)
    known = (
        f"；其余季度的{pending.known_figure}已有{yuan(pending.known_part)}元" if pending.known_part is not None else ""
    )
    whose = "该季纯收入" if len(quarters) == 1 else f"这{len(quarters)}个季度纯收入合计"
    if len(pending.scale.bands) == 1:
        return (f"缺{missing}{known}", f"不论{whose}多少，补上后都是{pending.scale.bands[0].outcome.label}")
    bands = (f"若{whose}{span(band.first, band.last)}则{band.outcome.label}" for band in pending.scale.bands)
    return (f"缺{missing}{known}", *bands)


def span(first: int | None, last: int | None) -> str:
    """From one amount to another, both included: `低于6500.00元`, `超过47000.00元`, `在28200.00元至47000.00元之间`."""
    if first is not None and last is not None:
        return f"在{yuan(first)}元至{yuan(last)}元之间"
    if last is not None:
        return f"低于{yuan(last + 1)}元" if (last + 1) % FEN_PER_YUAN == 0 else f"不超过{yuan(last)}元"
    if first is not None:
        return f"超过{yuan(first - 1)}元" if (first - 1) % FEN_PER_YUAN == 0 else f"达到{yuan(first)}元"
    return "不论多少"


def turn_texts(turns: Sequence[Turn]) -> tuple[str, ...]:
    """What a fact would turn."""
    return tuple(f"{turn.text}，则{turn.outcome.label}" for turn in turns)
