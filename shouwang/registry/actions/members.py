"""Who comes and who goes: birth, marriage, moving, death. Every change has its date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.actions.permit import permit
from shouwang.accounts.audit import Actor
from shouwang.accounts.crypto import CITIZEN_NUMBER
from shouwang.accounts.roles import Permission
from shouwang.registry.actions.locking import hold, not_before, not_future, person_of, touched
from shouwang.registry.models import Change, ChangeKind, Household, Membership, Person
from shouwang.registry.models.household import ARRIVALS, DEPARTURES, HEAD
from shouwang.registry.people import new_person
from shouwang.terms.tables import RELATIONS
from shouwang.units.errors import ShouwangError


class PersonElsewhere(ShouwangError):
    code = "REG-40"
    what = "{name} 已经是 {household} 的成员。"
    why = "一个人同时在两户，收支和人口都会重复计算。"
    do = "请先在原户办理迁出或婚出，或办理分户、并户。"


class KindWrong(ShouwangError):
    code = "REG-41"
    what = "“{kind}”不能用来{what_for}。"
    do = "可选：{allowed}。"


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


class HeadNeeded(ShouwangError):
    code = "REG-45"
    what = "{member} 是户主，离开后这一户没有户主。"
    do = "请指定一位留下的成员为新户主。"


class HeadAlready(ShouwangError):
    code = "REG-46"
    what = "{member} 本来就是户主。"


class HeadStaysHead(ShouwangError):
    code = "REG-47"
    what = "{member} 是户主，改了关系这一户就没有户主。"
    do = "要换户主，请办理“更换户主”。"


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


@transaction.atomic
def add_member(
    *,
    by: Actor,
    household: Household,
    newcomer: Newcomer,
    kind: ChangeKind,
    on: date,
    reason: str = "",
    version: int | None = None,
) -> Membership:
    """Somebody joins: born, married in, moved in."""
    household = hold(household, version)
    allowed = permit(by, Permission.HOUSEHOLD_EDIT, household.unit)
    _check_kind(kind, ARRIVALS, "登记新成员")
    not_future(on, "加入日期")
    not_before(on, household.opened_on, "立户日期")
    membership = welcome(household, newcomer, on)
    not_before(on, membership.person.birth_date, "出生日期")
    touched(household)
    _remember(household, kind, on, membership, reason, by)
    audit.record(
        by=by, post=allowed, verb="member.added", target=household, member=membership.member_number, kind=str(kind),
        on=on, reason=reason,
    )  # fmt: skip
    return membership


@transaction.atomic
def remove_member(
    *,
    by: Actor,
    membership: Membership,
    kind: ChangeKind,
    on: date,
    reason: str = "",
    new_head: Membership | None = None,
    version: int | None = None,
) -> Membership:
    """Somebody leaves: died, married out, moved away. The last one to leave closes the household."""
    household = hold(membership.household, version)
    allowed = permit(by, Permission.HOUSEHOLD_EDIT, household.unit)
    _check_kind(kind, DEPARTURES, "登记离开")
    not_future(on, "离开日期")
    membership = present(membership, household)
    not_before(on, membership.joined_on, "加入日期")
    staying = open_members(household).exclude(pk=membership.pk)
    if membership.relation == HEAD and staying and new_head is None:
        raise HeadNeeded(member=membership.person.name)
    leave(membership, on)
    if kind == ChangeKind.DEATH:
        membership.person.died_on = on
        membership.person.save(update_fields=["died_on"])
    if new_head is not None and membership.relation == HEAD:
        supersede(present(new_head, household), relation=HEAD)
    _remember(household, kind, on, membership, reason, by)
    if staying:
        touched(household)
    else:
        close(household, on, by)
    audit.record(
        by=by, post=allowed, verb="member.removed", target=household, member=membership.member_number, kind=str(kind),
        on=on, reason=reason,
    )  # fmt: skip
    return membership


@transaction.atomic
def change_relation(
    *, by: Actor, membership: Membership, relation: str, reason: str, version: int | None = None
) -> Membership:
    """Correct how somebody is related to the head; the former row stays, superseded."""
    household = hold(membership.household, version)
    allowed = permit(by, Permission.HOUSEHOLD_EDIT, household.unit)
    membership = present(membership, household)
    check_relation(household, relation, besides=membership)
    if membership.relation == HEAD and relation != HEAD:
        raise HeadStaysHead(member=membership.person.name)
    was, membership = membership.relation, supersede(membership, relation=relation)
    touched(household)
    _remember(household, ChangeKind.CORRECTED, timezone.localdate(), membership, reason, by)
    audit.record(
        by=by, post=allowed, verb="member.corrected", target=household, member=membership.member_number, before=was,
        after=relation, reason=reason,
    )  # fmt: skip
    return membership


@transaction.atomic
def change_head(
    *,
    by: Actor,
    household: Household,
    new_head: Membership,
    former_relation: str,
    reason: str,
    version: int | None = None,
) -> Membership:
    """Another member becomes 户主; the former one stays, related to them as said. The others are corrected one by one."""
    household = hold(household, version)
    allowed = permit(by, Permission.HOUSEHOLD_EDIT, household.unit)
    new_head = present(new_head, household)
    if new_head.relation == HEAD:
        raise HeadAlready(member=new_head.person.name)
    if former_relation not in RELATIONS or former_relation == HEAD:
        raise RelationUnknown(relation=former_relation)
    for former in open_members(household).filter(relation=HEAD):
        supersede(former, relation=former_relation)
    new_head = supersede(new_head, relation=HEAD)
    touched(household)
    _remember(household, ChangeKind.CORRECTED, timezone.localdate(), new_head, f"更换户主：{reason}"[:400], by)
    audit.record(
        by=by, post=allowed, verb="head.changed", target=household, member=new_head.member_number,
        former=former_relation, reason=reason,
    )  # fmt: skip
    return new_head


# ---- parts that other actions share; they neither ask for permission nor leave a trace of their own


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
    if relation not in RELATIONS:
        raise RelationUnknown(relation=relation)
    heads = open_members(household).filter(relation=HEAD).exclude(pk=besides.pk if besides else None)
    if relation == HEAD and heads:
        raise SecondHead(household=household.number)


def open_members(household: Household):  # type: ignore[no-untyped-def]  # a query set of Membership
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


def _check_kind(kind: ChangeKind, allowed: tuple[ChangeKind, ...], what_for: str) -> None:
    if kind not in allowed:
        labels = "、".join(ChangeKind(one).label for one in allowed)
        raise KindWrong(kind=ChangeKind(kind).label, what_for=what_for, allowed=labels)


def _remember(household: Household, kind: ChangeKind, on: date, membership: Membership, reason: str, by: Actor) -> None:
    Change(
        household=household, kind=kind, occurred_on=on, membership=membership, reason=reason, recorded_by=person_of(by)
    ).save()
