"""Clues: the ranked list with its counts, and for a department what became of its own."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Permission
from shouwang.casework.models import Case, CaseStatus, Clue, ClueAct, ClueLine, ClueSource, ClueState
from shouwang.casework.queries.units import at
from shouwang.registry.queries import of_household_called

#: States in which somebody still has to decide.
WAITING = (ClueState.NEW, ClueState.TRIAGED)
#: Days ahead that count as due soon.
SOON = 3


def clue_list(
    user: User, state: str = "", source: str = "", outcome: str = "", *, unit: Unit | None = None, gone: bool = False,
    rule: str = "", due: str = "", text: str = "",
) -> QuerySet[Clue]:  # fmt: skip
    """The clues a person may see, ranked. `gone`: also those the last screening did not find any more.

    `source`: some line of the clue comes from there. `rule`: a rule named by the last screening. `due`: `overdue` or
    `soon`, of those that wait. `text`: the beginning of a household's number, or part of the name of somebody in it.
    """
    rows = Clue.objects.visible_to(user).select_related("household__unit")
    rows = rows.filter(**{name: value for name, value in (("state", state), ("outcome", outcome)) if value})
    if text:
        rows = rows.filter(of_household_called(text))
    if unit is not None:
        rows = rows.filter(at(unit))
    if source:
        rows = rows.filter(Exists(ClueLine.objects.filter(clue=OuterRef("pk"), source=source)))
    if rule:
        rows = rows.filter(Exists(ClueLine.objects.filter(clue=OuterRef("pk"), rule=rule, run=OuterRef("run"))))
    if due:
        rows = rows.filter(_due(due))
    return rows if gone else rows.filter(Q(still_found=True) | ~Q(state__in=WAITING))


def clue_states(rows: QuerySet[Clue]) -> dict[str, int]:
    """How many of a list are in each state."""
    return dict(rows.order_by().values_list("state").annotate(n=Count("pk")))


def clue_counts(user: User) -> dict[str, int]:
    """How many clues of each state a person may see, and how many of those that wait are overdue (`overdue`)."""
    rows = clue_list(user).order_by().values_list("state")
    found = list(rows.annotate(n=Count("pk"), late=Count("pk", filter=_due("overdue"))))
    return {state: n for state, n, _ in found} | {"overdue": sum(late for *_, late in found)}


def clue_for(user: User, uuid: str) -> Clue | None:
    """One clue with its lines and acts; None outside one's units."""
    rows = Clue.objects.visible_to(user).select_related("household__unit", "household__regiment", "run")
    return rows.filter(uuid=uuid).prefetch_related("lines__by", "acts__by", "acts__into__household", "cases").first()


def clue_results(user: User) -> dict[str, int]:
    """What became of the clues a department reported: how many, still open, dismissed, in cases, confirmed (五, feedback)."""
    mine = ClueLine.objects.visible_to(user, Permission.CLUE_REPORT).filter(source=ClueSource.DEPARTMENT)
    clues = Clue.objects.filter(pk__in=mine.values("clue"))
    confirmed = Case.objects.filter(clue__in=clues, status=CaseStatus.CONFIRMED)
    found: dict[str, int] = clues.aggregate(
        reported=Count("pk"),
        waiting=Count("pk", filter=Q(state__in=WAITING)),
        dismissed=Count("pk", filter=Q(state=ClueState.DISMISSED)),
        opened=Count("pk", filter=Q(state=ClueState.OPENED)),
    )
    return found | {"confirmed": confirmed.count()}


def _due(due: str) -> Q:
    today = timezone.localdate()
    waiting = Q(state__in=WAITING)
    if due == "overdue":
        return waiting & Q(due_on__lt=today)
    return waiting & Q(due_on__gte=today, due_on__lte=today + timedelta(days=SOON))


def clue_acts_by(user: User) -> QuerySet[ClueAct]:
    """已办: what a person did with clues, in the units that person may still see."""
    return ClueAct.objects.visible_to(user).filter(by=user).select_related("clue__household__unit")
