"""Screen a population: a rule book, facts and an engine in; results on disk out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import ibis.expr.types as ir

from shouwang.policy.book import RuleBook
from shouwang.screening.compile import Compiler
from shouwang.screening.engines import Engine
from shouwang.screening.findings import FindingWriter
from shouwang.screening.results import ResultWriter, Written
from shouwang.screening.terms import household_terms


def screen(book: RuleBook, engine: Engine, folder: Path) -> Written:
    """Screen every household and write `households.csv`, `households.parquet` and `findings.jsonl` into a folder."""
    terms = household_terms(book)

    def plan(tables: Mapping[str, ir.Table]) -> ir.Table:
        return Compiler(book.context, tables).relation(terms)

    with FindingWriter(book) as findings:
        return ResultWriter(book, folder, findings).write(engine.batches(plan))
