"""`shouwang demo-data`: a made-up regiment to try everything on."""

from __future__ import annotations

from pathlib import Path

import click

from shouwang.cli.options import Folder, OneOf
from shouwang.cli.progress import stages
from shouwang.demo.generate import generate


@click.command(name="demo-data", short_help="造一个虚构的团，供试用。")
@click.argument("folder", metavar="文件夹", type=Folder(file_okay=False, path_type=Path))
@click.option("--households", default=3000, show_default=True, type=click.IntRange(1), metavar="户数", help="多少户。")
@click.option("--seed", default=7, show_default=True, metavar="种子", help="同一种子，同样的数据。")
@click.option("--format", "form", type=OneOf(["csv", "xlsx", "parquet"]), default="csv", show_default=True)
def demo_data(folder: Path, households: int, seed: int, form: str) -> int:
    """造一个虚构的团：二十几个连队和社区的户、收支、变故和部门文件，连同一份真相表。不含真实的人。"""
    with stages() as stage:
        generate(folder, households, seed, form, progress=lambda label, done, total: stage(f"{label} {done}"))
    click.echo(f"已写出 {households} 户到 {folder}。试试：shouwang screen {folder} --as-of 2020-05-20 --out 结果")
    return 0
