"""优亲厚友 (T4, C13): nobody acts on their own household, on declared relatives, or on people they shared a household with."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from shouwang.accounts.actions import declare_kinship, withdraw_kinship
from shouwang.accounts.crypto import CITIZEN_NUMBER
from shouwang.accounts.models.people import Relation
from shouwang.casework import actions, queries
from shouwang.casework.errors import MustRecuse
from shouwang.casework.models import Case, ReliefKind
from shouwang.registry.models import Membership, Person
from tests.accounts.test_crypto import WANG, ZHANG
from tests.casework.conftest import DOERS, FORMS, MakeHouse, Staff, do, walk
from tests.casework.test_procedure_qituan import ORDER, case_way

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("step", ORDER)
@pytest.mark.parametrize("relation", [Relation.SPOUSE, Relation.SIBLING_IN_LAW, Relation.COUSIN])
def test_no_step_for_a_declared_relative(staff: Staff, house: MakeHouse, step: str, relation: Relation) -> None:
    """三代以内的亲属都须回避，哪一步都一样；待办里也不出现。"""
    case = actions.open_case(by=staff.member2, household=house("c1", WANG))
    walk(staff, case, step)
    user = staff[DOERS[step]]
    declare_kinship(by=user, relation=relation, name="王五", citizen_number=WANG)
    with pytest.raises(MustRecuse, match=relation.label):
        actions.act(by=user, case=case, step=step, way=case_way(case, step), evidence=FORMS.get(step, {}))
    assert case.records.filter(step=step).count() == 0
    assert not any(task.kind == "step" for task in queries.inbox_of(user).tasks())
    page = queries.case_page(user, case)
    assert not any(view.can_act for view in page.steps)


def test_one_cannot_sign_beside_for_a_relative(staff: Staff, house: MakeHouse) -> None:
    """走访的第二签字人同样须回避；撤回申报（申报有误）后才可以。"""
    case = actions.open_case(by=staff.cadre, household=house("c1", WANG))
    walk(staff, case, "visit")
    kin = declare_kinship(by=staff.secretary, relation=Relation.SIBLING, name="王五", citizen_number=WANG)
    record = actions.act(by=staff.cadre, case=case, step="visit", way="visited", evidence=FORMS["visit"])
    with pytest.raises(MustRecuse):
        actions.cosign(by=staff.secretary, record=record)
    withdraw_kinship(by=staff.secretary, kinship=kin, reason="申报有误")
    actions.cosign(by=staff.secretary, record=record)


def test_ones_own_household(staff: Staff, house: MakeHouse) -> None:
    """经办人本人在户内：不能立案，不能办，也不能处理线索、发救助。"""
    home = house("c1", ZHANG)
    own = staff.make("own", "company_secretary", "c1", citizen_number=ZHANG)
    clue = actions.report_clue(by=staff.cadre, household=home, sentence="书记家困难")
    for act in (
        lambda: actions.open_case(by=own, household=home),
        lambda: actions.dismiss_clue(by=own, clue=clue, reason="不困难"),
        lambda: actions.record_relief(by=own, household=home, kind=ReliefKind.GOODS),
    ):
        with pytest.raises(MustRecuse, match="本人所在的户"):
            act()


def test_undeclared_people_one_shared_a_household_with(staff: Staff, house: MakeHouse) -> None:
    """没有申报也查得出：分户前曾与经办人同户的人，经办人须回避。"""
    old, new = house("c1", ZHANG), house("c1")
    own = staff.make("own", "committee_member", "c1", citizen_number=ZHANG)
    brother = Person.objects.create(name="张二", citizen=WANG, citizen_index=CITIZEN_NUMBER.token(WANG), home=new)
    then = timezone.localdate() - timedelta(days=400)
    Membership.objects.create(household=old, person=brother, member_number="m1", left_on=then)
    Membership.objects.create(household=new, person=brother, member_number="m2", joined_on=then)
    with pytest.raises(MustRecuse, match="曾与您同户"):
        actions.open_case(by=own, household=new)
    case = actions.open_case(by=staff.cadre, household=new)
    walk(staff, case, "assess")
    assert "assess" not in {task.step for task in queries.inbox_of(own).tasks()}
    do(staff, case, "assess")


def test_a_recused_member_does_not_stop_the_others(staff: Staff, house: MakeHouse) -> None:
    """一人回避，别人照办。"""
    case: Case = actions.open_case(by=staff.cadre, household=house("c1", WANG))
    walk(staff, case, "confirm")
    declare_kinship(by=staff.leader, relation=Relation.CHILD, name="王五", citizen_number=WANG)
    with pytest.raises(MustRecuse):
        do(staff, case, "confirm")
    actions.act(by=staff.leader2, case=case, step="confirm", way="confirmed", evidence=FORMS["confirm"])
