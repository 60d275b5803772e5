"""Two screenings side by side, compared in the database: who entered, who left, what moved. Any two, in any order.

Each of the three is a list of lines: of the later run, or of the earlier one for those who left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from shouwang.accounts.models import User
from shouwang.casework.clue_moves import FIGURES, WORDS, moved
from shouwang.casework.models import Move, RunLine, RunState, ScreeningRun
from shouwang.casework.models.screening import FLAGGED
from shouwang.casework.queries.run_lines import ALL, LineFilter, filtered
from shouwang.casework.queries.runs import Heads, runs_for
from shouwang.units.text import reading_order

#: The three lists.
COMPARED = (Move.ENTERED, Move.LEFT, Move.MOVED)
#: Stands for 不明 where figures are compared: no figure of a household is so low.
_UNKNOWN = -(10**15)


@dataclass(frozen=True, slots=True)
class Difference:
    """One household in two runs. `changes`: what changed, from what to what; amounts in fen."""

    line: RunLine
    move: Move
    was: RunLine | None
    now: RunLine | None
    changes: dict[str, list[int | str | None]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two finished runs of one regiment."""

    before: ScreeningRun
    after: ScreeningRun

    def lines(self, user: User, move: Move, wanted: LineFilter = ALL) -> QuerySet[RunLine]:
        """The households of one move, of those a person may see, in the order of the most urgent."""
        mine, other = (self.before, self.after) if move == Move.LEFT else (self.after, self.before)
        rows = RunLine.objects.visible_to(user).filter(run=mine, outcome__in=FLAGGED)
        there = RunLine.objects.filter(run=other, household=OuterRef("household"), outcome__in=FLAGGED)
        changed = Exists(_comparable(there).filter(_differs()))
        rows = rows.filter(changed if move == Move.MOVED else ~Exists(there))
        return filtered(rows, wanted).select_related("household__unit").order_by("-score", "-pk")

    def by_unit(self, user: User, wanted: LineFilter = ALL) -> dict[str, dict[Move, Heads]]:
        """Unit -> households and people by move."""
        found: dict[str, dict[Move, Heads]] = {}
        for move in COMPARED:
            rows = self.lines(user, move, wanted).order_by().values_list("household__unit__name")
            for unit, households, people in rows.annotate(n=Count("pk"), p=Sum("members")):
                found.setdefault(unit, {})[move] = Heads(households, people or 0)
        return {unit: found[unit] for unit in sorted(found, key=reading_order)}

    def told(self, lines: Sequence[RunLine], move: Move) -> list[Difference]:
        """The lines of one page, each beside the other run's line of that household."""
        other = self.after if move == Move.LEFT else self.before
        there = RunLine.objects.filter(run=other, household__in=[line.household_id for line in lines])
        known = {line.household_id: line for line in there}
        return [self._difference(line, known.get(line.household_id), move) for line in lines]

    def _difference(self, line: RunLine, other: RunLine | None, move: Move) -> Difference:
        was, now = (line, other) if move == Move.LEFT else (other, line)
        changes = moved(was, now, now.outcome in FLAGGED)[1] if was is not None and now is not None else {}
        return Difference(line, move, was, now, changes)


def move_totals(by_unit: Mapping[str, Mapping[Move, Heads]]) -> dict[Move, Heads]:
    """All units together."""
    return {move: sum((cells[move] for cells in by_unit.values() if move in cells), Heads()) for move in COMPARED}


def pair_for(user: User, before: UUID | None = None, after: UUID | None = None) -> Pair | None:
    """The pair of these; where none or one is named, the last finished run and the one before it."""
    done = runs_for(user).filter(state=RunState.DONE)
    later = done.filter(uuid=after).first() if after else done.first()
    if later is None:
        return None
    others = done.filter(unit=later.unit).exclude(pk=later.pk)
    earlier = others.filter(uuid=before).first() if before else others.filter(pk__lt=later.pk).first()
    return Pair(earlier, later) if earlier is not None else None


def _comparable(rows: QuerySet[RunLine]) -> QuerySet[RunLine]:
    return rows.alias(**{f"known_{name}": Coalesce(F(name), Value(_UNKNOWN)) for name in FIGURES})


def _differs() -> Q:
    """Whether anything that is compared is different in the outer line; 不明 equals 不明."""
    different = Q()
    for name in FIGURES:
        different |= ~Q(**{f"known_{name}": Coalesce(OuterRef(name), Value(_UNKNOWN))})
    for name in WORDS:
        different |= ~Q(**{name: OuterRef(name)})
    return different
