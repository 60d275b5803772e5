"""Suspicion lists of every day, before the inspectors find them: 应纳未纳, 体外循环, steps missing or inverted, never seen (item 7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import DateField, Exists, ExpressionWrapper, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.utils import timezone

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.casework.desk import MILESTONES, acts_of
from shouwang.casework.models import (
    LIVE,
    Case,
    Clue,
    Purpose,
    Relief,
    RunLine,
    RunState,
    ScreeningRun,
    StepRecord,
    Visit,
)
from shouwang.casework.queries.cases import case_list
from shouwang.casework.queries.disorder import doubtful_cases
from shouwang.casework.versions import frozen
from shouwang.policy.procedure import Act
from shouwang.registry.models import Household, Membership

#: Steps of a procedure that are visits to the household.
VISITS = ("visit", "check")


@dataclass(frozen=True, slots=True)
class Disorder:
    """A case whose records do not follow its procedure, and how."""

    case: Case
    faults: tuple[str, ...]


def should_be_covered(user: User) -> QuerySet[RunLine]:
    """应纳未纳: met or suspected in the last screening, and no case. `clue_state` says what became of the clue."""
    done = ScreeningRun.objects.filter(state=RunState.DONE).exclude(purpose=Purpose.SIMULATION)
    # The last of every regiment at once: asked for household by household, PostgreSQL took seconds for a division.
    last = done.order_by().values("unit").annotate(last=Max("pk")).values("last")
    clue = Clue.objects.filter(household=OuterRef("household")).order_by("-pk")
    rows = RunLine.objects.visible_to(user).filter(
        outcome__in=["met", "suspected"], run__in=last, run__unit=F("household__regiment")
    )
    rows = rows.exclude(Exists(_live(OuterRef("household")))).annotate(
        clue_state=Subquery(clue.values("state")[:1]), clue_uuid=Subquery(clue.values("uuid")[:1])
    )
    return rows.select_related("household__unit", "run").order_by("outcome", "household__number")


def off_book(user: User) -> QuerySet[Relief]:
    """体外循环: relief given to a household that has no case."""
    rows = Relief.objects.visible_to(user).exclude(Exists(_live(OuterRef("household"))))
    return rows.select_related("household__unit", "by")


def disordered(user: User) -> Iterator[Disorder]:
    """Cases with a step missing or dated before one it follows. None of ours should be; brought-in history may."""
    found = doubtful_cases(user)
    if not found:
        return
    for case in case_list(user).filter(pk__in=found).prefetch_related("version").iterator(chunk_size=200):
        faults = faults_of(case)
        if faults:
            yield Disorder(case, faults)


def faults_of(case: Case) -> tuple[str, ...]:
    """What is missing or inverted in a case, in words."""
    procedure = frozen(case.version).procedure
    standing = dict(procedure.state(acts_of(case, procedure)).standing)
    for column, step in MILESTONES.items():
        day = getattr(case, column)
        if day is not None and step not in standing:
            standing[step] = Act(step, "", day)
    return tuple(procedure.faults(standing))


def recorded_late(user: User, days: int = 7) -> QuerySet[StepRecord]:
    """Steps entered more than some days after the day they are said to have happened."""
    lag = ExpressionWrapper(F("occurred_on") + timedelta(days=days), output_field=DateField())
    rows = (
        StepRecord.objects.visible_to(user)
        .exclude(late_reason="")
        .annotate(entered_on=TruncDate("recorded_at"), until=lag)
    )
    return rows.select_related("case__household__unit", "by").order_by("-pk")


def never_seen(user: User, since: date | None = None) -> QuerySet[Household]:
    """Households with somebody resident or registered here whom nobody surveyed or visited (since a day) (二/四/3)."""
    today = timezone.localdate()
    still = Q(left_on=None) | Q(left_on__gt=today)
    in_frame = Membership.objects.filter(
        still,
        Q(resident_here=True) | Q(registered_here=True) | Q(resident_here=None),
        household=OuterRef("pk"),
        superseded_at=None,
    )
    visits = Visit.objects.filter(household=OuterRef("pk"))
    # A case lies where its household does: told so, the database need not look at the cases of others.
    steps = StepRecord.objects.visible_to(user, Permission.HOUSEHOLD_VIEW).filter(
        case__household=OuterRef("pk"), step__in=VISITS
    )
    if since:
        visits, steps = visits.filter(visited_on__gte=since), steps.filter(occurred_on__gte=since)
    rows = Household.objects.visible_to(user).filter(Q(closed_on=None) | Q(closed_on__gt=today))
    rows = rows.filter(Exists(in_frame)).exclude(Exists(visits)).exclude(Exists(steps))
    return rows.select_related("unit").order_by("number")


def _live(household: OuterRef) -> QuerySet[Case]:
    return Case.objects.filter(household=household, status__in=LIVE)
