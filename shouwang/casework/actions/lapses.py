"""A family that does not want to apply: the case lapses, the clue stays, with a day for the next visit."""

from __future__ import annotations

from datetime import date

from shouwang.casework.desk import Desk
from shouwang.casework.models import Clue, ClueAct, ClueState, StepRecord


def back_to_clue(desk: Desk, record: StepRecord) -> None:
    """Put the clue of a lapsed case back on the list; a case without one leaves a clue behind all the same."""
    revisit = desk.after(record.occurred_on, desk.procedure.revisit)
    clue = desk.case.clue
    if clue is None or Clue.objects.filter(household=clue.household, state__in=["new", "triaged"]).exists():
        return
    stay_on_list(clue, revisit)
    ClueAct(
        clue=clue, verb="declined", reason=record.note[:400], revisit_on=revisit, by=record.by, post=record.post
    ).save(force_insert=True)


def stay_on_list(clue: Clue, revisit_on: date) -> None:
    """The clue waits for the next visit."""
    clue.state, clue.due_on = ClueState.TRIAGED, revisit_on
    clue.revision += 1
    clue.save(update_fields=["state", "due_on", "revision"])
