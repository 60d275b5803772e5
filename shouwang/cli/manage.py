"""`shouwang manage`: commands of installation and upkeep, run on the server itself."""

from __future__ import annotations

import click

from shouwang.cli import website


@click.command(
    short_help="安装与维护：migrate、bootstrap_admin、load_units、backup、restore、drill……",
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> int:
    """安装与维护的命令；不带参数列出全部。"""
    website.ready()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["shouwang manage", *arguments])
    return 0
