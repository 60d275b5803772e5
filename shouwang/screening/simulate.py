"""Who enters and who leaves when a parameter changes? The same population under two rule books, in one pass.

Writes `changes.csv` (a row for each household of which something changed), `summary.csv` and `simulation.json`, and on
request `simulation.html`, a page to print. Rows stream in batches; memory holds counts and the first rows for the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

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
_KEYS = ["unit", "outcome_before", "outcome_after", "tier_before", "tier_after", "changed"]


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
    with path.open("wb") as out:
        out.write(BOM + ",".join(CHANGES).encode() + b"\n")
        for batch in batches:
            rows = _with_change(pa.Table.from_batches([batch]))
            _count(rows, simulation)
            changed = rows.filter(rows["changed"]).select(list(CHANGES))
            out.write(csv_body(changed))
            for move, some in listed.items():
                wanted = changed.filter(pc.equal(changed["change"], move)).slice(0, LISTED - len(some))
                some += wanted.to_pylist()
    return listed


def _with_change(rows: pa.Table) -> pa.Table:
    """Rows with `changed` and with `change`: 进入, 退出 or 其他. Unknown text becomes empty, so that it can be compared."""
    for position, name in enumerate(rows.column_names):
        if pa.types.is_string(rows[name].type):
            rows = rows.set_column(position, name, pc.fill_null(rows[name], ""))
    changed = pa.array([False] * rows.num_rows, pa.bool_())
    for name in COMPARED:
        changed = pc.or_(changed, pc.not_equal(rows[name + BEFORE], rows[name + AFTER]))
    was, now = (pc.equal(rows["outcome" + ending], MET) for ending in (BEFORE, AFTER))
    move = pc.if_else(pc.and_not(now, was), ENTERS, pc.if_else(pc.and_not(was, now), LEAVES, OTHER))
    return rows.append_column("changed", changed).append_column("change", move)


def _count(rows: pa.Table, simulation: Simulation) -> None:
    grouped = rows.group_by(_KEYS).aggregate([([], "count_all"), ("members", "sum")])
    for row in grouped.to_pylist():
        tiers = (row["tier_before"] or "unknown", row["tier_after"] or "unknown")
        cell = Cell(row["unit"], row["outcome_before"], row["outcome_after"], *tiers, row["changed"])
        simulation.households[cell] += row["count_all"]
        simulation.people[cell] += row["members_sum"] or 0
