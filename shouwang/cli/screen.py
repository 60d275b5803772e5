"""`shouwang screen`: every household of a package."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from shouwang.cli import options
from shouwang.cli.engines import engine_for
from shouwang.cli.progress import stages, stdout
from shouwang.cli.summary import print_screened
from shouwang.intake.screening import screen_into
from shouwang.intake.session import facts_of
from shouwang.policy.book import RuleBook


@click.command(short_help="筛查一个数据包的每一户。")
@options.package
@options.as_of
@options.out
@options.policy
@options.engine
@options.master
@options.settings
@click.option("--xlsx", is_flag=True, help="另写一个 Excel 工作簿：汇总、名单、理由、退回的行。")
@click.option("--since", type=options.Folder(exists=False, path_type=Path), help="上次的结果；只重算有变化的户。")
def screen(
    package: Path,
    as_of: date,
    out: Path,
    policy: str,
    engine: str,
    master: str,
    settings: tuple[tuple[str, str], ...],
    xlsx: bool,
    since: Path | None,
) -> int:
    """筛查一个数据包的每一户，结果写到一个文件夹。

    数据包是一个文件夹或 zip，或 shouwang intake 存下的事实库。退出码：0 完成；1 完成，但有退回的行；2 数据包不能用，什么也没写。
    """
    options.keep_apart(package, out)
    book = RuleBook.of(policy, as_of, dict(settings))
    lazy = engine == "duckdb"
    with (
        stages() as stage,
        facts_of(package, lazy=lazy, stage=stage) as (facts, account),
        engine_for(engine, master, facts) as chosen,
    ):
        screened = screen_into(out, facts, account, book, chosen, since=since, stage=stage)
    if xlsx:
        from shouwang.intake.workbook import write_workbook  # loads a library that few runs need

        write_workbook(screened, out)
    print_screened(screened, out, stdout())
    return 1 if account.rejected else 0
