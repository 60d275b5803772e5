"""Who enters and who leaves when a parameter changes? The same population under two rule books, in one pass.

Writes `changes.csv` (a row for each household of which something changed), `summary.csv` and `simulation.json`, and on
request `simulation.html`, a page to print. Rows stream in batches; memory holds counts and the first rows for the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from shouwang.policy.book import RuleBook
from shouwang.screening.compared import AFTER, BEFORE, COMPARED
from shouwang.screening.engines import Engine
from shouwang.screening.lines import BOM, csv_body
from shouwang.screening.simulation import ENTERS, LEAVES, MET, OTHER, Cell, Simulation, changed_parameters
from shouwang.screening.simulation_files import write_json, write_summary
from shouwang.screening.simulation_page import write_page
from shouwang.units.errors import ShouwangError

#: Households of each move that the printed page lists; all of them are in `changes.csv`.
LISTED = 200
_TWICE = [name + ending for name in ("outcome", "route", "tier") for ending in (BEFORE, AFTER)]
_RULES = [name + ending for name in COMPARED if name.startswith("rules_") for ending in (BEFORE, AFTER)]
#: The columns of `changes.csv`.
CHANGES = ("household_id", "unit", "members", *_TWICE, "net_income_per_head", "change", *_RULES)
#: Households of the relation `compared` that are alike as a `Cell`: how many, and how many people.
_TIERS = ", ".join(f"CASE WHEN tier{ending} = '' THEN 'unknown' ELSE tier{ending} END" for ending in (BEFORE, AFTER))
_ALIKE = (
    f"SELECT unit, outcome{BEFORE}, outcome{AFTER}, {_TIERS}, changed, count(*), coalesce(sum(members), 0)::BIGINT "
    "FROM compared GROUP BY ALL"
)


class DifferentQuestion(ShouwangError):
    """The two books are not about the same policy on the same date."""

    code = "SIM-01"
    what = "模拟只能比较同一办法、同一截至日期下的两套参数：现为 {before} 与 {after}。"
    do = "请只改参数。"


def simulate(
    before: RuleBook,
    after: RuleBook,
    engine: Engine,
    folder: Path,
    *,
    html: bool = False,
    sources: Sequence[str] = (),
) -> Simulation:
    """Compare two books over all households and write the files into a folder. `sources` names the files read."""
    if (before.policy.id, before.as_of) != (after.policy.id, after.as_of):
        raise DifferentQuestion(before=f"{before.policy.id} {before.as_of}", after=f"{after.policy.id} {after.as_of}")
    simulation = Simulation(
        *(before.policy.id, before.policy.title, before.as_of, str(before.context.span("W")), engine.name),
        changed_parameters(before, after),
    )
    listed = _stream(engine.batches("comparison", before, after), simulation, folder / "changes.csv")
    write_summary(simulation, folder / "summary.csv")
    write_json(simulation, folder / "simulation.json", sources)
    if html:
        write_page(simulation, listed, after, folder / "simulation.html", sources)
    return simulation


def _stream(batches: Iterable[pa.RecordBatch], simulation: Simulation, path: Path) -> dict[str, list[dict[str, Any]]]:
    """Write the changed rows, count all; returns the first rows of each move."""
    listed: dict[str, list[dict[str, Any]]] = {ENTERS: [], LEAVES: [], OTHER: []}
    with duckdb.connect() as connection, path.open("wb") as out:
        out.write(BOM + ",".join(CHANGES).encode() + b"\n")
        for batch in batches:
            connection.register("batch", pa.Table.from_batches([batch]))
            connection.execute(f"CREATE OR REPLACE TEMP TABLE compared AS {_compared(batch.schema)}")
            for *cell, households, people in connection.execute(_ALIKE).fetchall():
                simulation.households[Cell(*cell)] += households
                simulation.people[Cell(*cell)] += people
            changed = f"SELECT {', '.join(CHANGES)} FROM compared WHERE changed"
            out.write(csv_body(connection.sql(f"{changed} ORDER BY place").to_arrow_table()))
            for move, some in listed.items():
                first = f"{changed} AND change = '{move}' ORDER BY place LIMIT {LISTED - len(some)}"
                some += connection.sql(first).to_arrow_table().to_pylist()
    return listed


def _compared(schema: pa.Schema) -> str:
    """SQL over `batch`: its rows and their `place`, with `changed` and with `change`: 进入, 退出 or 其他.

    Unknown text becomes empty, so that it can be compared.
    """
    texts = [field.name for field in schema if pa.types.is_string(field.type)]
    known = ", ".join(f"coalesce({name}, '') AS {name}" for name in texts)
    changed = " OR ".join(f"{name + BEFORE} <> {name + AFTER}" for name in COMPARED)
    was, now = (f"outcome{ending} = '{MET}'" for ending in (BEFORE, AFTER))
    move = f"CASE WHEN {now} AND NOT {was} THEN '{ENTERS}' WHEN {was} AND NOT {now} THEN '{LEAVES}' ELSE '{OTHER}' END"
    return (
        f"SELECT *, {changed} AS changed, {move} AS change FROM "
        f"(SELECT row_number() OVER () AS place, * REPLACE ({known}) FROM batch)"
    )
