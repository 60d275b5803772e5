"""Ours: what `shouwang screen` does, without the command line around it.

python -m bench.ours screen PACKAGE OUT AS_OF          raw files -> results
python -m bench.ours intake PACKAGE FACTS              raw files -> facts kept as Parquet
python -m bench.ours rescreen FACTS OUT AS_OF [name=value …]   kept facts -> results
python -m bench.ours income FACTS OUT AS_OF            kept facts -> net income, per head, below the line, and nothing else
python -m bench.ours explain FACTS AS_OF HOUSEHOLD …   kept facts -> every figure and outcome of single households
"""

from __future__ import annotations

import shutil
import statistics
import sys
from collections import defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from bench.timing import Stages, wall

STAGES = Stages()
with STAGES.stage("start"):
    import duckdb

    from shouwang.intake.account import Account
    from shouwang.intake.facts import Intake
    from shouwang.intake.session import connect
    from shouwang.intake.store import open_store, write_index
    from shouwang.policy.book import RuleBook
    from shouwang.screening.engines import DuckDB
    from shouwang.screening.queries import query_for
    from shouwang.screening.results import Written
    from shouwang.screening.run import screen
    from shouwang.screening.terms import result_terms
    from shouwang.sources.package import open_package
    from shouwang.terms import nodes as n
    from shouwang.terms.evaluate import Evaluator
    from shouwang.terms.tables import TABLES

POLICY = "qituan-2020"
_REPEATS = 200


def main(command: str, *words: str) -> None:
    """Run one of the commands above."""
    commands = {"screen": screen_raw, "intake": intake, "rescreen": rescreen, "explain": explain}
    commands["income"] = income
    commands[command](*words)


def fresh(folder: str) -> Path:
    """An empty folder of that name."""
    path = Path(folder)
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def screen_raw(package: str, out: str, as_of: str) -> None:
    """Raw Parquet to results, in one go."""
    target = fresh(out)
    with connect(target) as connection:
        with STAGES.stage("open"):
            opened = open_package(Path(package), target / "scratch")
        with STAGES.stage("intake"):
            Intake(connection, fresh(f"{out}/scratch"), lazy=True).take_in(opened)
        with STAGES.stage("screen"):
            written = screen(RuleBook.of(POLICY, date.fromisoformat(as_of)), DuckDB(connection), target)
    _tell(written)


def intake(package: str, facts: str) -> None:
    """Raw Parquet to facts, once."""
    target = fresh(facts)
    with connect(target) as connection:
        with STAGES.stage("open"):
            opened = open_package(Path(package), target / "scratch")
        with STAGES.stage("intake"):
            taken = Intake(connection, target).take_in(opened)
        with STAGES.stage("keep"):
            write_index(taken, Account.of(taken), target)
    rejected = sum(len(accepted.rejects) for accepted in taken.accepted.values())
    STAGES.tell(rejected=rejected, links={name: link.counts for name, link in taken.links.items()})


def show(connection: duckdb.DuckDBPyConnection, facts: str) -> None:
    """Makes the kept facts the relations of a connection."""
    for table in TABLES:
        connection.execute(f"CREATE VIEW {table.name} AS SELECT * FROM read_parquet('{facts}/{table.name}.parquet')")


def rescreen(facts: str, out: str, as_of: str, *settings: str) -> None:
    """Kept facts to results: another date, or a parameter set by hand."""
    target = fresh(out)
    overrides = dict(setting.split("=", 1) for setting in settings)
    with connect(target) as connection, STAGES.stage("screen"):
        open_store(connection, Path(facts))
        written = screen(RuleBook.of(POLICY, date.fromisoformat(as_of), overrides), DuckDB(connection), target)
    _tell(written)


def income(facts: str, out: str, as_of: str) -> None:
    """Kept facts to the income part alone, as `rivals.openfisca_income` works it out, by the compiler and its kept query."""
    target = fresh(out)
    book = RuleBook.of(POLICY, date.fromisoformat(as_of))
    wanted = ("household_id", "net_income_fen", "net_income_per_head")
    part = replace(
        book,
        rules=(book.rule("income_below_line"),),
        questions=(),
        columns=tuple(column for column in book.columns if column.id in wanted),
    )
    with connect(target) as connection, STAGES.stage("income"):
        open_store(connection, Path(facts))
        query = query_for("households", (part,), DuckDB(connection).relations())
        chosen = f"SELECT {', '.join(wanted)}, \"rule.income_below_line\" = 'met' AS below_line FROM ({query})"
        # Rows come in the order of hid, which is that of household_id.
        connection.execute(f"COPY ({chosen}) TO '{target}/income.csv' (FORMAT csv)")
    lines = (target / "income.csv").read_bytes()
    STAGES.tell(households=lines.count(b"\n") - 1, below_line=lines.count(b",true\n"))


def _tell(written: Written) -> None:
    STAGES.tell(
        sha256=written.sha256,
        households=written.tally.households,
        people=written.tally.people,
        outcomes=dict(written.tally.outcomes),
        questions=len(written.questions),
    )


def explain(facts: str, as_of: str, *households: str) -> None:
    """How long the plain reader takes for one household, once its facts are loaded."""
    book = RuleBook.of(POLICY, date.fromisoformat(as_of))
    evaluator = Evaluator(book.context)
    terms = [node for node in result_terms(book).values() if isinstance(node, n.Named)]
    with connect(fresh(f"{facts}-explain")) as connection:
        show(connection, facts)
        loaded = [_loaded(connection, household) for household in households]
    first = wall()
    evaluator.values(terms, loaded[0])
    build = wall() - first
    times = []
    for _ in range(_REPEATS):
        for one in loaded:
            started = wall()
            evaluator.values(terms, one)
            times.append((wall() - started) * 1000)
    STAGES.tell(
        first_ms=round(build * 1000, 3), median_ms=round(statistics.median(times), 4), worst_ms=round(max(times), 3)
    )


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _loaded(connection: duckdb.DuckDBPyConnection, household: str) -> dict[str, Any]:
    """The facts of one household as the plain reader wants them."""
    (house,) = _rows(connection, f"SELECT * FROM households WHERE household_id = '{household}'")
    mine = f"WHERE hid = {house['hid']}"
    facts = {name: _rows(connection, f"SELECT * FROM {name} {mine}") for name in ("members", "ledger", "events")}
    people = ", ".join(str(member["mid"]) for member in facts["members"]) or "-1"
    for table in TABLES:
        if table.matched:
            by_member = defaultdict(list)
            for row in _rows(connection, f"SELECT * FROM {table.name} WHERE mid IN ({people})"):
                by_member[row["mid"]].append(row)
            for member in facts["members"]:
                member[table.name] = by_member[member["mid"]]
    return {"households": house, **facts}


if __name__ == "__main__":
    main(*sys.argv[1:])
