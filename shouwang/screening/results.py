"""How do results lie on disk? `households.csv` and `.parquet`, `findings.jsonl`, the hash and the counts (contract 5).

One pass over the rows, in the order of household_id, in bounded memory. Files are written beside their place and moved
there only when all of them are whole, so an interrupted run leaves nothing that looks like a result.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from shouwang.policy.book import RuleBook
from shouwang.screening.findings import FindingWriter
from shouwang.screening.lines import BOM, characters, csv_line, sizes
from shouwang.screening.terms import NOTE, QUESTION

_WHOLE = frozenset({"members", "net_income_fen", "base_income_fen", "rigid_fen"})
#: Columns that seldom have the same value twice.
_SINGULAR = frozenset({"household_id", "net_income_fen", "net_income_per_head", "base_income_fen", "rigid_fen"})
#: Households of the relation `written` that count alike, in any order: how many, and how many people.
_ALIKE = (
    "SELECT unit, outcome, tier, rules_met, rules_suspected, rules_unknown, count(*), coalesce(sum(members), 0)::BIGINT "
    "FROM written GROUP BY ALL"
)


@dataclass
class Tally:
    """What a run counted: households and the people in them, by outcome, tier, rule and unit."""

    households: int = 0
    people: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    outcome_people: Counter[str] = field(default_factory=Counter)
    tiers: Counter[str] = field(default_factory=Counter)
    rules: Counter[tuple[str, str]] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    units: Counter[tuple[str, str]] = field(default_factory=Counter)
    unit_people: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count_notes(self, notes: Mapping[str, list[str]]) -> None:
        """Count households by note."""
        self.notes = Counter(note for held in notes.values() for note in held)

    def add(
        self, unit: str, outcome: str, tier: str | None, rules: Mapping[str, str | None], count: int, people: int
    ) -> None:
        """Count households that are alike in all of these; `rules` has their rules by outcome, joined by ;."""
        self.households += count
        self.people += people
        self.outcomes[outcome] += count
        self.outcome_people[outcome] += people
        self.units[unit, outcome] += count
        self.unit_people[unit, outcome] += people
        self.tiers[tier or ""] += count
        for said, joined in rules.items():
            for rule in (joined or "").split(";"):
                if rule:
                    self.rules[rule, said] += count


@dataclass
class Written:
    """What writing the results found out. Notes are remarks on rules, by household; most have none.

    `sha256` is over the rows of `households.csv`, `findings_sha256` over the whole of `findings.jsonl`.
    `sizes`: bytes of each household in `households.csv` and in `findings.jsonl`, two columns, in the order of households.
    """

    sha256: str
    findings_sha256: str
    tally: Tally
    questions: list[tuple[str, str, str]]
    notes: dict[str, list[str]]
    sizes: np.ndarray


class ResultTable:
    """`households.parquet`, written a batch at a time and counted as it goes.

    `connection` is one that no engine works on: an engine is still giving rows while they are written.
    """

    def __init__(self, columns: list[str], folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.columns = columns
        self.tally = Tally()
        self.connection = connection
        # A dictionary only of what repeats: looking for one costs as much again as writing.
        repeated = [name for name in columns if name not in _SINGULAR]
        self._parquet = pq.ParquetWriter(folder / "households.parquet", _schema(columns), use_dictionary=repeated)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._parquet.close()

    def add(self, rows: pa.Table) -> None:
        """The next rows, in the order of household_id, blank where text is empty."""
        written = rows.select(self.columns)
        self._parquet.write_table(written)
        # Counted by DuckDB: Arrow's grouping loads pandas, which takes longer than a small screening.
        self.connection.register("written", written)
        for unit, outcome, tier, met, suspected, unknown, count, people in self.connection.execute(_ALIKE).fetchall():
            self.tally.add(unit, outcome, tier, {"met": met, "suspected": suspected, "unknown": unknown}, count, people)
        self.connection.unregister("written")


class HouseholdFiles(ResultTable):
    """`households.csv` beside it, hashed as it goes."""

    def __init__(self, columns: list[str], folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
        super().__init__(columns, folder, connection)
        self._digest = hashlib.sha256()
        self._csv = (folder / "households.csv").open("wb")
        self._csv.write(csv_head(columns))
        # Empty text is blank: null in Parquet, nothing between the commas in CSV.
        cells = ", ".join(f'"{name}"' if name in _WHOLE else f'nullif("{name}", \'\') AS "{name}"' for name in columns)
        self._query = f"SELECT {cells}, {csv_line(columns)} || chr(10) AS line FROM rows"
        self.sizes: list[np.ndarray] = []

    def __exit__(self, *_: object) -> None:
        self._csv.close()
        super().__exit__()

    def add(self, rows: pa.Table) -> None:
        """The next rows, in the order of household_id."""
        self.connection.register("rows", rows)
        written = self.connection.sql(self._query).to_arrow_table()
        self.connection.unregister("rows")
        for body in characters(written["line"]):
            self._digest.update(body)
            self._csv.write(body)
        self.sizes.append(sizes(written["line"]))
        super().add(written)

    @property
    def sha256(self) -> str:
        """Over the rows as CSV, header and mark aside: `tail -n +2 households.csv | sha256sum`."""
        return self._digest.hexdigest()


def csv_head(columns: list[str]) -> bytes:
    """The first line of `households.csv`, with its mark."""
    return BOM + ",".join(columns).encode() + b"\n"


class ResultWriter:
    """Writes the rows of one screening into a folder."""

    def __init__(self, book: RuleBook, folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.book = book
        self.folder = folder
        self.connection = connection
        self.findings = FindingWriter(book, connection)
        self.titles = {question.id: question.title for question in book.questions}

    def write(self, batches: Iterable[pa.RecordBatch]) -> Written:
        """Consume the rows of `household_terms`, in order, and write the three files."""
        questions: list[tuple[str, str, str]] = []
        notes: dict[str, list[str]] = {}
        said = [np.zeros(0, np.int32)]
        digest = hashlib.sha256()
        columns = [column.id for column in self.book.columns]
        with (
            HouseholdFiles(columns, self.folder, self.connection) as households,
            (self.folder / "findings.jsonl").open("wb") as jsonl,
        ):
            for batch in batches:
                rows = pa.Table.from_batches([batch])
                households.add(rows)
                lines = self.findings.lines(rows)
                for body in characters(lines):
                    digest.update(body)
                    jsonl.write(body)
                said.append(sizes(lines))
                questions += self._questions(rows)
                self._notes(rows, notes)
                # Gone before the engine makes the next, so that memory holds one batch and not two.
                del batch, rows, lines
        households.tally.count_notes(notes)
        written = np.concatenate([np.zeros(0, np.int32), *households.sizes])
        measured = np.column_stack([written, np.concatenate(said)])
        return Written(households.sha256, digest.hexdigest(), households.tally, questions, notes, measured)

    # Looked through here and not by Arrow's functions: few households are meant, and loading those takes longer.

    def _questions(self, rows: pa.Table) -> list[tuple[str, str, str]]:
        found = []
        for question, title in self.titles.items():
            for place, text in enumerate(rows[QUESTION + question].to_pylist()):
                if text is not None:
                    found.append((rows["household_id"][place].as_py(), title, text))
        return found

    def _notes(self, rows: pa.Table, notes: dict[str, list[str]]) -> None:
        for rule in self.book.rules:
            for note, _ in rule.notes:
                for place, held in enumerate(rows[f"{NOTE}{rule.id}.{note}"].to_pylist()):
                    if held:
                        notes.setdefault(rows["household_id"][place].as_py(), []).append(note)


def _schema(columns: list[str]) -> pa.Schema:
    """The columns of `households.parquet`."""
    return pa.schema([(name, pa.int64() if name in _WHOLE else pa.string()) for name in columns])
