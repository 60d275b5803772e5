"""`shouwang audit`: whether the trail of who did what is still whole."""

from __future__ import annotations

import click
from django.core.management import call_command

from shouwang.cli import website


@click.group(short_help="验证审计链，生成锚点。")
def audit() -> None:
    """审计链：每件事都连着上一件，改动、删除、插入都会断开。"""


@audit.command(short_help="逐条验证审计链。")
@click.option("--anchor", "anchors", multiple=True, metavar="序号:校验码", help="打印件上的锚点，可给多个。")
def verify(anchors: tuple[str, ...]) -> int:
    """逐条核对审计链，并与锚点文件和打印件上的锚点比较。断开时退出码为 1。"""
    website.ready()
    call_command("audit_verify", anchor=list(anchors))
    return 0


@audit.command(short_help="生成一个锚点，打印后锁进柜子。")
def anchor() -> int:
    """记下审计链此刻的末端；以后验证时，链必须仍然经过它。"""
    website.ready()
    call_command("audit_anchor")
    return 0
