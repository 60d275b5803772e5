"""`shouwang check`: what is in a package, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import click

from shouwang.cli import options
from shouwang.cli.progress import stages, stdout
from shouwang.cli.summary import print_account
from shouwang.intake.account import write_matching, write_questions, write_rejects
from shouwang.intake.session import facts_of
from shouwang.intake.whole import whole_folder


@click.command(short_help="读一遍数据包，只核对，不筛查。")
@options.package
@click.option(
    "--out", type=options.Folder(file_okay=False, path_type=Path), help="把退回的行、匹配和疑问写到这个文件夹。"
)
@click.option("--rows", default=20, show_default=True, metavar="行数", help="最多显示多少条退回的行。")
def check(package: Path, out: Path | None, rows: int) -> int:
    """读入并核对一个数据包：每个文件读了多少行，接受多少，退回多少，为什么。"""
    with stages() as stage, facts_of(package, lazy=True, stage=stage) as (facts, account):
        if out is not None:
            with whole_folder(out) as folder:
                write_rejects(account, folder)
                write_matching(facts, folder)
                write_questions([(q.household_id, q.question, q.values) for q in account.questions], folder)
    print_account(account, stdout(), rows)
    return 1 if account.rejected else 0
