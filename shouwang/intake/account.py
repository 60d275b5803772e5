"""What became of every row that was read? `rejects.csv`, `matching.csv`, `questions.csv` and the counts (contract 5)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar, overload

from shouwang.intake.facts import Facts, OpenQuestion
from shouwang.sources import columns as sql
from shouwang.sources.accept import Reject
from shouwang.terms.tables import TABLES
from shouwang.units.exports import GUARDED, LONG_NUMBER, safe_cell

T = TypeVar("T")
REJECTS, MATCHING, QUESTIONS = "rejects.csv", "matching.csv", "questions.csv"


@dataclass(frozen=True)
class FileCount:
    """Rows of one file: read = accepted + rejected."""

    table: str
    file: str
    read: int
    accepted: int
    rejected: int


class Later(Sequence[T]):
    """Rows that are read when they are first asked for. `read` gives the same rows each time, and reads them once."""

    def __init__(self, read: Callable[[], list[T]]) -> None:
        self._read = read

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> list[T]: ...
    def __getitem__(self, place: int | slice) -> T | list[T]:
        return self._read()[place]

    def __iter__(self) -> Iterator[T]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())


@dataclass
class Account:
    """The account of one package: per file, per link, what was noticed and what is to be asked."""

    files: list[FileCount]
    links: dict[str, dict[str, int]]
    notices: list[str]
    rejects: Sequence[Reject] = ()
    questions: Sequence[OpenQuestion] = ()

    @classmethod
    def of(cls, facts: Facts) -> Account:
        """The account of facts just taken in."""
        order = [table.name for table in TABLES]
        accepted = [facts.accepted[name] for name in order if name in facts.accepted]
        rejects = [reject for one in accepted for reject in sorted(one.rejects, key=lambda reject: reject.row)]
        return cls(
            [FileCount(a.table.name, a.file, a.rows_read, a.rows_accepted, len(a.rejects)) for a in accepted],
            {name: facts.links[name].counts for name in order if name in facts.links},
            [notice.sentence() for notice in facts.notices],
            rejects,
            list(facts.questions),
        )

    @property
    def rejected(self) -> int:
        return sum(file.rejected for file in self.files)

    def counts(self) -> dict[str, Any]:
        """For the manifest."""
        return {"files": [asdict(file) for file in self.files], "matching": self.links}


def write_rejects(account: Account, folder: Path) -> None:
    """`rejects.csv`: file, row, column, value, reason, advice."""
    rows = ([r.file, r.row, r.column, r.value, r.reason, r.advice] for r in account.rejects)
    _write(folder / REJECTS, ["file", "row", "column", "value", "reason", "advice"], rows)


def write_questions(questions: Iterable[tuple[str, str, str]], folder: Path) -> int:
    """`questions.csv`, ordered by household. Returns how many there are."""
    rows = sorted(questions)
    _write(folder / QUESTIONS, ["household_id", "question", "values"], rows)
    return len(rows)


def write_matching(facts: Facts, folder: Path) -> None:
    """`matching.csv`: every accepted row of a departmental file, in file and row order.

    Written by the engine, because there may be millions: a row for every bill.
    """
    selects = []
    for position, table in enumerate(TABLES):
        if table.name in facts.links:
            file = sql.quoted(facts.file_of(table.name))
            selects.append(
                f"SELECT {position} AS place, {file} AS file, l.row, l.outcome, m.member_id, l.how, l.reason "
                f"FROM {facts.links[table.name].relation} l LEFT JOIN members m ON l.mid = m.mid"
            )
    path = folder / MATCHING
    if not selects:
        _write(path, ["file", "row", "outcome", "member_id", "how", "reason"], [])
        return
    safe = ", ".join(f"{_safe(name)} AS {name}" for name in ("member_id", "how", "reason"))
    body = folder / f"{MATCHING}.body"
    facts.connection.execute(
        f"COPY (SELECT file, row, outcome, {safe} FROM ({' UNION ALL '.join(selects)}) ORDER BY place, row) "
        f"TO {sql.quoted(str(body))} (FORMAT csv, HEADER true)"
    )
    with path.open("wb") as out, body.open("rb") as rows:
        out.write(b"\xef\xbb\xbf")
        while block := rows.read(1 << 20):
            out.write(block)
    body.unlink()


def _safe(name: str) -> str:
    """SQL of `units.exports.safe_cell`."""
    risky, long = sql.quoted(GUARDED + ".*"), sql.quoted(LONG_NUMBER)
    return (
        f"CASE WHEN regexp_matches({name}, {risky}) THEN '''' || {name} "
        f"WHEN regexp_matches({name}, {long}) THEN chr(9) || {name} ELSE {name} END"
    )


def _write(path: Path, header: list[str], rows: Iterable[Iterable[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        # Not by the codec utf-8-sig, which is written in Python and slow for a million lines.
        file.write("\ufeff")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow([safe_cell(cell) if isinstance(cell, str) else cell for cell in row])
