"""What a screening found, read back from its files: the rows of households, and the findings that make a clue.

For the worker only: it reads Parquet.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from shouwang.accounts.audit import canonical
from shouwang.casework.models.screening import FLAGGED, KEPT
from shouwang.units.money import FEN_PER_YUAN

#: Outcomes of a rule that go into a clue.
TOLD = ("met", "suspected")
FIGURES = {"net_income": "net_income_fen", "base_income": "base_income_fen", "rigid": "rigid_fen", "members": "members"}
_PER_HEAD = "net_income_per_head"
_COLUMNS = ["household_id", "outcome", "tier", "rules_met", "rules_suspected", _PER_HEAD, *FIGURES.values()]


@dataclass(frozen=True, slots=True)
class Found:
    """One household as a run saw it."""

    number: str
    outcome: str
    tier: str
    rules_met: str
    rules_suspected: str
    figures: Mapping[str, int | None]
    findings: tuple[dict[str, Any], ...] = field(default=())

    @property
    def is_flagged(self) -> bool:
        return self.outcome in FLAGGED

    @property
    def fingerprint(self) -> str:
        """The same rules with the same figures give the same fingerprint, in whatever run they are found."""
        facts = [[f["rule"], f["outcome"], canonical(_spoken(f["values"]))] for f in self.findings]
        return hashlib.sha256(canonical(sorted(facts)).encode()).hexdigest()


def found_in(folder: Path, also: set[str]) -> Iterator[Found]:
    """Every household of a run that is kept, and those of `also` whatever became of them, in the order of their number."""
    findings = _findings(folder / "findings.jsonl")
    for batch in pq.ParquetFile(folder / "households.parquet").iter_batches(columns=_COLUMNS):
        for row in batch.to_pylist():
            number = row["household_id"]
            if row["outcome"] in KEPT or number in also:
                yield Found(
                    number, row["outcome"], row["tier"] or "", row["rules_met"] or "", row["rules_suspected"] or "",
                    {name: row[column] for name, column in FIGURES.items()} | {_PER_HEAD: _fen(row[_PER_HEAD])},
                    tuple(findings.get(number, ())),
                )  # fmt: skip


def _findings(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The findings of each household that say something; those that only lack facts are left out."""
    told: dict[str, list[dict[str, Any]]] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            finding = json.loads(line)
            if finding["outcome"] in TOLD:
                told.setdefault(finding["household_id"], []).append(finding)
    return told


def _fen(yuan: str | None) -> int | None:
    """`2762.33` as fen: the file writes it in yuan, for people."""
    return int(Decimal(yuan) * FEN_PER_YUAN) if yuan else None


def _spoken(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}
