"""Screen a population: a rule book, facts and an engine in; results on disk out."""

from __future__ import annotations

from pathlib import Path

import duckdb

from shouwang.policy.book import RuleBook
from shouwang.screening.engines import Engine
from shouwang.screening.results import ResultWriter, Written


def screen(book: RuleBook, engine: Engine, folder: Path) -> Written:
    """Screen every household and write `households.csv`, `households.parquet` and `findings.jsonl` into a folder."""
    with duckdb.connect() as connection:
        return ResultWriter(book, folder, connection).write(engine.batches("households", book))
