"""Visits and relief. Relief before confirmation goes through the green channel: the case is opened the same day."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import require
from shouwang.casework import signing, versions
from shouwang.casework.actions.cases import open_case
from shouwang.casework.errors import WrongDay
from shouwang.casework.models import LIVE, Case, Relief, ReliefKind, Visit, VisitKind
from shouwang.policy.book import policy_of
from shouwang.policy.procedure import procedure_on
from shouwang.policy.procedure_json import Limit
from shouwang.registry.models import Household


@transaction.atomic
def record_visit(
    *,
    by: User,
    household: Household,
    kind: VisitKind,
    found: str = "",
    visited_on: date | None = None,
    late_reason: str = "",
) -> Visit:
    """A visit to a household, whether or not anything was found."""
    post = require(by, Permission.VISIT_RECORD, household.unit)
    day = visited_on or timezone.localdate()
    signing.check_lag(day, late_reason, _lag(household.regiment))
    visit = Visit(
        household=household, kind=kind, visited_on=day, found=found, late_reason=late_reason, by=by, post=post
    )
    visit.save(force_insert=True)
    audit.record(
        by=by, post=post, verb="visit.recorded", target=visit, unit=household.unit, kind=str(kind), visited_on=day
    )
    return visit


@transaction.atomic
def record_relief(
    *, by: User, household: Household, kind: ReliefKind, amount: int = 0, given_on: date | None = None, emergency: bool = False,
    note: str = "", late_reason: str = "",
) -> Relief:  # fmt: skip
    """Relief given to a household. In an emergency it comes first: the case is then opened with it, on the same day.

    Without a case and without the green channel it is recorded all the same, and listed as 体外循环.
    """
    post = require(by, Permission.MEASURE_DELIVER, household.unit)
    signing.recuse(by, household)
    day = given_on or timezone.localdate()
    signing.check_lag(day, late_reason, _lag(household.regiment))
    case = Case.objects.filter(household=household, status__in=LIVE).first()
    if emergency and case is None:
        if day != timezone.localdate():
            raise WrongDay(day=day, reason="绿色通道的救助须当日记录、当日立案；已过当日的请不勾选绿色通道，另行立案")
        case = open_case(by=by, household=household, reason="绿色通道：先救助，后补程序")
    relief = Relief(
        household=household, case=case, kind=kind, amount=amount, given_on=day, emergency=emergency and case is not None,
        note=note, late_reason=late_reason, by=by, post=post,
    )  # fmt: skip
    relief.save(force_insert=True)
    audit.record(
        by=by, post=post, verb="relief.recorded", target=relief, unit=household.unit, kind=str(kind), amount=amount,
        given_on=day, emergency=relief.emergency, case=case.number if case else "",
    )  # fmt: skip
    return relief


def _lag(regiment: Unit) -> Limit:
    today = timezone.localdate()
    book = versions.book_on(regiment, today)
    name = procedure_on(policy_of(book.policy.id), today).lag
    return Limit(book.series(name).label, book.parameters[name], book.series(name).unit)
