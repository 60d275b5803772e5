"""Which households have changed since the last results, and how are theirs alone computed again?

Beside its results a screening leaves `state.parquet`: a fingerprint of every household's facts, and its room in the
results. The next screening under the same policy, date and parameters computes only households whose fingerprint is
another, and copies the bytes of the rest. The outcome is the same, byte for byte, as of a whole screening.
"""

from __future__ import annotations

import csv
import hashlib
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import numpy as np
import pyarrow as pa

from shouwang.intake.account import QUESTIONS
from shouwang.intake.facts import Facts
from shouwang.intake.fingerprints import fingerprinted
from shouwang.intake.splice import FRESH, KEPT, LEFT_OUT, splice
from shouwang.intake.state import STATE, is_sized, sized
from shouwang.policy.book import RuleBook, fingerprint
from shouwang.screening.engines import BATCH_ROWS, DuckDB
from shouwang.screening.results import ResultTable, Tally, Written, csv_head
from shouwang.screening.run import screen
from shouwang.sources import columns as sql
from shouwang.terms.sums import SUMS
from shouwang.terms.tables import BY_NAME, TABLES
from shouwang.units.errors import ShouwangError
from shouwang.units.exports import plain_cell

MANIFEST = "manifest.json"
CHANGED = "changed_"
#: What is copied line by line for households that did not change: its hash is told by the manifest, under this name.
COPIED = {"findings.jsonl": "findings_sha256", QUESTIONS: "questions_sha256"}


class NoPrevious(ShouwangError):
    code = "SIN-01"
    what = "“{folder}”里没有可以接着算的结果：{reason}。"
    do = "请给出上一次 shouwang screen 写出的文件夹，或去掉 --since 全部重算。"


@dataclass(frozen=True)
class Previous:
    """The results of an earlier screening."""

    folder: Path
    manifest: dict[str, Any]

    @classmethod
    def open(cls, folder: Path) -> Previous:
        """Raises NoPrevious when the folder holds no complete results."""
        missing = [name for name in (MANIFEST, STATE, "households.parquet", *COPIED) if not (folder / name).is_file()]
        if missing:
            raise NoPrevious(folder=folder, reason=f"缺少 {'、'.join(missing)}")
        try:
            return cls(folder, json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
        except ValueError:
            raise NoPrevious(folder=folder, reason=f"{MANIFEST} 读不出来") from None

    def why_not(self, book: RuleBook) -> str:
        """Why these results cannot be carried on under a rule book; empty when they can."""
        here = premises(book)
        if not is_sized(self.folder) or not self.manifest.keys() >= set(COPIED.values()):
            return "结果文件的版本"
        return "、".join(
            words for name, words in _PREMISES.items() if self.manifest.get("premises", {}).get(name) != here[name]
        )

    def require_untouched(self) -> None:
        """Raises NoPrevious when a file that will be copied from is not the one that was written."""
        now = digests(self.folder)
        for file, name in COPIED.items():
            if now[name] != self.manifest[name]:
                raise NoPrevious(folder=self.folder, reason=f"{file} 不是当时写出的那一个")


def digests(folder: Path) -> dict[str, str]:
    """The hashes of the files that a later screening copies from, under their names in the manifest."""
    found = {}
    for file, name in COPIED.items():
        with (folder / file).open("rb") as read:
            found[name] = hashlib.file_digest(read, "sha256").hexdigest()
    return found


_PREMISES = {"policy": "办法", "as_of": "截至日期", "parameters": "参数", "duckdb": "计算引擎的版本"}


def premises(book: RuleBook) -> dict[str, Any]:
    """What must be the same for an earlier result to hold for a household whose facts are the same."""
    return {
        "policy": fingerprint(book.policy.package),
        "as_of": book.as_of.isoformat(),
        "parameters": dict(book.parameters),
        "duckdb": duckdb.__version__,
    }


def screen_changed(book: RuleBook, facts: Facts, previous: Previous, folder: Path) -> tuple[Written, int]:
    """Screen the households that changed, and write the results of all. Also returns how many were computed."""
    previous.require_untouched()
    connection = facts.connection
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE settled AS SELECT f.hid, household_id, p.notes FROM {fingerprinted(facts)} f "
        f"JOIN read_parquet({_file(previous.folder / STATE)}) p USING (household_id, fingerprint)"
    )
    computed = _narrow(connection)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        fresh = Path(scratch)
        written = screen(book, DuckDB(connection, CHANGED), fresh)
        return _merged(book, connection, previous, fresh, written, folder), computed


def _narrow(connection: duckdb.DuckDBPyConnection) -> int:
    """Relations of the households that changed, under their own names. Returns how many households.

    All but the households are views, so that of a table only what a rule reads is read, and of the ledger nothing where
    its sums are kept.
    """
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {CHANGED}households AS SELECT * FROM households "
        "WHERE hid NOT IN (SELECT hid FROM settled)"
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {CHANGED}people AS SELECT mid FROM members "
        f"WHERE hid IN (SELECT hid FROM {CHANGED}households)"
    )
    kept = [SUMS] if (SUMS,) in connection.execute("SHOW TABLES").fetchall() else []
    for name in [*(table.name for table in TABLES[1:]), *kept]:
        matched = name in BY_NAME and BY_NAME[name].matched
        key, among = ("mid", "people") if matched else ("hid", "households")
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {CHANGED}{name} AS SELECT * FROM {name} "
            f"WHERE {key} IN (SELECT {key} FROM {CHANGED}{among})"
        )
    row = connection.execute(f"SELECT count(*) FROM {CHANGED}households").fetchone()
    assert row is not None
    return int(row[0])


def _merged(
    book: RuleBook,
    connection: duckdb.DuckDBPyConnection,
    previous: Previous,
    fresh: Path,
    written: Written,
    folder: Path,
) -> Written:
    """The results of all: those of the settled as they lie in the previous folder, the others from `fresh`."""
    old = previous.folder
    columns = [column.id for column in book.columns]
    head = csv_head(columns)
    sources, csv_sizes, finding_sizes = _order(connection, old, written)
    was, now = hashlib.sha256(), hashlib.sha256()
    with _three(old, fresh, folder, "households.csv") as (a, b, out):
        b.read(len(head))
        out.write(head)
        same = a.read(len(head)) == head
        same &= splice(old=a, fresh=b, out=out, sources=sources, sizes=csv_sizes, read=was.update, wrote=now.update)
    if not same or was.hexdigest() != previous.manifest["result_sha256"]:
        raise NoPrevious(folder=old, reason="households.csv 不是当时写出的那一个")
    with _three(old, fresh, folder, "findings.jsonl") as (a, b, out):
        if not splice(old=a, fresh=b, out=out, sources=sources, sizes=finding_sizes):
            raise NoPrevious(folder=old, reason="findings.jsonl 不是当时写出的那一个")
    tally = _table(connection, columns, old, fresh, folder)
    noted = connection.execute("SELECT household_id, notes FROM settled WHERE notes IS NOT NULL").fetchall()
    notes = {household: held.split(";") for household, held in noted} | written.notes
    tally.count_notes(notes)
    questions = written.questions + _settled_questions(book, connection, old)
    kept = sources != LEFT_OUT
    return Written(now.hexdigest(), tally, questions, notes, np.column_stack([csv_sizes[kept], finding_sizes[kept]]))


@contextmanager
def _three(old: Path, fresh: Path, folder: Path, name: str) -> Iterator[tuple[BinaryIO, BinaryIO, BinaryIO]]:
    with (old / name).open("rb") as a, (fresh / name).open("rb") as b, (folder / name).open("wb") as out:
        yield a, b, out


def _order(
    connection: duckdb.DuckDBPyConnection, old: Path, written: Written
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Household by household in the order of results: where its lines come from, and how many bytes they are."""
    connection.register("sized", sized(written))
    found = connection.execute(
        f"SELECT source, csv_bytes, finding_bytes FROM (SELECT household_id, csv_bytes, finding_bytes, "
        f"CASE WHEN s.hid IS NULL THEN {LEFT_OUT} ELSE {KEPT} END AS source "
        f"FROM read_parquet({_file(old / STATE)}) LEFT JOIN settled s USING (household_id) "
        f"UNION ALL SELECT household_id, csv_bytes, finding_bytes, {FRESH} FROM sized JOIN "
        f"(SELECT household_id, row_number() OVER (ORDER BY hid) - 1 AS place FROM {CHANGED}households) USING (place)) "
        "ORDER BY household_id, source"
    ).fetchnumpy()
    connection.unregister("sized")
    return found["source"], found["csv_bytes"], found["finding_bytes"]


def _table(connection: duckdb.DuckDBPyConnection, columns: list[str], old: Path, fresh: Path, folder: Path) -> Tally:
    parts = " UNION ALL ".join(
        f"SELECT p.*, o.hid FROM read_parquet({_file(where / 'households.parquet')}) p JOIN {whose} o USING (household_id)"
        for where, whose in ((old, "settled"), (fresh, f"{CHANGED}households"))
    )
    with ResultTable(columns, folder) as table:
        for batch in connection.sql(f"SELECT * FROM ({parts}) ORDER BY hid").to_arrow_reader(BATCH_ROWS):
            table.add(pa.Table.from_batches([batch]))
    return table.tally


def _file(path: Path) -> str:
    return sql.quoted(str(path))


def _settled_questions(book: RuleBook, connection: duckdb.DuckDBPyConnection, old: Path) -> list[tuple[str, str, str]]:
    """The questions the policy asks of households that did not change."""
    titles = {question.title for question in book.questions}
    left_out = connection.execute(
        f"SELECT household_id FROM read_parquet({_file(old / STATE)}) ANTI JOIN settled USING (household_id)"
    ).fetchall()
    gone = {household for (household,) in left_out}
    with (old / QUESTIONS).open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        unguarded = (map(plain_cell, row) for row in rows)
        return [(h, title, text) for h, title, text in unguarded if title in titles and h not in gone]
