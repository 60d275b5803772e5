"""How are facts kept, so that the next screening need not read the files again? A folder of Parquet and an account of it.

What is told row by row (rejects, questions) lies apart from the rest of the account and is read by those who ask for it:
explaining one household of a million need not.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, astuple
from functools import cache, partial
from pathlib import Path
from typing import Any

import duckdb

from shouwang.intake.account import Account, FileCount, Later, write_matching, write_rejects
from shouwang.intake.facts import Facts, OpenQuestion
from shouwang.intake.fingerprints import RELATION, fingerprinted
from shouwang.intake.sums import write_sums
from shouwang.sources import columns as sql
from shouwang.sources.accept import Reject
from shouwang.terms.sums import SUMS, VERSION
from shouwang.terms.tables import TABLES
from shouwang.units.errors import ShouwangError

INDEX = "facts.json"
#: The rows of the account: lists of the fields of rejects and of questions.
ROWS = "account.json"
FORMAT = 2
#: Stores of this format, of before, have those rows in the index, and the names of the fields with each.
_ALL_IN_ONE = 1


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
    }
    rows = {"rejects": list(map(astuple, account.rejects)), "questions": list(map(astuple, account.questions))}
    (folder / ROWS).write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    (folder / INDEX).write_text(json.dumps(index, ensure_ascii=False, indent=1), encoding="utf-8")


def _write_fingerprints(facts: Facts, folder: Path) -> str:
    path = sql.quoted(str(folder / f"{RELATION}.parquet"))
    facts.connection.execute(f"COPY (SELECT * FROM {fingerprinted(facts)}) TO {path} (FORMAT parquet)")
    return str(duckdb.__version__)


def open_store(connection: duckdb.DuckDBPyConnection, folder: Path) -> tuple[Facts, Account]:
    """The facts of a store and their account. Raises BadStore."""
    index = _read(folder, INDEX)
    if index.get("format") not in (_ALL_IN_ONE, FORMAT):
        raise BadStore(folder=folder, reason="是别的版本写的")
    facts = Facts(connection, folder)
    facts.fingerprinted = index.get("fingerprints") == duckdb.__version__
    names = [table.name for table in TABLES]
    # An earlier version wrote true, which equals 1.
    names += [SUMS] * (index.get("sums") == VERSION) + [RELATION] * facts.fingerprinted
    for name in [*(f"{name}.parquet" for name in names), *[ROWS] * (index["format"] == FORMAT)]:
        if not (folder / name).is_file():
            raise BadStore(folder=folder, reason=f"缺少 {name}")
    for name in names:
        path = folder / f"{name}.parquet"
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM read_parquet({sql.quoted(str(path))})")
    rows = cache(partial(_rows, folder, index))
    account = Account(
        [FileCount(**file) for file in index["files"]],
        index["links"],
        index["notices"],
        Later(lambda: rows()[0]),
        Later(lambda: rows()[1]),
    )
    return facts, account


def _rows(folder: Path, index: dict[str, Any]) -> tuple[list[Reject], list[OpenQuestion]]:
    """The rows of the account of a store, whichever format it has."""
    if index["format"] == _ALL_IN_ONE:
        return [Reject(**one) for one in index["rejects"]], [OpenQuestion(**one) for one in index["questions"]]
    rows = _read(folder, ROWS)
    return [Reject(*one) for one in rows["rejects"]], [OpenQuestion(*one) for one in rows["questions"]]


def _read(folder: Path, name: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BadStore(folder=folder, reason=f"{name} 读不出来") from None
    return found
