"""`shouwang simulate`: the same population under changed parameters."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from shouwang.cli import options
from shouwang.cli.engines import engine_for
from shouwang.cli.progress import stages, stdout
from shouwang.cli.summary import table
from shouwang.intake.session import facts_of
from shouwang.intake.whole import whole_folder
from shouwang.policy.book import RuleBook
from shouwang.screening.simulate import simulate as simulated
from shouwang.screening.simulation import Simulation, Summary
from shouwang.units.errors import ShouwangError


class NothingToChange(ShouwangError):
    code = "CLI-02"
    what = "没有说要改哪个参数。"
    do = "请用 --set 名称=值，例如 --set monitoring_line=8500；可用的参数见 docs/generated/parameters.md。"


@click.command(short_help="改一个参数，看谁进来、谁出去。")
@options.package
@options.as_of
@options.out
@options.policy
@options.engine
@options.master
@options.settings
@click.option("--html", is_flag=True, help="另写一页可以打印的 simulation.html。")
def simulate(
    package: Path,
    as_of: date,
    out: Path,
    policy: str,
    engine: str,
    master: str,
    settings: tuple[tuple[str, str], ...],
    html: bool,
) -> int:
    """同一批住户，现行参数与改后的参数各算一遍：谁进来，谁出去，分连队、分档次，户数人数一并列出。"""
    if not settings:
        raise NothingToChange()
    options.keep_apart(package, out)
    before, after = RuleBook.of(policy, as_of), RuleBook.of(policy, as_of, dict(settings))
    with (
        stages() as stage,
        facts_of(package, lazy=engine == "duckdb", stage=stage) as (facts, account),
        engine_for(engine, master, facts) as chosen,
        whole_folder(out) as folder,
    ):
        stage("两套参数各算一遍")
        sources = [file.file for file in account.files]
        done = simulated(before, after, chosen, folder, html=html, sources=sources)
    _print(done, out, stdout())
    return 1 if account.rejected else 0


def _print(done: Simulation, out: Path, console: Console) -> None:
    console.print(f"[bold]{done.policy_title}[/bold]  截至 {done.as_of}，计算期 {done.window}")
    for one in done.parameters:
        console.print(f"{one.label}：{one.before} → {one.after}（条款 {one.clause}）")
    columns = ("全部", "现行命中", "改后命中", "进入", "退出", "其他变化")
    shown = table("户/人", *((name, "r") for name in columns))
    for summary in done.summaries():
        shown.add_row(escape(summary.name), *_counts(summary))
    console.print(shown)
    console.print(f"逐户变化在 {escape(str(out))}/changes.csv")


def _counts(summary: Summary) -> list[str]:
    counts = (summary.all, summary.met_before, summary.met_after, summary.enters, summary.leaves, summary.other)
    return [f"{count.households}/{count.people}" for count in counts]
