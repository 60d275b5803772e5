"""Which cases may have a step missing or inverted? Found by the database, so that only a few are replayed one by one.

More than those are named, never fewer: a case that went straight through, each step once, signed by all and dated after
what it follows, cannot have a fault.
"""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import Count, Exists, OuterRef, Q

from shouwang.accounts.scope import NOTHING
from shouwang.casework.desk import MILESTONES
from shouwang.casework.models import ProcedureVersion, StepRecord
from shouwang.casework.versions import frozen
from shouwang.policy.procedure import Procedure, Step


def doubtful() -> Q:
    """A condition on cases."""
    own = StepRecord.objects.filter(case=OuterRef("pk"))
    twisted = own.filter(Q(round__gt=1) | Q(signatures__agrees=False))
    doubts = [Exists(twisted), *(_undone(column, step) for column, step in MILESTONES.items())]
    for version in ProcedureVersion.objects.all():
        doubts += [Q(version=version) & doubt for doubt in _doubts(frozen(version).procedure)]
    return reduce(or_, doubts, NOTHING)


def _undone(column: str, step: str) -> Q:
    """A date of the case that no record stands behind."""
    return Q(**{f"{column}__isnull": False}) & ~Exists(StepRecord.objects.filter(case=OuterRef("pk"), step=step))


def _doubts(procedure: Procedure) -> list[Q]:
    own = StepRecord.objects.filter(case=OuterRef("pk"))
    backs = [Q(step=step.id, way=way.id) for step in procedure.steps for way in step.ways if way.back]
    found = [Q(Exists(own.filter(reduce(or_, backs, NOTHING))))]
    for step in procedure.steps:
        found += [Q(Exists(own.filter(step=step.id).exclude(Exists(_before(entry))))) for entry in step.after]
        if step.signatures > 1:
            found.append(Q(Exists(_short_of(step))))
    return found


def _before(entry: str):  # type: ignore[no-untyped-def]
    """The record that one of the same case follows, dated no later."""
    return StepRecord.objects.filter(
        case=OuterRef("case"), step=entry.partition(":")[0], occurred_on__lte=OuterRef("occurred_on")
    )


def _short_of(step: Step):  # type: ignore[no-untyped-def]
    """Records of a step without all its signatures."""
    records = StepRecord.objects.filter(case=OuterRef("pk"), step=step.id)
    return records.annotate(n=Count("signatures", filter=Q(signatures__agrees=True))).filter(n__lt=step.signatures)
