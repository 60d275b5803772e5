"""At which amount does a rule change its mind? Exact whole fen, found by asking the reference evaluator.

Along one added amount the two sides of every comparison in a rule are straight lines between kinks, and a rule changes
only where a comparison (or the larger of two figures) changes sides. So the walk goes from kink to kink, evaluating the
household as changed at each; no rule is written a second time. A rule that divides, or multiplies sums with each other, is
not straight and is not walked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shouwang.policy.forms import Outcome
from shouwang.screening.reasons import Band
from shouwang.terms import nodes as n
from shouwang.terms.evaluate import Evaluator, Facts, Reader, Seen
from shouwang.terms.reach import reach

#: Amounts are followed to ten million yuan either way; no household's figure lies beyond.
LIMIT = 10**9
#: Kinks followed in one direction; a rule of this policy has six.
_STEPS = 60


@dataclass(frozen=True, slots=True)
class State:
    """A rule at one amount: its outcome, and by how much each of its comparisons holds or fails."""

    outcome: Outcome
    margins: tuple[int | None, ...]


Probe = Callable[[int], State]


class RuleProbe:
    """One rule's outcome and margins, read by the reference evaluator."""

    def __init__(self, evaluator: Evaluator, rule: n.Named) -> None:
        self.rule = evaluator.read(rule)
        self.nodes = reach(rule, evaluator.context)
        self.straight = not any(map(_bends, self.nodes))
        self.sides = [_sides(evaluator, node) for node in self.nodes if _is_kink(node)]

    def outcome(self, facts: Facts) -> Outcome:
        return Outcome(self.rule(Seen(facts), facts["households"]))

    def state(self, facts: Facts) -> State:
        seen, row = Seen(facts), facts["households"]
        outcome = Outcome(self.rule(seen, row))
        margins = []
        for left, right in self.sides:
            a, b = left(seen, row), right(seen, row)
            margins.append(None if a is None or b is None else a - b)
        return State(outcome, tuple(margins))


def _is_kink(node: n.Node) -> bool:
    if not isinstance(node, n.Compare | n.Larger) or node.grain != n.HOUSEHOLD:
        return False
    return node.left.kind in (n.Kind.NUMBER, n.Kind.SCALED)


def _bends(node: n.Node) -> bool:
    """Whether a term need not be a straight line in an added amount."""
    if isinstance(node, n.Per):
        return True
    if not isinstance(node, n.ShareOf) and not (isinstance(node, n.Arithmetic) and node.op == "*"):
        return False
    return all(any(isinstance(part, n.Total) for part in n.walk(factor)) for factor in node.children())


def _sides(evaluator: Evaluator, node: n.Node) -> tuple[Reader, Reader]:
    assert isinstance(node, n.Compare | n.Larger)
    return evaluator.read(node.left), evaluator.read(node.right)


def bands(probe: Probe, lowest: int = -LIMIT, highest: int = LIMIT) -> tuple[Band, ...]:
    """The outcomes along an amount from `lowest` to `highest`, in order; a limit leaves its end open."""
    start = probe(0)
    below, above = _walk(probe, start, -1, -lowest), _walk(probe, start, 1, highest)
    bottom = None if lowest <= -LIMIT else lowest
    top = None if highest >= LIMIT else highest
    starts = [bottom, *(1 - at for at, _ in reversed(below)), *(at for at, _ in above)]
    ends = [*(-at for at, _ in reversed(below)), *(at - 1 for at, _ in above), top]
    outcomes = [*(outcome for _, outcome in reversed(below)), start.outcome, *(outcome for _, outcome in above)]
    return tuple(Band(*band) for band in zip(starts, ends, outcomes, strict=True))


def _walk(probe: Probe, start: State, sign: int, limit: int) -> list[tuple[int, Outcome]]:
    """The distances from 0 in one direction at which the outcome changes, each with the outcome from there on."""
    at, here = 0, start
    changes: list[tuple[int, Outcome]] = []
    for _ in range(_STEPS):
        if at >= limit:
            break
        there = probe(sign * (at + 1))
        step = 1 if there.outcome is not here.outcome else _next_kink(here, there)
        if step is None or at + step > limit:
            break
        at += step
        there = probe(sign * at)
        if there.outcome is not here.outcome:
            changes.append((at, there.outcome))
        here = there
    return changes


def _next_kink(here: State, there: State) -> int | None:
    """Steps to the nearest place where a margin reaches or passes zero; `there` is one step on. None: there is none."""
    steps = []
    for margin, after in zip(here.margins, there.margins, strict=True):
        if margin is None or after is None or margin == after:
            continue
        slope = after - margin
        if margin == 0:
            steps.append(1)
        elif (margin > 0) != (slope > 0):
            steps.append(-(-abs(margin) // abs(slope)))
    return min(steps, default=None)
