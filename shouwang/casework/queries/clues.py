"""Clues: the ranked list, one clue, and for a department what became of its own."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.casework.models import Case, CaseStatus, Clue, ClueLine, ClueSource, ClueState


def clue_list(
    user: User, state: str = "", source: str = "", outcome: str = "", *, unit: int | None = None, gone: bool = False
) -> QuerySet[Clue]:
    """The clues a person may see, ranked. `gone`: also those the last screening did not find any more."""
    rows = Clue.objects.visible_to(user).select_related("household__unit", "run")
    chosen = {"state": state, "source": source, "outcome": outcome, "household__unit": unit}
    rows = rows.filter(**{name: value for name, value in chosen.items() if value})
    return rows if gone else rows.filter(still_found=True)


def clue_for(user: User, uuid: str) -> Clue | None:
    """One clue with its lines and acts; None outside one's units."""
    return Clue.objects.visible_to(user).filter(uuid=uuid).prefetch_related("lines", "acts__by", "cases").first()


def clue_results(user: User) -> dict[str, int]:
    """What became of the clues a department reported: how many, still open, dismissed, in cases, confirmed (五, feedback)."""
    mine = ClueLine.objects.visible_to(user, Permission.CLUE_REPORT).filter(source=ClueSource.DEPARTMENT)
    clues = Clue.objects.filter(pk__in=mine.values("clue"))
    confirmed = Case.objects.filter(clue__in=clues, status=CaseStatus.CONFIRMED)
    found: dict[str, int] = clues.aggregate(
        reported=Count("pk"),
        waiting=Count("pk", filter=Q(state__in=[ClueState.NEW, ClueState.TRIAGED])),
        dismissed=Count("pk", filter=Q(state=ClueState.DISMISSED)),
        opened=Count("pk", filter=Q(state=ClueState.OPENED)),
    )
    return found | {"confirmed": confirmed.count()}
