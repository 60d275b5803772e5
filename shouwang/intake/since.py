"""Which households have changed since the last results, and how are theirs alone computed again?

Beside its results a screening leaves `state.parquet`: a fingerprint of every household's facts, and its place and room in
the results. The next screening under the same policy, date and parameters computes only households whose fingerprint is
another, and copies the rest. The files of text are the same, byte for byte, as of a whole screening; `households.parquet`
has the same rows.
"""

from __future__ import annotations

import csv
import hashlib
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from shouwang.intake.account import QUESTIONS
from shouwang.intake.facts import Facts
from shouwang.intake.fingerprints import fingerprinted
from shouwang.intake.previous import FINDINGS, HOUSEHOLDS, TABLE, Previous, digest
from shouwang.intake.splice import LEFT_OUT, interleaved, splice
from shouwang.intake.state import SIZES, STATE
from shouwang.policy.book import RuleBook
from shouwang.screening.engines import BATCH_ROWS, DuckDB
from shouwang.screening.queries import exists
from shouwang.screening.results import ResultTable, Tally, Written, csv_head
from shouwang.screening.run import screen
from shouwang.sources import columns as sql
from shouwang.terms.sums import SUMS
from shouwang.terms.tables import BY_NAME, TABLES
from shouwang.units.exports import plain_cell

CHANGED = "changed_"


def screen_changed(book: RuleBook, facts: Facts, previous: Previous, folder: Path) -> tuple[Written, int]:
    """Screen the households that changed, and write the results of all. Also returns how many were computed."""
    for name in (QUESTIONS, TABLE):
        previous.require(name, digest(previous.folder / name))
    connection = facts.connection
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE settled AS SELECT f.hid, p.place, p.notes FROM {fingerprinted(facts)} f "
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
    for name in [*(table.name for table in TABLES[1:]), *[SUMS] * exists(connection, SUMS)]:
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
    columns = [column.id for column in book.columns]
    sources, sizes = _order(connection, previous.folder, written)
    head = csv_head(columns)
    result = _spliced(previous, fresh, folder, HOUSEHOLDS, sources, sizes[:, 0], head)
    findings = _spliced(previous, fresh, folder, FINDINGS, sources, sizes[:, 1])
    tally = _table(connection, columns, previous.folder, fresh, folder)
    noted = connection.execute(
        "SELECT household_id, notes FROM settled JOIN households USING (hid) WHERE notes IS NOT NULL"
    ).fetchall()
    notes = {household: held.split(";") for household, held in noted} | written.notes
    tally.count_notes(notes)
    questions = written.questions + _settled_questions(book, connection, previous.folder)
    return Written(result, findings, tally, questions, notes, sizes[sources != LEFT_OUT])


def _order(connection: duckdb.DuckDBPyConnection, old: Path, written: Written) -> tuple[np.ndarray, np.ndarray]:
    """Household by household in the order of results: where its lines come from, and how many bytes they are in each file."""
    kept = connection.execute("SELECT hid, place FROM settled").fetchnumpy()
    was = connection.execute(
        f"SELECT {', '.join(SIZES)} FROM read_parquet({_file(old / STATE)}) ORDER BY place"
    ).fetchnumpy()
    changed = connection.execute(f"SELECT hid FROM {CHANGED}households ORDER BY hid").fetchnumpy()
    sizes = np.column_stack([was[name] for name in SIZES])
    sources, order = interleaved(kept["hid"], kept["place"], len(sizes), changed["hid"])
    return sources, np.concatenate([sizes, written.sizes])[order]


def _spliced(
    previous: Previous, fresh: Path, folder: Path, name: str, sources: np.ndarray, sizes: np.ndarray, head: bytes = b""
) -> str:
    """Write a file of the results, old and fresh lines in order; returns its hash, its first line `head` left out.

    Raises NoPrevious when the old file is not the one that was written.
    """
    was, now = hashlib.sha256(), hashlib.sha256()
    with (
        (previous.folder / name).open("rb") as old,
        (fresh / name).open("rb") as new,
        (folder / name).open("wb") as out,
    ):
        new.read(len(head))
        out.write(head)
        same = old.read(len(head)) == head
        same &= splice(old=old, fresh=new, out=out, sources=sources, sizes=sizes, read=was.update, wrote=now.update)
    if not same:
        raise previous.edited(name)
    previous.require(name, was.hexdigest())
    return now.hexdigest()


def _table(connection: duckdb.DuckDBPyConnection, columns: list[str], old: Path, fresh: Path, folder: Path) -> Tally:
    chosen = ", ".join(f'p."{name}"' for name in columns)
    # A household's row in the old file is its place: numbers are found faster than its id.
    parts = " UNION ALL ".join(
        f"SELECT {chosen}, o.hid FROM read_parquet({_file(where / TABLE)}, file_row_number = true) p JOIN {whose} o ON {on}"
        for where, whose, on in (
            (old, "settled", "p.file_row_number = o.place"),
            (fresh, f"{CHANGED}households", "p.household_id = o.household_id"),
        )
    )
    with duckdb.connect() as counting, ResultTable(columns, folder, counting) as table:
        for batch in connection.sql(f"SELECT * FROM ({parts}) ORDER BY hid").to_arrow_reader(BATCH_ROWS):
            table.add(pa.Table.from_batches([batch]))
    return table.tally


def _file(path: Path) -> str:
    return sql.quoted(str(path))


def _settled_questions(book: RuleBook, connection: duckdb.DuckDBPyConnection, old: Path) -> list[tuple[str, str, str]]:
    """The questions the policy asks of households that did not change."""
    titles = {question.title for question in book.questions}
    left_out = connection.execute(
        f"SELECT household_id FROM read_parquet({_file(old / STATE)}) ANTI JOIN settled USING (place)"
    ).fetchall()
    gone = {household for (household,) in left_out}
    with (old / QUESTIONS).open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        asked = [(plain_cell(h), title, plain_cell(text)) for h, title, text in rows if title in titles]
    return [question for question in asked if question[0] not in gone]
