"""Which cases may have a step missing or inverted? Found by the database, so that only a few are replayed one by one.

More than those are named, never fewer: a case that went straight through, each step once, signed by all and dated after
what it follows, cannot have a fault. Every record is looked at once, for what its own step asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_

from django.db.models import Case as Choice
from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When

from shouwang.accounts.models import User
from shouwang.accounts.scope import NOTHING
from shouwang.casework.desk import MILESTONES
from shouwang.casework.models import Case, Signature, StepRecord
from shouwang.casework.versions import frozen_versions
from shouwang.policy.procedure import Procedure, Step

#: Procedures with the versions that follow them: most versions differ in limits only.
Procedures = dict[Procedure, list[int]]


def doubtful_cases(user: User) -> set[int]:
    """The keys of the cases to be replayed, of those a person may see."""
    # Scoped by a subquery, so that only the person's own cases are looked into: the doubts know nothing of units.
    own = Case.objects.visible_to(user).order_by().values("pk")
    records = _doubtful(StepRecord.objects.filter(case__in=own))
    undone = reduce(or_, (_undone(column, step) for column, step in MILESTONES.items()))
    cases = Case.objects.filter(undone, pk__in=own)
    return {*records.order_by().values_list("case", flat=True), *cases.order_by().values_list("pk", flat=True)}


def _undone(column: str, step: str) -> Q:
    """A date of the case that no record stands behind."""
    return Q(**{f"{column}__isnull": False}) & ~Exists(StepRecord.objects.filter(case=OuterRef("pk"), step=step))


def _doubtful(records: QuerySet[StepRecord]) -> QuerySet[StepRecord]:
    """Records of a second round, refused, short of a signature, sending back, or without one they follow."""
    procedures: Procedures = {}
    for version, read in frozen_versions().items():
        procedures.setdefault(read.procedure, []).append(version)
    places = range(max((len(step.after) for _, step in _steps(procedures)), default=0))
    refused = Exists(Signature.objects.filter(record=OuterRef("pk"), agrees=False))
    doubts = [Q(round__gt=1), Q(refused), *_backs(procedures), *_unsigned(procedures), *(_alone(i) for i in places)]
    return records.alias(**{f"follows_{i}": _followed(procedures, i) for i in places}).filter(reduce(or_, doubts))


def _steps(procedures: Procedures) -> Iterator[tuple[Q, Step]]:
    """Every step of every procedure, with the condition that a record is one of it."""
    for procedure, versions in procedures.items():
        for step in procedure.steps:
            yield Q(case__version__in=versions, step=step.id), step


def _backs(procedures: Procedures) -> Iterable[Q]:
    """Outcomes after which a step is done again."""
    for is_one, step in _steps(procedures):
        if backs := [way.id for way in step.ways if way.back]:
            yield is_one & Q(way__in=backs)


def _unsigned(procedures: Procedures) -> Iterable[Q]:
    """Records that lack signatures."""
    several: dict[int, Q] = {}
    for is_one, step in _steps(procedures):
        if step.signatures > 1:
            several[step.signatures] = several.get(step.signatures, NOTHING) | is_one
    for needed, is_one in several.items():
        itself = StepRecord.objects.filter(pk=OuterRef("pk"))
        agreed = itself.annotate(n=Count("signatures", filter=Q(signatures__agrees=True)))
        yield is_one & Q(Exists(agreed.filter(n__lt=needed)))


def _followed(procedures: Procedures, place: int) -> Choice:
    """The step that the step of a record follows, as the first, second … of several; blank where there is none."""
    known = [
        When(is_one, then=Value(step.after[place].partition(":")[0]))
        for is_one, step in _steps(procedures)
        if len(step.after) > place
    ]
    return Choice(*known, default=Value(""), output_field=CharField())


def _alone(place: int) -> Q:
    """No record of the same case that this one follows, dated no later."""
    name = f"follows_{place}"
    earlier = StepRecord.objects.filter(
        case=OuterRef("case"), step=OuterRef(name), occurred_on__lte=OuterRef("occurred_on")
    )
    return ~Q(**{name: ""}) & ~Exists(earlier)
