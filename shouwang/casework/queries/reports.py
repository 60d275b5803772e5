"""Departments' reports: their own list with what became of each, and for the office those that wait to be placed."""

from __future__ import annotations

from django.db.models import Case as Choose
from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.casework.models import LIVE, Case, CaseStatus, ClueReport, ClueState

#: What a department is told, and nothing else: whether anybody knew the person before is not among it.
BECAME = {
    "waiting": "办理中",
    "closed": "不立案",
    "opened": "已立案",
    "confirmed": "已确认纳入",
    "ended": "已立案，未纳入",
}


def reports_for(user: User, became: str = "") -> QuerySet[ClueReport]:
    """Reports a person may see (a department its own), newest first, each with what `became` of it."""
    cases = Case.objects.filter(clue=OuterRef("clue"))
    rows = ClueReport.objects.visible_to(user, Permission.CLUE_REPORT).annotate(
        became=Choose(
            When(~Q(answer=""), then=Value("closed")),
            When(Exists(cases.filter(status=CaseStatus.CONFIRMED)), then=Value("confirmed")),
            When(Exists(cases.filter(status__in=LIVE)), then=Value("opened")),
            When(Exists(cases), then=Value("ended")),
            When(clue__state=ClueState.DISMISSED, then=Value("closed")),
            default=Value("waiting"),
            output_field=CharField(),
        )
    )
    return (rows.filter(became=became) if became else rows).order_by("-pk")


def report_results(user: User) -> dict[str, int]:
    """How many of the reports a person may see came to what."""
    return dict(reports_for(user).order_by().values_list("became").annotate(n=Count("pk")))


def report_for(user: User, uuid: str) -> ClueReport | None:
    """A report that waits for somebody who may look people up by number; None for any other."""
    rows = ClueReport.objects.visible_to(user, Permission.PERSON_SEARCH).select_related("unit__parent", "by")
    return rows.filter(uuid=uuid, clue=None, answer="").first()
