"""A department reports a person by citizen number, and never learns from the answer whether anybody knows that person.

Where the number is that of one person of the territory, the report becomes a line of that household's clue. Where it is
not, the report waits for the regiment's office, which finds the household or writes why nothing is done.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.actions.people import checked_citizen_number
from shouwang.accounts.crypto import CITIZEN_NUMBER
from shouwang.accounts.models import Post, Unit, User
from shouwang.accounts.roles import Level, Permission
from shouwang.accounts.scope import AccessDenied, effective_posts, require
from shouwang.casework.actions.clues import add_line, limit_from, told_as
from shouwang.casework.errors import ReasonNeeded, ReportDone, ReportElsewhere
from shouwang.casework.models import ClueReport, ClueSource
from shouwang.registry.actions.locking import not_future
from shouwang.registry.models import Household, Person
from shouwang.units import identity


@transaction.atomic
def report_person(
    *, by: User, citizen_number: str, person_name: str, cause: str, occurred_on: date, sentence: str
) -> ClueReport:
    """A department reports what befell somebody. What comes back is the same whoever it is."""
    post = _department_post(by)
    number = checked_citizen_number(citizen_number)
    for value, what in ((number, "身份证号"), (person_name.strip(), "姓名"), (sentence.strip(), "情况")):
        if not value:
            raise ReasonNeeded(what_for=what)
    not_future(occurred_on, "发生日期")
    territory = _territory(post.unit)
    report = ClueReport(
        unit=post.unit, **post.unit.scope_columns, department=post.unit.department, person_name=person_name.strip(),
        citizen=number, citizen_index=CITIZEN_NUMBER.token(number), cause=cause, occurred_on=occurred_on,
        sentence=sentence.strip(), by=by, post=post, due_on=limit_from(territory, timezone.localdate(), "triage"),
    )  # fmt: skip
    home = _home(number, territory)
    if home is not None:
        report.clue = add_line(home, ClueSource.DEPARTMENT, report.department, _told(report), by)
    report.save(force_insert=True)
    audit.record(by=by, post=post, verb="report.sent", target=report, unit=post.unit, number=identity.mask(number))
    return report


@transaction.atomic
def place_report(*, by: User, report: ClueReport, household: Household) -> ClueReport:
    """Say which household a report is about: it becomes a line of that household's clue."""
    row, post = _waiting(by, report)
    require(by, Permission.CLUE_REPORT, household.unit)
    if getattr(household, f"{_territory(row.unit).level}_id") != _territory(row.unit).pk:
        raise ReportElsewhere(number=household.number, unit=_territory(row.unit).name)
    row.clue = add_line(household, ClueSource.DEPARTMENT, row.department, _told(row), row.by)
    _settle(row, by)
    audit.record(by=by, post=post, verb="report.placed", target=row, unit=household.unit, clue=str(row.clue.uuid))
    return row


@transaction.atomic
def answer_report(*, by: User, report: ClueReport, reason: str) -> ClueReport:
    """Say why nothing is done about a report."""
    row, post = _waiting(by, report)
    if not reason.strip():
        raise ReasonNeeded(what_for="不处理")
    row.answer = reason.strip()[:400]
    _settle(row, by)
    audit.record(by=by, post=post, verb="report.answered", target=row, unit=row.unit, reason=reason)
    return row


def _settle(row: ClueReport, by: User) -> None:
    row.settled_by, row.settled_at = by, timezone.now()
    row.save(update_fields=["clue", "answer", "settled_by", "settled_at"])


def _waiting(by: User, report: ClueReport) -> tuple[ClueReport, Post]:
    """The report, locked and not settled, and the post of somebody who may look people up by number."""
    row = (
        ClueReport.objects.select_for_update(of=("self",), no_key=True)
        .select_related("unit__parent", "by")
        .get(pk=report.pk)
    )
    post = require(by, Permission.PERSON_SEARCH, _territory(row.unit))
    if row.clue_id or row.answer:
        who = row.settled_by.display_name if row.settled_by else "系统"
        when = timezone.localtime(row.settled_at or row.reported_at)
        raise ReportDone(who=who, when=f"{when:%m月%d日 %H:%M}")
    return row, post


def _department_post(by: User) -> Post:
    for post in effective_posts(by):
        if post.unit.level == Level.DEPARTMENT and Permission.CLUE_REPORT in post.role_class.permissions:
            return post
    raise AccessDenied(unit="部门", permission=Permission.CLUE_REPORT.label)


def _territory(department: Unit) -> Unit:
    """The unit a department belongs to."""
    assert department.parent is not None
    return department.parent


def _home(number: str, territory: Unit) -> Household | None:
    """The household of the one person with a number in a territory; None for nobody and for several."""
    people = Person.objects.filter(
        citizen_index__in=CITIZEN_NUMBER.tokens(number), home__closed_on=None,
        **{f"home__{territory.level}": territory.pk},
    ).exclude(citizen_index="")  # fmt: skip
    homes = Household.objects.filter(pk__in=people.values("home")).select_related("unit", "regiment")
    found = list(homes[:2])
    return found[0] if len(found) == 1 else None


def _told(report: ClueReport) -> str:
    return f"{report.person_name}：{told_as(report.cause, report.occurred_on, report.sentence)}"
