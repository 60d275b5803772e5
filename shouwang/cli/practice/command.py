"""`shouwang demo`: the whole system in the browser, on a made-up regiment."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table

from shouwang.cli import website
from shouwang.cli.options import Folder
from shouwang.cli.progress import stages, stdout
from shouwang.demo.profile import REFERENCE

if TYPE_CHECKING:
    from shouwang.cli.practice.staff import Login


@click.command(short_help="造一个虚构的团，打开网页试用整个系统。")
@click.argument("folder", metavar="文件夹", type=Folder(file_okay=False, path_type=Path))
@click.option("--households", default=3000, show_default=True, type=click.IntRange(1), metavar="户数", help="多少户。")
@click.option("--seed", default=7, show_default=True, metavar="种子", help="同一种子，同样的数据。")
@click.option("--address", default="127.0.0.1", show_default=True, metavar="地址")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), metavar="端口")
@click.option("--no-serve", is_flag=True, help="只准备好，不启动网页。")
def demo(folder: Path, households: int, seed: int, address: str, port: int, no_serve: bool) -> int:
    """准备一个演示团（数据、账号、一次筛查），然后启动网页。再次执行会接着用，不会重造。"""
    os.environ["SHOUWANG_SCREENING_DAY"] = REFERENCE.isoformat()
    website.ready("demo", folder / "site")
    website.migrate()
    from shouwang.cli.practice import site, staff

    with stages() as stage:
        regiment = site.build(folder, households, seed, stage)
        stage("开设账号")
        logins = staff.logins(regiment)
    _tell(logins, folder)
    if not no_serve:
        from shouwang.cli.serve import run

        run(address, port)
    return 0


def _tell(logins: Sequence[Login], folder: Path) -> None:
    """Who may come in, and what to try first."""
    console = stdout()
    table = Table(title="演示账号（一次性密码，首次登录时要改；重新执行 make demo 会换新的）", title_justify="left")
    for heading in ("用户名", "姓名", "岗位", "单位", "一次性密码"):
        table.add_column(heading)
    for one in logins:
        table.add_row(one.username, one.name, one.role, one.unit, one.password or "已由本人改过")
    console.print(table)
    console.print("需要动态口令的岗位，演示环境会把口令显示在页面上；正式环境只在本人手机上。")
    console.print(
        f"试一试：用 yiyuan 登录，上报 {folder}/医院费用-2020年一季度.xlsx；再用 tuanban1 筛查有变化的户，"
        "到 ganbu1、ganbu2、liangwei、shuji 办理申报、走访、评估、上报。"
    )
    console.print(f"要从头再来：删除 {folder} 后重新执行 make demo。")
