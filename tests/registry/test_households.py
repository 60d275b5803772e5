"""Opening, moving, joining, leaving: each dated, each with one event, nothing overwritten."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from shouwang.accounts.models import AuditEvent, Unit, User
from shouwang.accounts.scope import AccessDenied
from shouwang.registry.actions import (
    Newcomer,
    add_member,
    change_relation,
    move_household,
    register_household,
    remove_member,
    reveal_citizen_number,
)
from shouwang.registry.actions.belonging import PersonElsewhere, SecondHead
from shouwang.registry.actions.households import NotACompany, NumberTaken, OneHeadNeeded
from shouwang.registry.actions.locking import BeforeBeginning, ChangedMeanwhile, HouseholdClosed, InTheFuture
from shouwang.registry.actions.members import HeadNeeded, KindWrong
from shouwang.registry.models import Change, ChangeKind, Household, Membership, Person
from shouwang.registry.people import BirthDateDiffers
from tests.accounts.conftest import Person as MakePerson
from tests.registry.conftest import FAMILY, OPENED, last_seq, member, number, verbs

ON = date(2020, 4, 1)


def test_a_household_is_opened_with_its_people(family: Household, tree: dict[str, Unit]) -> None:
    assert family.company == tree["c1"]
    assert (family.regiment, family.division) == (tree["r7"], tree["d1"])
    numbers = family.memberships.order_by("member_number").values_list("member_number", flat=True)
    assert list(numbers) == ["7T-1-1", "7T-1-2", "7T-1-3", "7T-1-4"]
    head = member(family, "王志强").person
    assert (head.birth_date, head.sex, head.name_tokens) == (date(1970, 5, 20), "male", "王 志 强")
    assert verbs()[-1] == "household.registered"
    with pytest.raises(NumberTaken):
        register_household(
            by=User.objects.get(username="office"), unit=tree["c1"], number="7T-1", on=OPENED, members=FAMILY[:1]
        )


def test_a_household_needs_one_head_and_a_company(office: User, tree: dict[str, Unit]) -> None:
    with pytest.raises(OneHeadNeeded):
        register_household(by=office, unit=tree["c1"], number="x", on=OPENED, members=FAMILY[1:])
    with pytest.raises(NotACompany):
        register_household(by=office, unit=tree["r7"], number="x", on=OPENED, members=FAMILY[:1])
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(InTheFuture):
        register_household(by=office, unit=tree["c1"], number="x", on=tomorrow, members=FAMILY[:1])
    assert not Household.objects.exists()
    assert not Person.objects.exists()


def test_birth_marriage_death(family: Household, office: User) -> None:
    before = last_seq()
    baby = Newcomer("王宝", "之孙子", birth_date=ON)
    add_member(by=office, household=family, newcomer=baby, kind=ChangeKind.BIRTH, on=ON)
    wife = Newcomer("张梅", "之儿媳", number("1996-01-01", 66))
    joined = add_member(by=office, household=family, newcomer=wife, kind=ChangeKind.MARRIAGE_IN, on=ON)
    gone = remove_member(by=office, membership=member(family, "李秀兰"), kind=ChangeKind.DEATH, on=ON, reason="病故")
    assert joined.member_number == "7T-1-6"
    assert gone.left_on == ON
    assert gone.person.died_on == ON
    assert verbs(before) == ["member.added", "member.added", "member.removed"]
    kinds = set(Change.objects.filter(household=family).values_list("kind", flat=True))
    assert kinds == {"opened", "birth", "marriage_in", "death"}
    family.refresh_from_db()
    assert family.version == 4


def test_a_head_who_leaves_needs_a_successor_and_the_last_one_closes_the_door(family: Household, office: User) -> None:
    head = member(family, "王志强")
    with pytest.raises(HeadNeeded):
        remove_member(by=office, membership=head, kind=ChangeKind.DEATH, on=ON)
    remove_member(by=office, membership=head, kind=ChangeKind.DEATH, on=ON, new_head=member(family, "李秀兰"))
    assert member(family, "李秀兰").relation == "户主"
    was = Membership.objects.get(household=family, person__name="李秀兰", superseded_at__isnull=False)
    assert was.relation == "配偶", "更换前的那一行仍在"
    for name in ("王小明", "王小红", "李秀兰"):
        remove_member(by=office, membership=member(family, name), kind=ChangeKind.MOVE_OUT, on=ON)
    family.refresh_from_db()
    assert family.closed_on == ON
    with pytest.raises(HouseholdClosed):
        add_member(by=office, household=family, newcomer=FAMILY[0], kind=ChangeKind.MOVE_IN, on=ON)


def test_a_person_is_in_one_household_only(family: Household, office: User, tree: dict[str, Unit]) -> None:
    with pytest.raises(PersonElsewhere, match="7T-1"):
        register_household(by=office, unit=tree["c2"], number="7T-2", on=OPENED, members=FAMILY[:1])
    remove_member(by=office, membership=member(family, "王小明"), kind=ChangeKind.MOVE_OUT, on=ON)
    alone = Newcomer("王小明", "户主", FAMILY[2].citizen_number, joined_on=ON)
    second = register_household(by=office, unit=tree["c2"], number="7T-2", on=ON, members=[alone])
    assert Person.objects.filter(name="王小明").count() == 1, "还是同一个人"
    assert member(second, "王小明").person.home == second


def test_what_makes_no_sense_is_refused(family: Household, office: User) -> None:
    wrong_kind = {"by": office, "household": family, "newcomer": Newcomer("甲", "其他"), "on": ON}
    with pytest.raises(KindWrong):
        add_member(kind=ChangeKind.DEATH, **wrong_kind)
    with pytest.raises(SecondHead):
        add_member(kind=ChangeKind.MOVE_IN, **{**wrong_kind, "newcomer": Newcomer("甲", "户主")})
    with pytest.raises(BeforeBeginning):
        add_member(kind=ChangeKind.MOVE_IN, **{**wrong_kind, "on": date(2014, 1, 1)})
    newcomer = Newcomer("甲", "其他", number("1990-01-01", 7), date(1991, 1, 1))
    with pytest.raises(BirthDateDiffers):
        add_member(kind=ChangeKind.MOVE_IN, **{**wrong_kind, "newcomer": newcomer})
    with pytest.raises(ChangedMeanwhile):
        add_member(kind=ChangeKind.MOVE_IN, version=99, **wrong_kind)
    changed = change_relation(by=office, membership=member(family, "王小红"), relation="之侄女", reason="登记有误")
    assert changed.relation == "之侄女"


def test_moving_keeps_the_way_back_in_sight(
    family: Household, office: User, secretary: User, tree: dict[str, Unit]
) -> None:
    with pytest.raises(AccessDenied):
        move_household(by=secretary, household=family, unit=tree["c2"], on=ON, reason="")
    move_household(by=office, household=family, unit=tree["c2"], on=ON, reason="承包地调整")
    family.refresh_from_db()
    assert (family.unit, family.company) == (tree["c2"], tree["c2"])
    moved = Change.objects.get(household=family, kind=ChangeKind.UNIT_MOVED)
    assert (moved.from_unit, moved.to_unit) == (tree["c1"], tree["c2"])
    assert not Household.objects.visible_to(secretary).exists()


def test_nobody_acts_beyond_their_post(family: Household, person: MakePerson) -> None:
    for role, at in (
        ("cadre", "c1"),
        ("company_secretary", "c2"),
        ("department_officer", "hospital"),
        ("auditor", "r7"),
    ):
        user = person(f"{role}-x", role, at)
        before = last_seq()
        with pytest.raises(AccessDenied):
            add_member(by=user, household=family, newcomer=Newcomer("甲", "其他"), kind=ChangeKind.MOVE_IN, on=ON)
        assert last_seq() == before


def test_a_number_is_revealed_for_a_reason_and_on_record(family: Household, office: User, person: MakePerson) -> None:
    who = member(family, "王志强").person
    assert reveal_citizen_number(by=office, person=who, reason="核对医疗费用") == FAMILY[0].citizen_number
    event = AuditEvent.objects.order_by("-seq").first()
    assert event is not None
    assert event.verb == "person.revealed"
    assert FAMILY[0].citizen_number not in event.facts
    with pytest.raises(AccessDenied):
        reveal_citizen_number(by=person("cm", "committee_member", "c1"), person=who, reason="看看")


BROKEN = {
    "household_closed_after_opened": lambda h, m: Household.objects.filter(pk=h.pk).update(closed_on=date(2000, 1, 1)),
    "household_company_is_unit": lambda h, m: Household.objects.filter(pk=h.pk).update(company=h.regiment),
    "membership_left_after_joined": lambda h, m: Membership.objects.filter(pk=m.pk).update(left_on=date(2000, 1, 1)),
    "membership_counted_from": lambda h, m: Membership.objects.filter(pk=m.pk).update(counted_from=OPENED),
    "membership_one_head": lambda h, m: Membership.objects.filter(household=h).update(relation="户主"),
    "membership_one_open_a_person": lambda h, m: Membership(household=h, person=m.person, member_number="z").save(),
    "membership_number_once": lambda h, m: Membership.objects.filter(household=h).update(member_number="same"),
    "person_died_after_birth": lambda h, m: Person.objects.filter(pk=m.person_id).update(died_on=date(1900, 1, 1)),
    "change_append_only": lambda h, m: Change.objects.filter(household=h).update(reason="改写历史"),
    "change_move_has_both_units": lambda h, m: Change(household=h, kind="unit_moved", occurred_on=ON).save(),
    "change_split_names_other": lambda h, m: Change(household=h, kind="split", occurred_on=ON).save(),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_must_never_be_false_the_database_refuses(name: str, family: Household) -> None:
    with (
        pytest.raises((IntegrityError, Exception), match=r"(?i)constraint|check|unique|只增不改"),
        transaction.atomic(),
    ):
        BROKEN[name](family, member(family, "王志强"))
