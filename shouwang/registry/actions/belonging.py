"""Belonging to a household: the rows of membership, and what must hold between them.

Parts the actions share; they neither ask for permission nor leave a trace of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from shouwang.accounts.audit import Actor
from shouwang.accounts.crypto import CITIZEN_NUMBER
from shouwang.registry.actions.locking import person_of, touched
from shouwang.registry.models import Change, ChangeKind, Household, Membership, Person
from shouwang.registry.models.household import HEAD
from shouwang.registry.people import new_person
from shouwang.terms.tables import RELATIONS
from shouwang.units.errors import ShouwangError


class PersonElsewhere(ShouwangError):
    code = "REG-40"
    what = "{name} 已经是 {household} 的成员。"
    why = "一个人同时在两户，收支和人口都会重复计算。"
    do = "请先在原户办理迁出或婚出，或办理分户、并户。"


class RelationUnknown(ShouwangError):
    code = "REG-42"
    what = "没有“{relation}”这种与户主关系。"
    do = "请从关系表中选择；表中没有的选“其他”。"


class SecondHead(ShouwangError):
    code = "REG-43"
    what = "{household} 已有户主。"
    do = "如要换户主，请办理“更换户主”。"


class NotThere(ShouwangError):
    code = "REG-44"
    what = "{member} 已经不是 {household} 的成员。"


@dataclass(frozen=True)
class Newcomer:
    """Somebody who joins a household, as a form gives them."""

    name: str
    relation: str
    citizen_number: str = ""
    birth_date: date | None = None
    sex: str = ""
    ethnicity: str = ""
    shares_budget: bool = True
    registered_here: bool | None = None
    resident_here: bool | None = None
    joined_on: date | None = None


def welcome(household: Household, newcomer: Newcomer, joined_on: date | None) -> Membership:
    """A membership for somebody new, or for somebody known who belongs nowhere at present."""
    check_relation(household, newcomer.relation)
    person = _known(newcomer) or new_person(
        name=newcomer.name, home=household, citizen_number=newcomer.citizen_number, birth_date=newcomer.birth_date,
        sex=newcomer.sex, ethnicity=newcomer.ethnicity,
    )  # fmt: skip
    person.home = household
    person.save()
    membership = Membership(
        household=household, person=person, member_number=next_number(household), relation=newcomer.relation,
        shares_budget=newcomer.shares_budget, registered_here=newcomer.registered_here,
        resident_here=newcomer.resident_here, joined_on=joined_on,
    )  # fmt: skip
    membership.save(force_insert=True)
    return membership


def _known(newcomer: Newcomer) -> Person | None:
    """The person of that citizen number, where there is one; raises where they belong to a household already."""
    tokens = CITIZEN_NUMBER.tokens(newcomer.citizen_number)
    for person in Person.objects.filter(citizen_index__in=tokens):
        belongs = person.memberships.filter(left_on=None, superseded_at=None).select_related("household").first()
        if belongs is not None:
            raise PersonElsewhere(name=person.name, household=belongs.household.number)
        return person
    return None


def check_relation(household: Household, relation: str, besides: Membership | None = None) -> None:
    """Raises RelationUnknown, and SecondHead where a household would have two."""
    if relation not in RELATIONS:
        raise RelationUnknown(relation=relation)
    heads = open_members(household).filter(relation=HEAD).exclude(pk=besides.pk if besides else None)
    if relation == HEAD and heads:
        raise SecondHead(household=household.number)


def open_members(household: Household) -> QuerySet[Membership]:
    """Those who belong now."""
    return Membership.objects.filter(household=household, left_on=None, superseded_at=None).select_related("person")


def present(membership: Membership, household: Household) -> Membership:
    """The membership as it is now; raises where the person has left."""
    found = open_members(household).filter(pk=membership.pk).first()
    if found is None:
        raise NotThere(member=membership.person.name, household=household.number)
    return found


def next_number(household: Household) -> str:
    """The first free member number of a household: its number, a dash, a count."""
    prefix = f"{household.number}-"
    used = set(Membership.objects.filter(member_number__startswith=prefix).values_list("member_number", flat=True))
    count = 1
    while f"{prefix}{count}" in used:
        count += 1
    return f"{prefix}{count}"


def leave(membership: Membership, on: date) -> None:
    """Close a membership by its date; the only column of it ever filled in later."""
    membership.left_on = on
    membership.save(update_fields=["left_on"])


def supersede(membership: Membership, **changed: object) -> Membership:
    """A corrected copy in place of a row; the row stays. Members who continue it point at the copy's predecessor."""
    Membership.objects.filter(pk=membership.pk).update(superseded_at=timezone.now())
    kept = {
        f.attname: getattr(membership, f.attname)
        for f in Membership._meta.concrete_fields
        if f.attname not in ("id", "uuid", "superseded_at")
    }
    copy = Membership(**{**kept, **changed})
    copy.save(force_insert=True)
    return copy


def close(household: Household, on: date, by: Actor) -> None:
    """Close a household nobody is left in."""
    household.closed_on = on
    touched(household, "closed_on")
    Change(household=household, kind=ChangeKind.CLOSED, occurred_on=on, recorded_by=person_of(by)).save()
