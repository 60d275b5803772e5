"""What a person reads on the terminal when a command is done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from shouwang.intake.account import Account
from shouwang.policy.forms import Outcome
from shouwang.terms.tables import BY_NAME

if TYPE_CHECKING:
    from shouwang.intake.screening import Screened  # only its name: loading it would load an engine

OUTCOMES = {
    "met": "命中（应研判纳入）",
    "suspected": "疑似（请核实）",
    "special": "专项（交部门处理）",
    "unknown": "资料不足",
    "not_met": "不命中",
}
_LINKS = {"matched": "匹配", "unmatched": "未匹配", "ambiguous": "不能确定", "duplicate": "重复"}
_UNITS_SHOWN = 40


def print_screened(screened: Screened, out: Path, console: Console) -> None:
    """The summary of a screening."""
    book, tally = screened.book, screened.written.tally
    console.print(f"[bold]{book.policy.title}[/bold]")
    console.print(f"截至 {book.as_of}，计算期 {book.context.span('W')}；{tally.households} 户 {tally.people} 人")
    if screened.remark:
        console.print(screened.remark)
    if book.before_signing:
        console.print(f"[yellow]注意：截至日期早于办法签发日 {book.policy.since}，按首次文本试算。[/yellow]")
    console.print(_outcomes(screened))
    console.print(_rules(screened))
    console.print(_units(screened))
    print_account(screened.account, console, rows=5)
    if tally.notes.get("boundary"):
        console.print(f"恰在监测线上的 {tally.notes['boundary']} 户：“低于”不含等于，未列入；请会议留意。")
    console.print(f"需要有人核实的疑问 {screened.questions} 条，见 questions.csv")
    console.print(f"结果在 {escape(str(out))}；结果指纹 {screened.written.sha256[:16]}")


def _outcomes(screened: Screened) -> Table:
    tally = screened.written.tally
    shown = table("结论", ("户", "r"), ("人", "r"))
    for outcome, label in OUTCOMES.items():
        shown.add_row(label, str(tally.outcomes[outcome]), str(tally.outcome_people[outcome]))
    return shown


def _rules(screened: Screened) -> Table:
    columns = (Outcome.MET, Outcome.SUSPECTED, Outcome.UNKNOWN)
    shown = table("规则", ("条款", "l"), *((outcome.label, "r") for outcome in columns))
    for rule in screened.book.rules:
        counts = (screened.written.tally.rules[rule.id, outcome.value] for outcome in columns)
        shown.add_row(rule.title, rule.clause, *map(str, counts))
    return shown


def _units(screened: Screened) -> Table:
    tally = screened.written.tally
    shown = table("连队（社区）", *((f"{name}户/人", "r") for name in ("命中", "疑似", "专项", "资料不足", "合计")))
    units = sorted({unit for unit, _ in tally.units}, key=lambda unit: (-tally.units[unit, "met"], unit))
    for unit in units[:_UNITS_SHOWN]:
        cells = [
            f"{tally.units[unit, outcome]}/{tally.unit_people[unit, outcome]}"
            for outcome in ("met", "suspected", "special", "unknown")
        ]
        total = sum(tally.units[unit, outcome] for outcome in OUTCOMES)
        people = sum(tally.unit_people[unit, outcome] for outcome in OUTCOMES)
        shown.add_row(escape(unit), *cells, f"{total}/{people}")
    if len(units) > _UNITS_SHOWN:
        shown.caption = f"另有 {len(units) - _UNITS_SHOWN} 个单位，见 households.csv"
    return shown


def print_account(account: Account, console: Console, rows: int = 20) -> None:
    """What became of the rows that were read."""
    shown = table("文件", ("表", "l"), ("读入", "r"), ("接受", "r"), ("退回", "r"), ("匹配情况", "l"))
    for file in account.files:
        links = account.links.get(file.table, {})
        words = "，".join(f"{label}{links[key]}" for key, label in _LINKS.items() if links.get(key))
        counts = (str(file.read), str(file.accepted), str(file.rejected))
        shown.add_row(escape(file.file), BY_NAME[file.table].title, *counts, words)
    console.print(shown)
    for notice in account.notices:
        console.print(f"提示：{escape(notice)}")
    for reject in account.rejects[:rows]:
        where = f"{reject.file} 第{reject.row}行" + (f" “{reject.column}”" if reject.column else "")
        value = f"（原值：{reject.value}）" if reject.value else ""
        console.print(f"退回：{escape(where)}{escape(value)} {escape(reject.reason)}。{escape(reject.advice)}")
    if len(account.rejects) > rows:
        console.print(f"……另有 {len(account.rejects) - rows} 行退回，见 rejects.csv")


def table(first: str, *others: tuple[str, str]) -> Table:
    """A plain table for the terminal: the first column left, the others to the side given (l or r)."""
    made = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    made.add_column(first, no_wrap=True)
    for name, side in others:
        made.add_column(name, justify="right" if side == "r" else "left")
    return made
