"""How are facts kept, so that the next screening need not read the files again? A folder of Parquet and an account of it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import duckdb

from shouwang.intake.account import Account, FileCount, write_matching, write_rejects
from shouwang.intake.facts import Facts, OpenQuestion
from shouwang.intake.fingerprints import RELATION, fingerprinted
from shouwang.intake.sums import write_sums
from shouwang.sources import columns as sql
from shouwang.sources.accept import Reject
from shouwang.terms.sums import SUMS, VERSION
from shouwang.terms.tables import TABLES
from shouwang.units.errors import ShouwangError

INDEX = "facts.json"
FORMAT = 1


class BadStore(ShouwangError):
    """A folder that says it holds facts and does not."""

    code = "STO-01"
    what = "“{folder}”里的事实库不能用：{reason}。"
    why = "事实库须与写它的程序版本一致，缺一个文件结果就不可信。"
    do = "请用 shouwang intake 从原始数据包重新生成。"


def is_store(path: Path) -> bool:
    """Whether a path is a folder of stored facts and not a package of files."""
    # Not Path.is_file: in a folder that may not be entered it would fail, and blame a file nobody has heard of.
    return os.path.isfile(path / INDEX)


def write_index(facts: Facts, account: Account, folder: Path) -> None:
    """Complete a folder that already holds the Parquet files of an eager intake."""
    write_rejects(account, folder)
    write_matching(facts, folder)
    index = {
        "format": FORMAT,
        # Fingerprints are comparable only between runs of one DuckDB version.
        "fingerprints": _write_fingerprints(facts, folder),
        # Said here and not by the file's being there: it may be left from an earlier intake into the same folder.
        "sums": VERSION if write_sums(facts.connection, folder) else None,
        "files": [asdict(file) for file in account.files],
        "links": account.links,
        "notices": account.notices,
        "rejects": [asdict(reject) for reject in account.rejects],
        "questions": [asdict(question) for question in account.questions],
    }
    (folder / INDEX).write_text(json.dumps(index, ensure_ascii=False, indent=1), encoding="utf-8")


def _write_fingerprints(facts: Facts, folder: Path) -> str:
    path = sql.quoted(str(folder / f"{RELATION}.parquet"))
    facts.connection.execute(f"COPY (SELECT * FROM {fingerprinted(facts)}) TO {path} (FORMAT parquet)")
    return str(duckdb.__version__)


def open_store(connection: duckdb.DuckDBPyConnection, folder: Path) -> tuple[Facts, Account]:
    """The facts of a store and their account. Raises BadStore."""
    try:
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BadStore(folder=folder, reason=f"{INDEX} 读不出来") from None
    if index.get("format") != FORMAT:
        raise BadStore(folder=folder, reason="是别的版本写的") from None
    facts = Facts(connection, folder)
    facts.fingerprinted = index.get("fingerprints") == duckdb.__version__
    names = [table.name for table in TABLES]
    # An earlier version wrote true, which equals 1.
    names += [SUMS] * (index.get("sums") == VERSION) + [RELATION] * facts.fingerprinted
    for name in names:
        path = folder / f"{name}.parquet"
        if not path.is_file():
            raise BadStore(folder=folder, reason=f"缺少 {path.name}")
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM read_parquet({sql.quoted(str(path))})")
    account = Account(
        [FileCount(**file) for file in index["files"]],
        index["links"],
        index["notices"],
        [Reject(**reject) for reject in index["rejects"]],
        [OpenQuestion(**question) for question in index["questions"]],
    )
    return facts, account
