"""How is a simulation printed for a meeting? One HTML page for A4: no script, no outside resource, every text escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from shouwang.policy.book import RuleBook
from shouwang.screening.simulation import ENTERS, LEAVES, OTHER, OUTCOMES, Count, Simulation, Summary
from shouwang.screening.wording import HOUSEHOLD_OUTCOMES
from shouwang.screening.wording import TIERS as TIER_WORDS

_STYLE = """
@page { size: A4; margin: 18mm 16mm; }
* { box-sizing: border-box; }
body { font: 10.5pt/1.6 "Songti SC", "Noto Serif CJK SC", "SimSun", serif; color: #111; max-width: 178mm; margin: 8mm auto; }
h1 { font-size: 17pt; text-align: center; margin: 0 0 2mm; letter-spacing: .08em; }
.under { text-align: center; color: #444; margin: 0 0 6mm; }
h2 { font-size: 12pt; margin: 6mm 0 2mm; border-bottom: .4pt solid #888; padding-bottom: 1mm; break-after: avoid; }
table { width: 100%; border-collapse: collapse; margin: 0 0 3mm; font-size: 9.5pt; }
th, td { border: .4pt solid #999; padding: 1mm 1.6mm; text-align: left; vertical-align: top; }
th { background: #f1f1f1; font-weight: 600; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
thead { display: table-header-group; }
td.k { white-space: nowrap; }
tr { break-inside: avoid; }
p { margin: 0 0 2mm; }
.clause { margin: 0 0 2mm; padding-left: 3mm; border-left: 1.2pt solid #999; color: #333; }
.sign { margin-top: 10mm; display: flex; justify-content: space-between; break-inside: avoid; }
.foot { color: #555; font-size: 9pt; margin-top: 6mm; }
@media print { body { margin: 0; max-width: none; } }
"""
_LIST_COLUMNS = ("household_id", "unit", "members", "net_income_per_head")
_LIST_HEADER = ("户编号", "连队", "人口", "人均纯收入（元）", "现行结论", "改后结论")
_SUMMARY_HEADER = ("全部", "现行命中", "改后命中", "进入", "退出", "其他变动")


def write_page(
    simulation: Simulation, listed: dict[str, list[dict[str, Any]]], book: RuleBook, path: Path, sources: Sequence[str]
) -> None:
    """Write the page."""
    path.write_text("".join(_page(simulation, listed, book, sources)), encoding="utf-8")


def _page(
    simulation: Simulation, listed: dict[str, list[dict[str, Any]]], book: RuleBook, sources: Sequence[str]
) -> Iterable[str]:
    lines = list(simulation.summaries())
    yield '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>参数调整模拟</title>'
    yield f"<style>{_STYLE}</style></head><body>"
    yield "<h1>参数调整模拟情况</h1>"
    window = f"截至 {simulation.as_of}，计算期 {simulation.window}"
    yield f'<p class="under">{escape(simulation.policy_title)}<br>{escape(window)}</p>'
    yield from _conclusion(lines[0])
    yield from _parameters(simulation)
    yield from _outcomes(simulation)
    yield from _summary("分连队", [line for line in lines if line.scope == "连队"], lines[0])
    yield from _summary("分档次", [line for line in lines if line.scope == "档次"], None)
    for move in (ENTERS, LEAVES, OTHER):
        yield from _households(move, listed[move], _of_move(lines[0], move))
    yield from _ending(book, sources)
    yield "</body></html>\n"


def _of_move(whole: Summary, move: str) -> Count:
    return {ENTERS: whole.enters, LEAVES: whole.leaves, OTHER: whole.other}[move]


def _conclusion(whole: Summary) -> Iterable[str]:
    change = whole.met_after - whole.met_before
    yield (
        f"<p>全部{_words(whole.all)}。命中由{_words(whole.met_before)}变为{_words(whole.met_after)}，"
        f"净变化{_signed(change.households)}户{_signed(change.people)}人：进入{_words(whole.enters)}，退出{_words(whole.leaves)}；"
        f"另有{_words(whole.other)}的结论、档次或所涉规则有变动。</p>"
    )


def _words(count: Count) -> str:
    return f"{count.households}户{count.people}人"


def _signed(number: int) -> str:
    return f"{number:+d}" if number else "0"


def _parameters(simulation: Simulation) -> Iterable[str]:
    yield "<h2>改动的参数</h2>"
    if not simulation.parameters:
        yield "<p>没有改动任何参数。</p>"
        return
    rows = [
        (f"{p.label}（{p.name}）", p.before, p.after, p.clause, p.discretion or p.meaning)
        for p in simulation.parameters
    ]
    yield _table(("参数", "现行", "模拟", "条款", "说明"), rows, "lnnkl")
    for clause, text in {p.clause: p.clause_text for p in simulation.parameters}.items():
        yield f'<p class="clause">〔{escape(clause)}〕{escape(text)}</p>'


def _outcomes(simulation: Simulation) -> Iterable[str]:
    yield "<h2>结论的变化</h2>"
    rows = []
    for outcome in OUTCOMES:
        was, now = simulation.with_outcome(outcome, after=False), simulation.with_outcome(outcome, after=True)
        change = now - was
        rows.append(
            (
                HOUSEHOLD_OUTCOMES[outcome],
                *(was.households, was.people, now.households, now.people),
                *map(_signed, (change.households, change.people)),
            )
        )
    yield _table(("结论", "现行户", "现行人", "改后户", "改后人", "户增减", "人增减"), rows, "lnnnnnn")


def _summary(title: str, lines: list[Summary], whole: Summary | None) -> Iterable[str]:
    yield f"<h2>{title}（户/人）</h2>"
    named = [*lines, whole] if whole else lines
    rows = [(_name(line), *map(_pair, _counts(line))) for line in named]
    yield _table(("", *_SUMMARY_HEADER), rows, "lnnnnnn")


def _counts(line: Summary) -> tuple[Count, ...]:
    return (line.all, line.met_before, line.met_after, line.enters, line.leaves, line.other)


def _name(line: Summary) -> str:
    if line.scope != "档次":
        return line.name
    return TIER_WORDS["" if line.name == "unknown" else line.name]


def _pair(count: Count) -> str:
    return f"{count.households}/{count.people}"


def _households(move: str, rows: list[dict[str, Any]], count: Count) -> Iterable[str]:
    yield f"<h2>{move}的户：{_words(count)}</h2>"
    if not rows:
        yield "<p>没有。</p>"
        return
    cells = [
        (
            *(row[name] for name in _LIST_COLUMNS),
            *(HOUSEHOLD_OUTCOMES[row[f"outcome_{side}"]] for side in ("before", "after")),
        )
        for row in rows
    ]
    yield _table(_LIST_HEADER, cells, "llnnll")
    if count.households > len(rows):
        yield f"<p>这里列出前{len(rows)}户，其余{count.households - len(rows)}户见 changes.csv。</p>"


def _ending(book: RuleBook, sources: Sequence[str]) -> Iterable[str]:
    yield '<div class="sign"><span>研判意见：</span><span>签字：</span><span>日期：　　　　年　　月　　日</span></div>'
    read = f"数据文件：{'、'.join(sources)}。" if sources else ""
    yield f'<p class="foot">{escape(read)}逐户的变动见 changes.csv，分连队、分档次的数见 summary.csv。'
    if book.before_signing:
        yield "截至日期早于办法签发日，按首次文本试算。"
    yield "本页由程序按条款算出，供研判；是否纳入由会议决定。</p>"


def _table(header: Sequence[str], rows: Iterable[Sequence[object]], sides: str) -> str:
    """A table of escaped texts; `sides` has for every column n: numbers, k: kept on one line, or l."""
    kinds = ["" if side == "l" else f' class="{side}"' for side in sides]
    head = "".join(f"<th{kind}>{escape(text)}</th>" for kind, text in zip(kinds, header, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{k}>{escape(str(c))}</td>" for k, c in zip(kinds, row, strict=True)) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
