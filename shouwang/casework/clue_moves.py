"""How does a household stand in one run against another?"""

from __future__ import annotations

from shouwang.casework.models import Move, RunLine
from shouwang.casework.models.screening import FLAGGED

#: The figures of a run's line that are compared.
FIGURES = ("net_income", "base_income", "rigid", "members")


def moved(before: RunLine | None, now: RunLine, flagged: bool) -> tuple[Move, dict[str, list[int | None]]]:
    """How a household stands against the run before: in, out, or which figures moved from what to what."""
    was = before is not None and before.outcome in FLAGGED
    if before is None:
        return (Move.ENTERED if flagged else Move.SAME), {}
    figures = {
        name: [getattr(before, name), getattr(now, name)]
        for name in FIGURES
        if getattr(before, name) != getattr(now, name)
    }
    if flagged != was:
        return (Move.ENTERED if flagged else Move.LEFT), figures
    same = not figures and (before.outcome, before.tier, before.rules_met, before.rules_suspected) == (
        now.outcome, now.tier, now.rules_met, now.rules_suspected,
    )  # fmt: skip
    return (Move.SAME if same else Move.MOVED), figures
