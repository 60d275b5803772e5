"""Which households have changed since the last results, and how are theirs alone computed again?

Beside its results a screening leaves `state.parquet`: a fingerprint of every household's facts. The next screening
under the same policy, date and parameters computes only households whose fingerprint is another, and takes the rest
from the previous results. The outcome is the same, byte for byte, as of a whole screening.
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import pyarrow as pa

from shouwang.intake.account import QUESTIONS
from shouwang.intake.fingerprints import RELATION, fingerprint_households
from shouwang.policy.book import RuleBook, fingerprint
from shouwang.screening.engines import BATCH_ROWS, DuckDB
from shouwang.screening.results import HouseholdFiles, Written
from shouwang.screening.run import screen
from shouwang.sources import columns as sql
from shouwang.terms.tables import TABLES
from shouwang.units.errors import ShouwangError
from shouwang.units.exports import plain_cell

STATE, MANIFEST = "state.parquet", "manifest.json"
CHANGED = "changed_"


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
        missing = [name for name in (MANIFEST, STATE, "households.parquet") if not (folder / name).is_file()]
        if missing:
            raise NoPrevious(folder=folder, reason=f"缺少 {'、'.join(missing)}")
        try:
            return cls(folder, json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
        except ValueError:
            raise NoPrevious(folder=folder, reason=f"{MANIFEST} 读不出来") from None

    def why_not(self, book: RuleBook) -> str:
        """Why these results cannot be carried on under a rule book; empty when they can."""
        here = premises(book)
        return "、".join(words for name, words in _PREMISES.items() if self.manifest.get("premises", {}).get(name) != here[name])


_PREMISES = {"policy": "办法", "as_of": "截至日期", "parameters": "参数", "duckdb": "计算引擎的版本"}


def premises(book: RuleBook) -> dict[str, Any]:
    """What must be the same for an earlier result to hold for a household whose facts are the same."""
    return {
        "policy": fingerprint(book.policy.package),
        "as_of": book.as_of.isoformat(),
        "parameters": dict(book.parameters),
        "duckdb": duckdb.__version__,
    }


def write_state(connection: duckdb.DuckDBPyConnection, notes: dict[str, list[str]], folder: Path) -> None:
    """Leave behind what the next screening needs to compute only what changed."""
    fingerprint_households(connection)
    # Bound as lists, not as an Arrow table: making one of Python values loads pandas.
    noted = "SELECT unnest(?::VARCHAR[]) AS household_id, unnest(?::VARCHAR[]) AS notes"
    connection.execute(
        f"COPY (SELECT f.household_id, f.fingerprint, n.notes FROM {RELATION} f LEFT JOIN ({noted}) n USING (household_id)) "
        f"TO {sql.quoted(str(folder / STATE))} (FORMAT parquet)",
        [list(notes), [";".join(held) for held in notes.values()]],
    )


def screen_changed(
    book: RuleBook, connection: duckdb.DuckDBPyConnection, previous: Previous, folder: Path
) -> tuple[Written, int]:
    """Screen the households that changed, and write the results of all. Also returns how many were computed."""
    fingerprint_households(connection)
    state = sql.quoted(str(previous.folder / STATE))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE settled AS SELECT household_id, p.notes FROM {RELATION} f "
        f"JOIN read_parquet({state}) p USING (household_id, fingerprint)"
    )
    computed = _narrow(connection)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        fresh = Path(scratch)
        written = screen(book, DuckDB(connection, CHANGED), fresh)
        return _merged(book, connection, previous.folder, fresh, written, folder), computed


def _narrow(connection: duckdb.DuckDBPyConnection) -> int:
    """Relations of the households that changed, under their own names. Returns how many households."""
    for table in TABLES:
        if table.name == "households":
            where = "household_id NOT IN (SELECT household_id FROM settled)"
        elif table.matched:
            where = f"mid IN (SELECT mid FROM {CHANGED}members)"
        else:
            where = f"hid IN (SELECT hid FROM {CHANGED}households)"
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {CHANGED}{table.name} AS SELECT * FROM {table.name} WHERE {where}"
        )
    row = connection.execute(f"SELECT count(*) FROM {CHANGED}households").fetchone()
    assert row is not None
    return int(row[0])


def _merged(
    book: RuleBook, connection: duckdb.DuckDBPyConnection, old: Path, fresh: Path, written: Written, folder: Path
) -> Written:
    rows = connection.execute("SELECT household_id, notes FROM settled").fetchall()
    settled = {household for household, _ in rows}
    notes = {household: held.split(";") for household, held in rows if held} | written.notes
    parts = [
        f"SELECT * FROM read_parquet({sql.quoted(str(old / 'households.parquet'))}) SEMI JOIN settled USING (household_id)",
        f"SELECT * FROM read_parquet({sql.quoted(str(fresh / 'households.parquet'))})",
    ]
    with HouseholdFiles([column.id for column in book.columns], folder) as households:
        merged = connection.sql(f"SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY household_id")
        for batch in merged.to_arrow_reader(BATCH_ROWS):
            households.add(pa.Table.from_batches([batch]))
    name = "findings.jsonl"
    with (old / name).open("rb") as a, (fresh / name).open("rb") as b, (folder / name).open("wb") as out:
        _merge_findings(a, b, settled, out)
    households.tally.count_notes(notes)
    questions = written.questions + _settled_questions(book, old, settled)
    return Written(households.sha256, households.tally, questions, notes)


def _merge_findings(old: BinaryIO, fresh: BinaryIO, settled: set[str], out: BinaryIO) -> None:
    """Two files of finding lines into one, in the order of households; of the old, only the settled."""
    kept = ((household, lines) for household, lines in _by_household(old) if household in settled)
    new = _by_household(fresh)
    a, b = next(kept, None), next(new, None)
    while a or b:
        if b is None or (a is not None and a[0] < b[0]):
            assert a is not None
            out.writelines(a[1])
            a = next(kept, None)
        else:
            out.writelines(b[1])
            b = next(new, None)


def _by_household(lines: BinaryIO) -> Iterator[tuple[str, list[bytes]]]:
    for household, group in groupby(lines, key=_household_of):
        yield household, list(group)


_OPENING = b'{"household_id": '


def _household_of(line: bytes) -> str:
    """The household of a finding line, without reading the rest of it."""
    household, _ = json.JSONDecoder().raw_decode(line[len(_OPENING) : line.index(b', "rule": ')].decode())
    assert isinstance(household, str)
    return household


def _settled_questions(book: RuleBook, old: Path, settled: set[str]) -> list[tuple[str, str, str]]:
    """The questions the policy asks of households that did not change."""
    titles = {question.title for question in book.questions}
    with (old / QUESTIONS).open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        unguarded = (map(plain_cell, row) for row in rows)
        return [(h, title, text) for h, title, text in unguarded if title in titles and h in settled]
