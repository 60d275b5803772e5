"""A family that does not want to apply: the case lapses, the clue stays, with a day for the next visit."""

from __future__ import annotations

import hashlib
from datetime import date

from django.utils import timezone

from shouwang.casework.desk import Desk
from shouwang.casework.models import Clue, ClueAct, ClueLine, ClueSource, ClueState, StepRecord


def back_to_clue(desk: Desk, record: StepRecord) -> None:
    """Put the clue of a lapsed case back on the list; a case without one leaves a clue behind all the same."""
    revisit = desk.after(record.occurred_on, desk.procedure.revisit)
    waiting = Clue.objects.filter(household=desk.case.household, state__in=["new", "triaged"]).first()
    clue = waiting or desk.case.clue or _of_its_own(desk, record)
    stay_on_list(clue, revisit)
    ClueAct(
        clue=clue, verb="declined", reason=record.note[:400], revisit_on=revisit, by=record.by, post=record.post
    ).save(force_insert=True)


def _of_its_own(desk: Desk, record: StepRecord) -> Clue:
    """A clue for a case that was opened without one."""
    sentence = f"曾立案{desk.case.number}，本人不愿申报：{record.note}"
    print_ = hashlib.sha256(sentence.encode()).hexdigest()
    clue = Clue(
        household=desk.case.household, source=ClueSource.EVENT, fingerprint=print_, raised_on=timezone.localdate()
    )
    clue.save(force_insert=True)
    ClueLine(clue=clue, source=ClueSource.EVENT, sentence=sentence, fingerprint=print_, by=record.by).save(
        force_insert=True
    )
    return clue


def stay_on_list(clue: Clue, revisit_on: date) -> None:
    """The clue waits for the next visit."""
    clue.state, clue.due_on = ClueState.TRIAGED, revisit_on
    clue.revision += 1
    clue.save(update_fields=["state", "due_on", "revision"])
