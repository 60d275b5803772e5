"""How is an explanation read to a family? Plain lines, the important first, every figure with its file and row."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from shouwang.policy.forms import NOT_MET
from shouwang.screening.reasons import Explanation, FigureReason, Missing, RowBehind, RuleReason
from shouwang.screening.telling import turn_texts
from shouwang.screening.wording import HOUSEHOLD_OUTCOMES, TIERS
from shouwang.units.money import yuan

#: Columns of a terminal line; a Chinese character takes two, and so does what may take two in a Chinese font.
WIDTH = 92
#: What may not begin a line.
_CLOSING = "，。；：、）”》〕！？"
#: A number with its unit, a file name, an id; or one character.
_WORDS = re.compile(r"[!-~]+[元人岁]?|.", re.DOTALL)
_HOUSEHOLD, _HEAD, _RULE, _PLAIN = "household", "head", "rule", "plain"


@dataclass(frozen=True, slots=True)
class Line:
    """One line before wrapping: how far it is set in, what kind of line it is, and its text."""

    indent: int
    kind: str
    text: str


def to_text(explanation: Explanation, width: int = WIDTH) -> str:
    """The explanation as plain text."""
    return "\n".join(wrapped for line in lines(explanation) for wrapped in _wrap(line, width)) + "\n"


def lines(explanation: Explanation) -> Iterator[Line]:
    """The explanation line by line; a terminal or a page may style them by kind."""
    yield from _summary(explanation)
    yield from _missing(explanation.missing, {rule.id: rule.title for rule in explanation.rules})
    important = [rule for rule in explanation.rules if rule.outcome is not NOT_MET]
    others = [rule for rule in explanation.rules if rule.outcome is NOT_MET]
    if important:
        yield from _head("要紧的规则")
        for rule in important:
            yield from _in_full(rule)
    if others:
        yield from _head("不命中的规则")
        for rule in others:
            yield from _in_short(rule)
    if explanation.questions:
        yield from _head("请核实的疑问")
        yield from (Line(1, _PLAIN, question) for question in explanation.questions)
    yield from _rows(explanation)
    yield from _clauses(explanation)


def _head(text: str) -> Iterator[Line]:
    yield Line(0, _PLAIN, "")
    yield Line(0, _HEAD, f"【{text}】")


def _summary(explanation: Explanation) -> Iterator[Line]:
    row = explanation.household
    yield Line(0, _HOUSEHOLD, f"户 {row['household_id']}（{row['unit']}）  {HOUSEHOLD_OUTCOMES[row['outcome']]}")
    route = f"，途径 {row['route']}" if row["route"] else ""
    yield Line(0, _PLAIN, f"截至 {row['as_of']}，计算期 {row['window']}，共同生活 {row['members']} 人{route}。")
    yield Line(0, _PLAIN, _figures_in_short(row))
    yield Line(0, _PLAIN, f"依据：{explanation.policy_title}。以下由程序按条款算出，供研判；是否纳入由会议决定。")
    if explanation.before_signing:
        yield Line(0, _PLAIN, "注意：截至日期早于办法签发日，按首次文本试算。")


def _figures_in_short(row: Any) -> str:
    income = "不明" if row["net_income_fen"] is None else f"{yuan(row['net_income_fen'])}元"
    head = f"，人均 {row['net_income_per_head']}元（{TIERS[row['tier'] or '']}）" if row["net_income_per_head"] else ""
    base = f"；对照收入（{row['base_period']}）{yuan(row['base_income_fen'])}元" if row["base_period"] else ""
    rigid = "" if row["rigid_fen"] is None else f"；刚性支出 {yuan(row['rigid_fen'])}元"
    return f"家庭纯收入 {income}{head}{base}{rigid}。"


def _missing(missing: Sequence[Missing], titles: dict[str, str]) -> Iterator[Line]:
    if missing:
        yield from _head("还缺的资料，按影响的规则多少排列")
    for number, fact in enumerate(missing, 1):
        alone = "，补上这一项就能判断" if fact.settles == fact.blocks else ""
        named = "、".join(titles[rule] for rule in fact.blocks)
        yield Line(1, _PLAIN, f"{number}. {fact.title}：影响{len(fact.blocks)}条规则（{named}）{alone}")


def _in_full(rule: RuleReason) -> Iterator[Line]:
    route = f"，途径 {rule.route}" if rule.route else ""
    yield Line(0, _RULE, f"〔{rule.outcome.label}〕{rule.title}（条款 {rule.clause}{route}）")
    yield Line(1, _PLAIN, rule.sentence)
    yield from (Line(1, _PLAIN, f"提示：{note.text}") for note in rule.notes)
    yield Line(1, _PLAIN, f"算式：{rule.formula}。")
    for parameter in rule.parameters:
        remark = f"；{parameter.discretion}" if parameter.discretion else ""
        changed = "；本次改用此值" if parameter.changed else ""
        yield Line(1, _PLAIN, f"标准：{parameter.label} {parameter.text}（条款 {parameter.clause}{remark}{changed}）")
    for figure in figures_shown(rule):
        yield Line(1, _PLAIN, f"数据：{figure.title} {figure.text}{places(figure.rows)}")
    yield from _changes(rule, every=True)


def figures_shown(rule: RuleReason) -> list[FigureReason]:
    """The figures to read out: those the rule mentions, and parts of them that say something more."""
    figures = [f for f in rule.figures if f.unit != "文字" and (f.rows or f.value not in (0, False))]
    named = [figure for figure in figures if figure.id in rule.named]
    behind = {(row.file, row.row) for figure in named for row in figure.rows}
    shown: list[FigureReason] = []
    for figure in figures:
        rows = {(row.file, row.row) for row in figure.rows}
        again = any(figure.value == known.value and figure.rows == known.rows for known in shown)
        if not again and (figure in named or rows <= behind):
            shown.append(figure)
    return shown


def _in_short(rule: RuleReason) -> Iterator[Line]:
    yield Line(0, _RULE, f"〔{rule.outcome.label}〕{rule.title}（条款 {rule.clause}）")
    yield Line(1, _PLAIN, rule.sentence)
    yield from (Line(1, _PLAIN, f"提示：{note.text}") for note in rule.notes)
    yield from _changes(rule, every=False)


def _changes(rule: RuleReason, *, every: bool) -> Iterator[Line]:
    """What is missing, and what would change the answer; in short, only by the first amount."""
    if rule.pending is not None:
        for number, way in enumerate(rule.pending.ways):
            start = "或者只缺" if number else "还缺"
            yield Line(1, _PLAIN, f"{start}：{'、'.join(fact.title for fact in way)}")
        if rule.pending.texts:
            yield Line(1, _PLAIN, f"怎样判断：{'；'.join(rule.pending.texts)}。")
    for scale in rule.scales if every else rule.scales[:1]:
        yield Line(1, _PLAIN, f"怎样会变：{'；'.join(scale.texts)}。")
    if every:
        yield from (Line(1, _PLAIN, f"怎样会变：{text}") for text in turn_texts(rule.turns))


def places(rows: Sequence[RowBehind]) -> str:
    """`（ledger.csv 第66—69行）`."""
    if not rows:
        return ""
    files: dict[str, list[int]] = {}
    for row in rows:
        files.setdefault(row.file, []).append(row.row or 0)
    return "（" + "；".join(f"{file} 第{_numbers(numbers)}行" for file, numbers in files.items()) + "）"


def _numbers(numbers: Iterable[int]) -> str:
    """Row numbers with runs drawn together: `2、5—8`."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return "、".join(str(low) if low == high else f"{low}—{high}" for low, high in runs)


def rows_behind(explanation: Explanation) -> list[RowBehind]:
    """Every row behind a figure, once, by file and row."""
    rows = {
        (row.file, row.row or 0, row.cells): row
        for rule in explanation.rules
        for figure in rule.figures
        for row in figure.rows
    }
    return [rows[key] for key in sorted(rows)]


def _rows(explanation: Explanation) -> Iterator[Line]:
    if rows := rows_behind(explanation):
        yield from _head("数据出处")
        for row in rows:
            cells = "，".join(f"{header} {text}" for header, text in row.cells)
            whose = f"{row.member}：" if row.member else ""
            yield Line(1, _PLAIN, f"{row.file} 第{row.row or 0}行  {whose}{cells or '在册'}")


def _clauses(explanation: Explanation) -> Iterator[Line]:
    texts: dict[str, str] = {}
    for rule in explanation.rules:
        texts |= {rule.clause: rule.clause_text} | {note.clause: note.clause_text for note in rule.notes}
    yield from _head("引用的条款原文")
    for clause, text in texts.items():
        yield Line(1, _PLAIN, f"〔{clause}〕{text}")


def _wrap(line: Line, width: int) -> Iterator[str]:
    """A line in pieces of so many columns, set in. Numbers stay whole; closing punctuation hangs over."""
    indent = "  " * line.indent
    piece, used = indent, len(indent)
    for word in _WORDS.findall(line.text):
        size = sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in word)
        if used + size > width and word not in _CLOSING and used > len(indent):
            yield piece.rstrip()
            piece, used = indent + "  ", len(indent) + 2
        piece, used = piece + word, used + size
    yield piece.rstrip()
