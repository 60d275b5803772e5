"""How do results lie on disk? `households.csv` and `.parquet`, `findings.jsonl`, the hash and the counts (contract 5).

One pass over the rows, in the order of household_id, in bounded memory. Files are written beside their place and moved
there only when all of them are whole, so an interrupted run leaves nothing that looks like a result.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shouwang.policy.book import RuleBook
from shouwang.screening.findings import FindingWriter
from shouwang.screening.terms import NOTE, QUESTION
from shouwang.units.exports import GUARDED, LONG_NUMBER

BOM = b"\xef\xbb\xbf"
#: Texts of a household that a package brings in; all other columns are made of our own words.
_FOREIGN = ("household_id", "unit")


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

    def add(self, rows: pa.Table) -> None:
        """Count one batch of result rows."""
        self.households += rows.num_rows
        self.people += pc.sum(rows["members"]).as_py() or 0
        for unit, outcome, count, people in _grouped(rows, ["unit", "outcome"]):
            self.outcomes[outcome] += count
            self.outcome_people[outcome] += people
            self.units[unit, outcome] += count
            self.unit_people[unit, outcome] += people
        for tier, count, _ in _grouped(rows, ["tier"]):
            self.tiers[tier or ""] += count
        for column in ("met", "suspected", "unknown"):
            for text, count, _ in _grouped(rows, [f"rules_{column}"]):
                for rule in (text or "").split(";"):
                    if rule:
                        self.rules[rule, column] += count


@dataclass
class Written:
    """What writing the results found out."""

    sha256: str
    tally: Tally
    questions: list[tuple[str, str, str]]


class ResultWriter:
    """Writes the rows of one screening into a folder."""

    def __init__(self, book: RuleBook, folder: Path, findings: FindingWriter) -> None:
        self.book = book
        self.folder = folder
        self.findings = findings
        self.columns = [column.id for column in book.columns]
        self.titles = {question.id: question.title for question in book.questions}

    def write(self, batches: Iterable[pa.RecordBatch]) -> Written:
        """Consume the rows of `household_terms`, in order, and write the three files."""
        digest, tally, questions = hashlib.sha256(), Tally(), []
        parquet: pq.ParquetWriter | None = None
        with (self.folder / "households.csv").open("wb") as csv, (self.folder / "findings.jsonl").open("wb") as jsonl:
            csv.write(BOM + ",".join(self.columns).encode() + b"\n")
            for batch in batches:
                rows = pa.Table.from_batches([batch])
                wanted = self._blanks(rows.select(self.columns))
                body = csv_body(wanted)
                digest.update(body)
                csv.write(body)
                parquet = parquet or pq.ParquetWriter(self.folder / "households.parquet", wanted.schema)
                parquet.write_table(wanted)
                jsonl.write(lines_of(self.findings.lines(rows)))
                questions += self._questions(rows)
                tally.add(wanted)
                self._notes(rows, tally)
        if parquet is None:
            pq.write_table(empty_households(self.columns), self.folder / "households.parquet")
        else:
            parquet.close()
        return Written(digest.hexdigest(), tally, questions)

    @staticmethod
    def _blanks(rows: pa.Table) -> pa.Table:
        """Empty text is blank: null in Parquet, nothing between the commas in CSV."""
        for position, column in enumerate(rows.column_names):
            if pa.types.is_string(rows[column].type):
                values = rows[column]
                rows = rows.set_column(position, column, pc.if_else(pc.equal(values, ""), None, values))
        return rows

    def _questions(self, rows: pa.Table) -> list[tuple[str, str, str]]:
        found = []
        for question, title in self.titles.items():
            asked = rows.filter(pc.is_valid(rows[QUESTION + question]))
            for household, text in zip(
                asked["household_id"].to_pylist(), asked[QUESTION + question].to_pylist(), strict=True
            ):
                found.append((household, title, text))
        return found

    def _notes(self, rows: pa.Table, tally: Tally) -> None:
        for rule in self.book.rules:
            for note, _ in rule.notes:
                tally.notes[note] += pc.sum(rows[f"{NOTE}{rule.id}.{note}"]).as_py() or 0


def csv_body(rows: pa.Table) -> bytes:
    """Rows as CSV without header, safe to open in a spreadsheet: nothing in a cell is taken for a formula or rounded.

    Cells are quoted one by one where they need it, so the bytes do not depend on how rows were batched.
    """
    cells = [
        quoted(guarded(rows[name])) if name in _FOREIGN else rows[name].cast(pa.string()) for name in rows.column_names
    ]
    return lines_of(pc.binary_join_element_wise(*cells, ",", null_handling="replace", null_replacement=""))


def lines_of(texts: pa.ChunkedArray) -> bytes:
    """Texts as UTF-8 lines."""
    ended = pc.binary_join_element_wise(texts, "\n", "")
    return b"".join(_characters(chunk) for chunk in ended.chunks)


def _characters(chunk: pa.StringArray) -> bytes:
    """The characters of an array as they lie in memory, without a Python string for each."""
    if not len(chunk):
        return b""
    offsets = memoryview(chunk.buffers()[1]).cast("i")
    first, last = offsets[chunk.offset], offsets[chunk.offset + len(chunk)]
    return chunk.buffers()[2].slice(first, last - first).to_pybytes()


def quoted(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text with a comma, a quote or a line break in quotes (RFC 4180)."""
    special = pc.match_substring_regex(values, '[,"\r\n]')
    if not pc.any(special).as_py():
        return values
    doubled = pc.replace_substring(values, '"', '""')
    return pc.if_else(special, pc.binary_join_element_wise('"', doubled, '"', ""), values)


def guarded(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text a spreadsheet would run or round is set off by a mark that our readers take away again (units.exports)."""
    risky = pc.match_substring_regex(values, GUARDED)
    long = pc.match_substring_regex(values, LONG_NUMBER)
    if not pc.any(pc.or_(risky, long)).as_py():
        return values
    text = pc.if_else(risky, pc.binary_join_element_wise("'", values, ""), values)
    return pc.if_else(long, pc.binary_join_element_wise("\t", values, ""), text)


def empty_households(columns: list[str]) -> pa.Table:
    """The result of a population of nobody."""
    whole = {"members", "net_income_fen", "base_income_fen", "rigid_fen"}
    schema = pa.schema([(name, pa.int64() if name in whole else pa.string()) for name in columns])
    return schema.empty_table()


def _grouped(rows: pa.Table, keys: list[str]) -> list[tuple[Any, ...]]:
    grouped = rows.group_by(keys).aggregate([([], "count_all"), ("members", "sum")])
    return list(zip(*(grouped[name].to_pylist() for name in [*keys, "count_all", "members_sum"]), strict=True))
