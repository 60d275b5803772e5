"""From a run's results to its lines and clues: one clue a household, never twice for the same facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from shouwang.casework import ranking
from shouwang.casework.clue_moves import moved
from shouwang.casework.models import (
    LIVE,
    Case,
    Clue,
    ClueLine,
    ClueSource,
    ClueState,
    Move,
    RunLine,
    ScreeningRun,
)
from shouwang.casework.models.screening import FLAGGED, KEPT
from shouwang.casework.run_results import Found
from shouwang.registry.models import Household

WAITING = (ClueState.NEW, ClueState.TRIAGED)
#: Households a transaction: short, so that people signing are not kept waiting.
LOT = 500


@dataclass
class Counts:
    """What became of a run's households."""

    moves: dict[str, int] = field(default_factory=dict)
    raised: int = 0
    added_to: int = 0
    known: int = 0

    def plain(self) -> dict[str, int]:
        return {**self.moves, "clues_raised": self.raised, "clues_added_to": self.added_to, "clues_known": self.known}


class ClueWriter:
    """Stores the households of one run, a lot at a time; doing so twice changes nothing."""

    def __init__(self, run: ScreeningRun, before: dict[str, RunLine], due_on: date, *, clues: bool = True) -> None:
        self.run, self.before, self.due_on, self.clues = run, before, due_on, clues
        self.counts = Counts()

    def write(self, found: Iterable[Found], told: Callable[[int], None] = lambda done: None) -> None:
        """Write every household; `told` hears after each lot how many there were so far."""
        waiting, done = iter(found), 0
        while lot := list(islice(waiting, LOT)):
            with transaction.atomic():
                self._lot(lot)
            done += len(lot)
            told(done)

    def _lot(self, lot: Sequence[Found]) -> None:
        known = Household.objects.filter(number__in=[one.number for one in lot], regiment=self.run.unit).in_bulk(
            field_name="number"
        )
        mine = [(known[one.number], one) for one in lot if one.number in known]
        lines = [self._line(household, one) for household, one in mine]
        if self.clues:
            RunLine.objects.bulk_create(line for line in lines if line.outcome in KEPT or line.move == Move.LEFT)
            self._raise([(household, one) for household, one in mine if one.is_flagged])
        else:
            RunLine.objects.bulk_create(line for line in lines if line.move != Move.SAME)

    def _line(self, household: Household, one: Found) -> RunLine:
        line = RunLine(
            run=self.run, household=household, outcome=one.outcome, tier=one.tier, rules_met=one.rules_met,
            rules_suspected=one.rules_suspected, score=ranking.score_of(one.outcome, one.tier, one.rules_met), **one.figures,
        )  # fmt: skip
        line.move, line.moved = moved(self.before.get(one.number), line, one.is_flagged)
        self.counts.moves[line.move] = self.counts.moves.get(line.move, 0) + 1
        return line

    def _raise(self, mine: Sequence[tuple[Household, Found]]) -> None:
        households = [household.pk for household, _ in mine]
        waiting = {c.household_id: c for c in Clue.objects.filter(household__in=households, state__in=WAITING)}
        seen = {
            (line.clue.household_id, line.fingerprint): line.clue
            for line in ClueLine.objects.filter(clue__household__in=households).select_related("clue").order_by("pk")
        }
        cases = Case.objects.filter(household__in=households, status__in=LIVE).select_related("clue")
        opened = {case.household_id: case for case in cases}
        for household, one in mine:
            self._one(household, one, seen.get((household.pk, one.fingerprint)), waiting.get(household.pk), opened)

    def _one(
        self, household: Household, one: Found, same: Clue | None, waiting: Clue | None, opened: dict[int, Case]
    ) -> None:
        if same is not None:
            self.counts.known += 1
            if same.state in WAITING:
                self._bring_up_to_date(same, one)
            return
        case = opened.get(household.pk)
        clue = waiting or (case.clue if case else None)
        if clue is None and case is not None:
            return  # a case opened without a clue: the finding is on its page by the run itself
        if clue is None:
            clue = self._new(household, one)
            self.counts.raised += 1
        else:
            self.counts.added_to += 1
        ClueLine.objects.bulk_create(self._lines(clue, one))
        self._bring_up_to_date(clue, one)

    def _new(self, household: Household, one: Found) -> Clue:
        clue = Clue(
            household=household, source=ClueSource.SCREENING, fingerprint=one.fingerprint, raised_on=self._today,
            due_on=self.due_on, run=self.run,
        )  # fmt: skip
        clue.save(force_insert=True)
        return clue

    @property
    def _today(self) -> date:
        return timezone.localdate(self.run.created_at)

    def _lines(self, clue: Clue, one: Found) -> Iterable[ClueLine]:
        return (
            ClueLine(
                clue=clue, source=ClueSource.SCREENING, run=self.run, rule=f["rule"], outcome=f["outcome"], clause=f["clause"],
                sentence=f["sentence"], figures=f["values"], fingerprint=one.fingerprint,
            )
            for f in one.findings
        )  # fmt: skip

    def _bring_up_to_date(self, clue: Clue, one: Found) -> None:
        """The clue says what this run says; a decision taken on it stays."""
        run = clue.lines.filter(fingerprint=one.fingerprint).values_list("run", flat=True).first()
        clue.run_id, clue.still_found = run, True
        clue.outcome, clue.tier, clue.fingerprint = one.outcome, one.tier, one.fingerprint
        clue.save(update_fields=["run", "still_found", "outcome", "tier", "fingerprint"])
        ranking.rank(clue)

    def no_longer_found(self, numbers: set[str] | None) -> int:
        """Mark waiting clues of the screening that this run does not find any more. `numbers`: only among these."""
        found = RunLine.objects.filter(run=self.run, outcome__in=FLAGGED).values("household")
        gone = Clue.objects.filter(
            regiment=self.run.unit, source=ClueSource.SCREENING, state__in=WAITING, still_found=True
        ).exclude(household__in=found)
        if numbers is not None:
            gone = gone.filter(household__number__in=numbers)
        return gone.update(still_found=False, revision=F("revision") + 1)
