"""`shouwang work`: the worker alone, where web pages are served by another process or machine."""

from __future__ import annotations

import signal
import sys

import click
from django.core.management import call_command

from shouwang.cli import website


@click.command(short_help="办理后台任务：读部门文件、筛查。")
@click.option("--once", is_flag=True, help="办完排队的就退出。")
def work(once: bool) -> int:
    """办理排队的后台任务，直到按 Ctrl-C。被中断的任务，下次从头再办，不会办两遍。"""
    website.ready()
    website.require_tables()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    call_command("work", once=once)
    return 0
