"""待办与个案一致: the worklist, one query over all cases, holds what each case by itself lets a person do, and nothing else."""

from __future__ import annotations

import pytest
from django.utils import timezone

from shouwang.accounts.models import Unit, User
from shouwang.casework import actions, queries, versions
from shouwang.casework.desk import Desk
from shouwang.casework.errors import CaseworkError
from shouwang.casework.models import Case
from tests.accounts.conftest import Person as MakePerson
from tests.accounts.conftest import hold
from tests.casework.conftest import FORMS, SECOND, Clock, MakeHouse, Staff, do, open_of
from tests.casework.test_procedure_national import switch

pytestmark = pytest.mark.django_db


@pytest.fixture
def jack(person: MakePerson, tree: dict[str, Unit]) -> User:
    """Somebody of many posts, whom only what was done before keeps from the next step."""
    user = person("jack", "committee_member", "c1")
    for role, at in (("company_secretary", "c1"), ("regiment_office", "r7"), ("leading_group_member", "r7")):
        hold(user, role, tree[at])
    hold(user, "division_office", tree["d1"])
    return user


@pytest.mark.parametrize("turns", [(0, 3), (1, 5)])
def test_the_worklist_holds_what_a_case_lets_one_do(
    staff: Staff, jack: User, house: MakeHouse, tree: dict[str, Unit], clock: Clock, turns: tuple[int, int]
) -> None:
    """两部办法的个案同时办，有人身兼数岗：每走一步，每个人的待办与逐案核对相同。`turns`: which steps that person does."""
    old = actions.open_case(by=staff.cadre, household=house())
    switch(staff, tree, versions.POLICY, "national-2021")
    clock.pass_days(1)
    new = actions.open_case(by=staff.cadre, household=house())
    people = [jack, *(staff[name] for name in ("member", "secretary", "office", "leader", "division", "office_r8"))]
    kept_apart = turn = 0
    while open_of(old) or open_of(new):
        kept_apart += _agree(people, [old, new], jack)
        for case in (old, new):
            _advance(staff, case, jack if turn in turns else None)
        turn += 1
        clock.pass_days(3)
    assert kept_apart, "somebody was kept from a step by what was done before, else nothing is proved"
    assert versions.policy_on(tree["r7"], timezone.localdate()) == "national-2021"


def _agree(people: list[User], cases: list[Case], jack: User) -> int:
    """Compare both for everybody; how many steps that person may not do although a post would allow it."""
    for user in people:
        found = {(task.kind, task.about.partition("（")[0], task.step) for task in queries.inbox_of(user).tasks()}
        by_case = {
            ("step" if view.can_act else "sign", case.number, view.step.id)
            for case in cases
            if queries.case_for(user, case.number)
            for view in queries.case_page(user, Case.objects.get(pk=case.pk)).steps
            if view.can_act or view.can_sign
        }
        assert {one for one in found if one[0] in ("step", "sign")} == by_case, user.username
    pages = [queries.case_page(jack, Case.objects.get(pk=case.pk)) for case in cases]
    return sum(view.open is not None and "您已办过本案的" in view.why_not for page in pages for view in page.steps)


def _advance(staff: Staff, case: Case, who: User | None) -> None:
    """The first open step that may be done today: by that person if it may be, else by whoever usually does it."""
    for step in open_of(case):
        chosen = Desk.look(Case.objects.get(pk=case.pk)).procedure.step(step)
        assert chosen is not None
        try:
            if who is None:
                do(staff, case, step)
                return
            record = actions.act(
                by=who, case=Case.objects.get(pk=case.pk), step=step, way=chosen.ways[0].id,
                evidence=FORMS.get(step, {}), note="说明",
            )  # fmt: skip
        except CaseworkError:
            if who is not None:
                _advance(staff, case, None)
                return
            continue
        if step in SECOND:
            actions.cosign(by=staff[SECOND[step]], record=record)
        return
