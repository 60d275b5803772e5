"""How does a household stand in one run against another?"""

from __future__ import annotations

from shouwang.casework.models import Move, RunLine
from shouwang.casework.models.screening import FLAGGED

#: The figures of a run's line that are compared.
FIGURES = ("net_income", "base_income", "rigid", "members")
#: What a run says of a household besides.
WORDS = ("outcome", "tier", "rules_met", "rules_suspected")


def moved(before: RunLine | None, now: RunLine, flagged: bool) -> tuple[Move, dict[str, list[int | str | None]]]:
    """How a household stands against the run before: in, out, or what changed from what to what.

    Between 资料不足 and 不命中 nobody entered and nobody left: what is not known yet says nothing of a household.
    """
    was = before is not None and before.outcome in FLAGGED
    if before is None:
        return (Move.ENTERED if flagged else Move.SAME), {}
    if not flagged and not was:
        return Move.SAME, {}
    differ = {
        name: [getattr(before, name), getattr(now, name)]
        for name in (*FIGURES, *WORDS)
        if getattr(before, name) != getattr(now, name)
    }
    if flagged != was:
        return (Move.ENTERED if flagged else Move.LEFT), differ
    return (Move.MOVED if differ else Move.SAME), differ
