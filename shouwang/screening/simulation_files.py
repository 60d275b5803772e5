"""How is a simulation kept? `summary.csv` for a spreadsheet and `simulation.json` for programs.

`summary.csv`: one row for the whole, one a unit, one a tier; households and people side by side. By tier, 现行命中 and
退出 go by the tier before the change, everything else by the tier after it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from shouwang.screening.simulation import ENTERS, LEAVES, OTHER, Simulation
from shouwang.units.exports import safe_cell

FORMAT = 1
COUNTS = ("all", "met_before", "met_after", "enters", "leaves", "other")
HEADER = ["scope", "name", *(f"{name}_{unit}" for name in COUNTS for unit in ("households", "people"))]


def write_summary(simulation: Simulation, path: Path) -> None:
    """`summary.csv`, with BOM and safe cells."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for line in simulation.summaries():
            counts = [getattr(line, name) for name in COUNTS]
            numbers = [number for count in counts for number in (count.households, count.people)]
            writer.writerow([line.scope, safe_cell(line.name), *numbers])


def write_json(simulation: Simulation, path: Path, sources: Sequence[str]) -> None:
    """`simulation.json`: parameters before and after, the counts, the moves between outcomes. No clock in it."""
    path.write_text(json.dumps(as_json(simulation, sources), ensure_ascii=False, indent=2), encoding="utf-8")


def as_json(simulation: Simulation, sources: Sequence[str]) -> dict[str, Any]:
    """The simulation as plain values."""
    whole, *others = [asdict(line) for line in simulation.summaries()]
    return {
        "format": FORMAT,
        "policy": simulation.policy,
        "policy_title": simulation.policy_title,
        "as_of": simulation.as_of.isoformat(),
        "window": simulation.window,
        "engine": simulation.engine,
        "sources": list(sources),
        "parameters": [asdict(parameter) for parameter in simulation.parameters],
        "totals": whole,
        "moves": [{"before": b, "after": a, **asdict(count)} for b, a, count in simulation.moves()],
        "by_unit": [line for line in others if line["scope"] == "连队"],
        "by_tier": [line for line in others if line["scope"] == "档次"],
        "words": {"enters": ENTERS, "leaves": LEAVES, "other": OTHER},
    }
