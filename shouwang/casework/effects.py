"""What would a change do? The households and people a simulation moved, in all and by unit; 户数 and 人数 together."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet, Sum

from shouwang.casework.models import Move, RunLine, RunState, ScreeningRun

#: The moves that are told; who stays as he was is in no line of a simulation.
TOLD = (Move.ENTERED, Move.LEFT, Move.MOVED)


def effect_of(run: ScreeningRun) -> dict[str, Any]:
    """`entered`, `left` and `moved` as households, the people in them under `people`, and both by unit."""
    by_unit = units_of(RunLine.objects.filter(run=run))
    totals = {str(move): sum(unit[move] for unit in by_unit.values()) for move in TOLD}
    people = {str(move): sum(unit[f"people_{move}"] for unit in by_unit.values()) for move in TOLD}
    return totals | {"people": people, "by_unit": by_unit}


def is_stale(run: ScreeningRun) -> bool:
    """Whether a finished simulation was stored by an earlier version, which did not count people: it cannot be shown."""
    return run.state == RunState.DONE and not {"people", "by_unit", "before", "after"} <= run.counts.keys()


def units_of(lines: QuerySet[RunLine]) -> dict[str, dict[str, int]]:
    """By unit: how many households moved in which way, and the people in them."""
    grouped = lines.filter(move__in=TOLD).order_by("household__unit__name").values_list("household__unit__name", "move")
    found: dict[str, dict[str, int]] = {}
    for unit, move, households, people in grouped.annotate(n=Count("pk"), p=Sum("members")):
        cells = found.setdefault(unit, {name: 0 for move in TOLD for name in (str(move), f"people_{move}")})
        cells[move], cells[f"people_{move}"] = households, people or 0
    return found
