"""Which cases does a person look for, how many are there of each kind, and may a new one be opened?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import require
from shouwang.casework import versions
from shouwang.casework.models import LIVE, Case, CaseStatus, OpenStep, ProcedureVersion
from shouwang.casework.queries.cases import case_list
from shouwang.casework.queries.units import at
from shouwang.casework.signing import post_for, why_recuse
from shouwang.policy.book import policy_of
from shouwang.policy.procedure import procedure_on
from shouwang.registry.models import Household, Membership
from shouwang.registry.models.household import HEAD
from shouwang.registry.queries import of_household_called


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What is looked for; blank means any. `unit`: it and those below. `text`: a number of case or household, or a name."""

    status: str = ""
    step: str = ""
    unit: Unit | None = None
    overdue: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class NextStep:
    """A step that is open: what it is called and by when it is to be done."""

    title: str
    due_on: date | None


#: What a list of cases tells; nothing else of them is read.
_LISTED = (
    "number", "status", "step", "opened_on", "due_on", "confirmed_on", "version", "household__uuid", "household__number",
    "household__unit__uuid", "household__unit__name", "household__unit__level",
)  # fmt: skip


def find_cases(user: User, wanted: CaseFilter) -> QuerySet[Case]:
    """The cases a filter leaves of those a person may see."""
    rows = case_list(user, wanted.status).only(*_LISTED)
    if wanted.step:
        rows = rows.filter(Exists(OpenStep.objects.filter(case=OuterRef("pk"), step=wanted.step)))
    if wanted.unit is not None:
        rows = rows.filter(at(wanted.unit))
    if wanted.overdue:
        rows = rows.filter(_late())
    if wanted.text:
        rows = rows.filter(Q(number__icontains=wanted.text.strip()) | of_household_called(wanted.text))
    return rows


def case_counts(user: User) -> dict[str, int]:
    """How many cases of each status a person may see, and how many are late (`overdue`)."""
    rows = case_list(user).order_by().values_list("status")
    found = list(rows.annotate(n=Count("pk"), late=Count("pk", filter=_late())))
    return {status: n for status, n, _ in found} | {"overdue": sum(late for *_, late in found)}


def steps_in_use(user: User) -> dict[str, str]:
    """The steps of every procedure that the cases of a person follow: id and title."""
    seen = Case.objects.visible_to(user).filter(version=OuterRef("pk"))
    found: dict[str, str] = {}
    for read in versions.frozen_versions(ProcedureVersion.objects.filter(Exists(seen))).values():
        found |= {step.id: step.title for step in read.procedure.steps}
    return found


def next_steps_of(cases: Iterable[Case]) -> dict[int, list[NextStep]]:
    """The open steps of each case that has any, the first due first."""
    versions_of = {case.pk: case.version_id for case in cases}
    procedures = versions.frozen_versions(ProcedureVersion.objects.filter(pk__in=set(versions_of.values())))
    found: dict[int, list[NextStep]] = {}
    opened = OpenStep.objects.filter(case__in=list(versions_of)).order_by(F("due_on").asc(nulls_last=True), "pk")
    for case, step, due_on in opened.values_list("case", "step", "due_on"):
        title = procedures[versions_of[case]].procedure.by_id[step].title
        found.setdefault(case, []).append(NextStep(title, due_on))
    return found


def heads_of(households: Iterable[int]) -> dict[int, str]:
    """The name of the head of each household."""
    there = Membership.objects.filter(household__in=list(households), relation=HEAD, left_on=None, superseded_at=None)
    return dict(there.order_by().values_list("household", "person__name"))


def why_not_open(user: User, household: Household) -> str:
    """Why a person may not open a case for a household; empty where it may be done. Raises AccessDenied outside."""
    require(user, Permission.CASE_VIEW, household.unit)
    today = timezone.localdate()
    policy = versions.policy_on(household.regiment, today)
    signers = procedure_on(policy_of(policy), today).first.signers
    if post_for(user, signers, household.unit) is None:
        return f"立案由{'或'.join(dict.fromkeys(signer.title for signer in signers))}办理"
    kin = why_recuse(user, household)
    if kin:
        return f"您须回避：{kin}"
    live = Case.objects.filter(household=household, status__in=LIVE).first()
    return f"这一户已有个案{live.number}（{CaseStatus(live.status).label}）" if live else ""


def _late() -> Q:
    """An open step past its limit, or a case past the limit of the whole before it was decided."""
    today = timezone.localdate()
    late_step = OpenStep.objects.filter(due_on__lt=today).order_by().values("case")
    return Q(pk__in=late_step) | Q(status=CaseStatus.ACTIVE, due_on__lt=today)
