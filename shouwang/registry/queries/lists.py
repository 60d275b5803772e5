"""The list of households: by unit, by part of a name, by citizen number, by number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, Q, QuerySet

from shouwang.accounts import audit
from shouwang.accounts.crypto import CITIZEN_NUMBER
from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Level, Permission
from shouwang.accounts.scope import AccessDenied, holds
from shouwang.registry import search
from shouwang.registry.models import Household, Membership, Person
from shouwang.registry.models.household import HEAD
from shouwang.registry.queries.naming import Named, beside_heads
from shouwang.registry.queries.paging import CAP, SIZE, Page, page_of
from shouwang.units import identity

#: So far the households with a common name are counted: nobody looks through more, and each has to be tested.
COMMON_CAP = 1_000


@dataclass(frozen=True)
class HouseholdFilter:
    """What a user asks for; blank means any. `name`: part of anybody's name in the household."""

    unit: Unit | None = None
    name: str = ""
    citizen_number: str = ""
    number: str = ""
    closed: bool = False


@dataclass(frozen=True)
class HouseholdLine:
    """One line of the list. `called`: who beside the head bears the name that was looked for."""

    household: Household
    head: str
    members: int
    called: tuple[str, ...] = ()


def households_for(
    user: User, wanted: HouseholdFilter | None = None, *, after: str = "", before: str = "", size: int = SIZE
) -> Page[HouseholdLine]:
    """A page of the households a user may see. A search by citizen number is recorded."""
    wanted = wanted or HouseholdFilter()
    rows, cap = visible(user, replace(wanted, name="")), CAP
    if wanted.name:
        named = Named.of(wanted.name)
        rows, cap = rows.filter(named.in_home()), COMMON_CAP if named.is_common else CAP
    page = page_of(rows, "number", after=after, before=before, size=size, cap=cap)
    return Page(_lines(page.rows, wanted.name), page.count, page.capped, page.after, page.before)


def visible(user: User, wanted: HouseholdFilter, permission: Permission | None = None) -> QuerySet[Household]:
    """The households a filter leaves of those a user may see: for lists, exports and counts alike."""
    rows: QuerySet[Household] = Household.objects.visible_to(user, permission).select_related("unit")
    if not wanted.closed:
        rows = rows.filter(closed_on=None)
    if wanted.unit is not None:
        rows = rows.filter(_at(wanted.unit))
    if wanted.number:
        rows = rows.filter(search.numbered(wanted.number))
    if wanted.name:
        rows = rows.filter(Named.of(wanted.name).in_home())
    if wanted.citizen_number:
        rows = rows.filter(pk__in=_homes(user, wanted.citizen_number))
    return rows


def registry_counts(user: User) -> tuple[int, int] | None:
    """Open households a user may see, and the people in them; None where there are too many to count while one waits."""
    households = Household.objects.visible_to(user).filter(closed_on=None).order_by()[: CAP + 1].count()
    if households > CAP:
        return None
    there = Membership.objects.visible_to(user).filter(left_on=None, superseded_at=None, household__closed_on=None)
    return households, there.count()


def companies_for(user: User) -> QuerySet[Unit]:
    """Where a user may register a household or move one to: companies not closed."""
    return Unit.objects.visible_to(user, Permission.HOUSEHOLD_EDIT).filter(level=Level.COMPANY, closed_on=None)


def _at(unit: Unit) -> Q:
    """The households of a unit and of those below it, by equality."""
    if unit.level == Level.CORPS:
        return Q()
    if unit.level == Level.DEPARTMENT:
        return _at(unit.parent) if unit.parent else Q(pk__in=[])
    return Q(**{unit.level: unit.pk})


def _homes(user: User, number: str) -> list[int]:
    """Where the holder of a citizen number lives, among those the user may search for. Recorded, found or not."""
    if not holds(user, Permission.PERSON_SEARCH):
        raise AccessDenied(unit="您的岗位所在单位", permission=Permission.PERSON_SEARCH.label)
    spelled = identity.spell(number)
    people = Person.objects.visible_to(user, Permission.PERSON_SEARCH)
    found = people.filter(citizen_index__in=CITIZEN_NUMBER.tokens(spelled)).exclude(citizen_index="")
    homes = list(found.values_list("home_id", flat=True))
    audit.note(by=user, verb="person.searched", number=identity.mask(spelled), found=len(homes))
    return homes


def _lines(households: Sequence[Household], name: str) -> list[HouseholdLine]:
    """Heads and sizes of one page, in two queries; in a third, who was looked for."""
    there = Membership.objects.filter(household__in=households, left_on=None, superseded_at=None)
    sizes = dict(there.order_by().values_list("household").annotate(n=Count("pk")))
    heads = dict(there.filter(relation=HEAD).order_by().values_list("household", "person__name"))
    called = beside_heads(name, [one.pk for one in households], heads)
    return [
        HouseholdLine(one, heads.get(one.pk, ""), sizes.get(one.pk, 0), called.get(one.pk, ())) for one in households
    ]
