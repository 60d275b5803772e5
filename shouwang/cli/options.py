"""Options that several commands share, with their Chinese help and errors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from shouwang.units.errors import ShouwangError
from shouwang.units.periods import YEARS, read_date
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
        if found.year not in YEARS:
            self.fail(f"“{value}”年份不可能，请核对", param, ctx)
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


class OneOf(click.Choice[str]):
    """One of several words; another is refused in Chinese."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        return f"没有“{value}”，可用的有 {'、'.join(self.choices)}"


class Folder(click.Path):
    """A path that shows as 文件夹 in the help."""

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return "文件夹"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        _refuse_empty(self, value, param, ctx)
        if not self.file_okay and Path(value).is_file():
            self.fail(f"“{value}”是一个文件，不是文件夹", param, ctx)
        return super().convert(value, param, ctx)


class Source(click.Path):
    """The path of a package."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        _refuse_empty(self, value, param, ctx)
        return super().convert(value, param, ctx)


def _refuse_empty(kind: click.Path, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> None:
    """Nothing, as of a variable that was never set, would be taken for the folder one stands in."""
    if not str(value).strip():
        kind.fail("路径是空的，请写明是哪个文件夹", param, ctx)


#: Tables that every package has and no result is called by.
_MARKS = [f"{table}.{kind}" for table in ("members", "ledger") for kind in ("csv", "xlsx", "parquet")]


class OutIsPackage(ShouwangError):
    code = "CLI-03"
    what = "结果不能写到 {folder}：那里是一个数据包。"
    why = "结果里也有 households 等同名文件，会盖掉原来的数据。"
    do = "请用 --out 写到另一个文件夹，例如 {folder}/结果。什么也没有写。"


def keep_apart(package: Path, out: Path) -> None:
    """Raises OutIsPackage where results would be written over data, be it those they are made from or others."""
    if out.resolve() == package.resolve() or any((out / name).exists() for name in _MARKS):
        raise OutIsPackage(folder=out)


package = click.argument("package", metavar="数据包", type=Source(path_type=Path))
as_of = click.option("--as-of", type=Day(), required=True, help="截至日期，例如 2020-05-20。")
policy = click.option("--policy", default="qituan-2020", show_default=True, metavar="办法", help="按哪一部办法。")
out = click.option("--out", type=Folder(file_okay=False, path_type=Path), required=True, help="结果写到哪个文件夹。")
settings = click.option("--set", "settings", type=Settings(), multiple=True, help="改一个参数，可多次使用。")
engine = click.option(
    "--engine", type=OneOf(["duckdb", "spark"]), default="duckdb", show_default=True, help="计算引擎。"
)
master = click.option(
    "--master", default="local[2]", show_default=True, metavar="地址", help="Spark 主节点，例如 spark://host:7077。"
)
