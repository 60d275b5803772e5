"""Where does a package live while it is worked on? A scratch folder and one DuckDB connection, gone when the work is done."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from shouwang.intake.account import Account
from shouwang.intake.facts import Facts, Intake
from shouwang.intake.store import is_store, open_store, write_index
from shouwang.intake.whole import whole_folder
from shouwang.sources.package import open_package
from shouwang.units.errors import ShouwangError
from shouwang.units.scratch import scratch_folder

Stage = Callable[[str], None]
#: What DuckDB may hold in memory before it goes to disk. The process needs up to a gigabyte more at five million households.
MEMORY = "SHOUWANG_MEMORY"
DEFAULT_MEMORY = "2000MB"


class BadMemory(ShouwangError):
    code = "SES-01"
    what = "环境变量 SHOUWANG_MEMORY 的值“{value}”看不懂。"
    do = "请写成 2GB、800MB 的样子。"


class NotOurs(ShouwangError):
    code = "SES-02"
    what = "“{folder}”里已有别的文件，没有写入事实库。"
    do = "请换一个空文件夹，或一个旧的事实库。"


@contextmanager
def connect(scratch: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that spills to the scratch folder and never reaches for the network."""
    limit = os.environ.get(MEMORY, DEFAULT_MEMORY)
    try:
        connection = duckdb.connect(
            config={
                "memory_limit": limit,
                "temp_directory": str(scratch / "spill"),
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "preserve_insertion_order": "false",
            }
        )
    except (duckdb.InvalidInputException, duckdb.ParserException, duckdb.SyntaxException):
        raise BadMemory(value=limit) from None
    with connection:
        connection.execute("SET enable_progress_bar = false")
        yield connection


def keep(path: Path, out: Path, stage: Stage = lambda _: None) -> Account:
    """Take a package in and store its facts in `out`, whole or not at all. Returns the account of its rows."""
    if is_store(out) or not out.exists() or not any(out.iterdir()):
        with scratch_folder() as scratch, connect(scratch) as connection:
            stage("读取文件")
            package = open_package(path, scratch)
            with whole_folder(out) as folder:
                facts = Intake(connection, folder, scratch=scratch).take_in(package, stage)
                account = Account.of(facts)
                write_index(facts, account, folder)
            return account
    raise NotOurs(folder=out)


@contextmanager
def facts_of(path: Path, *, lazy: bool, stage: Stage = lambda _: None) -> Iterator[tuple[Facts, Account]]:
    """The facts of a package, or of a folder of facts stored before, with the account of every row."""
    with scratch_folder() as scratch, connect(scratch) as connection:
        if is_store(path):
            yield open_store(connection, path)
        else:
            stage("读取文件")
            package = open_package(path, scratch)
            facts = Intake(connection, scratch, lazy=lazy).take_in(package, stage)
            yield facts, Account.of(facts)
