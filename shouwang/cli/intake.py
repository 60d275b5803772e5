"""`shouwang intake`: read once, screen often."""

from __future__ import annotations

from pathlib import Path

import click

from shouwang.cli import options
from shouwang.cli.progress import stages, stdout
from shouwang.cli.summary import print_account
from shouwang.intake.session import keep


@click.command(short_help="读入一个数据包并存为事实库，供反复筛查。")
@options.package
@options.out
def intake(package: Path, out: Path) -> int:
    """读入、核对、匹配一个数据包，存为事实库。以后换日期、改参数筛查，不必再读原始文件。"""
    with stages() as stage:
        account = keep(package, out, stage)
    print_account(account, stdout())
    return 1 if account.rejected else 0
