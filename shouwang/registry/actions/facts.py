"""Recording what is so of a person or household, and settling what sources say differently."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from shouwang.accounts import audit
from shouwang.accounts.actions.permit import permit
from shouwang.accounts.audit import Actor
from shouwang.accounts.models import Unit
from shouwang.accounts.roles import Permission
from shouwang.registry.actions.locking import lock, not_future, person_of
from shouwang.registry.conflicts import conflict_about
from shouwang.registry.models import FactSource, Household, HouseholdFact, HouseholdKind, Person, PersonFact, PersonKind
from shouwang.registry.models.fact import NO, YES
from shouwang.registry.queries.facts import holding_fact
from shouwang.sources.cells import read_cell
from shouwang.terms.tables import HOUSEHOLDS, MEMBERS, Column
from shouwang.units.errors import ShouwangError


class FactWrong(ShouwangError):
    code = "REG-70"
    what = "“{header}”不能填“{value}”：{reason}。"
    do = "{advice}"


class FactUnknown(ShouwangError):
    code = "REG-71"
    what = "没有“{kind}”这一项。"


class NoConflict(ShouwangError):
    code = "REG-72"
    what = "“{header}”没有互相矛盾的来源，不需要核定。"
    do = "如要更新，请直接登记新的情况。"


class SettledBefore(NoConflict):
    code = "REG-75"
    conflict = True
    what = "“{header}”已由{who}判定为“{value}”，依据是：{reason}。"
    do = "如有新的情况，请另行登记。"


class ReasonNeeded(ShouwangError):
    code = "REG-73"
    what = "核定要写明依据。"


class NobodyAtHome(ShouwangError):
    code = "REG-74"
    what = "{name} 不在任何一户，不能登记。"


@transaction.atomic
def record_fact(
    *, by: Actor, about: Person | Household, kind: str, value: str, as_of: date, source: FactSource, reason: str = ""
) -> PersonFact | HouseholdFact:
    """Record one thing as somebody told it (本人申报) or saw it (走访)."""
    unit, column = _unit_of(about), _column(about, kind)
    permission = Permission.VISIT_RECORD if source == FactSource.VISIT else Permission.HOUSEHOLD_EDIT
    allowed = permit(by, permission, unit)
    if source not in (FactSource.SELF, FactSource.VISIT):
        raise FactUnknown(kind=FactSource(source).label)
    not_future(as_of, "截至日期")
    fact = _new(about, kind, spelled(column, value), as_of, source, reason, by)
    audit.record(
        by=by, post=allowed, verb="fact.recorded", target=about, unit=unit, kind=kind, value=fact.value, as_of=as_of,
        source=str(source),
    )  # fmt: skip
    return fact


@transaction.atomic
def settle_conflict(
    *, by: Actor, about: Person | Household, kind: str, value: str, reason: str
) -> PersonFact | HouseholdFact:
    """Say which of the differing values holds, and why. All of them stay on record."""
    unit, column = _unit_of(about), _column(about, kind)
    allowed = permit(by, Permission.HOUSEHOLD_EDIT, unit)
    _one_at_a_time(about)
    conflict = conflict_about(about, kind)
    if conflict is None:
        raise nothing_to_settle(about, kind)
    if not reason.strip():
        raise ReasonNeeded()
    as_of = max(fact.as_of for fact in conflict.facts)
    fact = _new(about, kind, spelled(column, value), as_of, FactSource.SETTLED, reason, by)
    audit.record(
        by=by, post=allowed, verb="conflict.settled", target=about, unit=unit, kind=kind, after=fact.value,
        before=[f"{one.get_source_display()}：{one.value}" for one in conflict.facts], reason=reason,
    )  # fmt: skip
    return fact


def _one_at_a_time(about: Person | Household) -> None:
    """Held until the transaction ends: of two who settle at once, the second finds it settled and is told."""
    home = about.pk if isinstance(about, Household) else about.home_id
    if home is not None:
        lock(home)


def nothing_to_settle(about: Person | Household, kind: str) -> ShouwangError:
    """Why there is no conflict: somebody was first, or sources never differed."""
    header, last = _column(about, kind).header, holding_fact(about, kind)
    if last is None or last.source != FactSource.SETTLED:
        return NoConflict(header=header)
    who = last.entered_by.display_name if last.entered_by else "服务器控制台"
    return SettledBefore(header=header, who=who, value=last.value, reason=last.reason)


def spelled(column: Column, value: str) -> str:
    """A value as facts keep it; raises where the column does not take it."""
    reading = read_cell(column, value)
    if reading.failed or reading.value is None:
        reason, advice = reading.reason or "不能空白", reading.advice or "不清楚的不必登记。"
        raise FactWrong(header=column.header, value=value, reason=reason, advice=advice)
    if isinstance(reading.value, bool):
        return YES if reading.value else NO
    return str(reading.value)[:200]


def _column(about: Person | Household, kind: str) -> Column:
    kinds, table = (PersonKind, MEMBERS) if isinstance(about, Person) else (HouseholdKind, HOUSEHOLDS)
    if kind not in kinds.values:
        raise FactUnknown(kind=kind)
    return table.column(kind)


def _unit_of(about: Person | Household) -> Unit:
    household = about if isinstance(about, Household) else about.home
    if household is None:
        raise NobodyAtHome(name=str(about))
    return household.unit


def _new(
    about: Person | Household, kind: str, value: str, as_of: date, source: FactSource, reason: str, by: Actor
) -> PersonFact | HouseholdFact:
    values: dict[str, Any] = {
        **{"kind": kind, "value": value, "as_of": as_of, "source": source, "reason": reason},
        "entered_by": person_of(by),
    }
    if isinstance(about, Person):
        fact: PersonFact | HouseholdFact = PersonFact(person=about, **values)
    else:
        fact = HouseholdFact(household=about, **values)
    fact.save(force_insert=True)
    return fact
