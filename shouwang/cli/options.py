"""Options that several commands share, with their Chinese help and errors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from shouwang.units.periods import read_date
from shouwang.units.text import normalise

F = TypeVar("F", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A date as data packages write it."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        reading = read_date(normalise(value))
        if reading.failed:
            self.fail(f"“{value}”{reading.reason}，{reading.advice.rstrip('。')}", param, ctx)
        found: date = reading.value
        return found


class Settings(click.ParamType[tuple[str, str]]):
    """`name=value`."""

    name = "名称=值"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        name, equals, given = str(value).partition("=")
        if not (name and equals and given):
            self.fail(f"“{value}”应写成 名称=值，例如 monitoring_line=8500", param, ctx)
        return name.strip(), given.strip()


class Folder(click.Path):
    """A path that shows as 文件夹 in the help."""

    name = "文件夹"


package = click.argument("package", metavar="数据包", type=click.Path(path_type=Path))
as_of = click.option("--as-of", type=Day(), required=True, help="截至日期，例如 2020-05-20。")
policy = click.option("--policy", default="qituan-2020", show_default=True, metavar="办法", help="按哪一部办法。")
out = click.option("--out", type=Folder(file_okay=False, path_type=Path), required=True, help="结果写到哪个文件夹。")
settings = click.option("--set", "settings", type=Settings(), multiple=True, help="改一个参数，可多次使用。")
engine = click.option(
    "--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True, help="计算引擎。"
)
master = click.option(
    "--master", default="local[2]", show_default=True, metavar="地址", help="Spark 主节点，例如 spark://host:7077。"
)
