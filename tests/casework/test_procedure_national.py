"""The second profile: 民主评议 and 公示 before reporting, comparison beside the check; and old cases keep the rules of their day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from shouwang.accounts.models import Unit, User
from shouwang.casework import actions, screenings, versions
from shouwang.casework.desk import Desk
from shouwang.casework.errors import (
    ChangeDone,
    ChangeRefused,
    EvidenceRefused,
    NotYet,
    ReasonNeeded,
    TooEarly,
    WrongSigner,
)
from shouwang.casework.models import Case, ParameterChange
from shouwang.policy.book import UnknownPolicy
from shouwang.policy.parameters import BadParameterValue, UnknownParameter
from tests.accounts.conftest import hold
from tests.casework.conftest import Clock, MakeHouse, Staff, do, open_of, walk

pytestmark = pytest.mark.django_db


def switch(staff: Staff, tree: dict[str, Unit], name: str, value: str, days: int = 1) -> ParameterChange:
    """A change proposed, tried out and signed by the second person; in force after some days."""
    change = actions.propose_parameter_change(
        by=staff.office, regiment=tree["r7"], name=name, value=value, reason="会议决定",
        from_date=timezone.localdate() + timedelta(days=days),
    )  # fmt: skip
    screenings.work_off()
    change.refresh_from_db()
    return actions.approve_parameter_change(by=staff.head, change=change)


@pytest.fixture
def national(staff: Staff, tree: dict[str, Unit], clock: Clock) -> None:
    switch(staff, tree, versions.POLICY, "national-2021")
    clock.pass_days(1)


@pytest.mark.usefixtures("national")
def test_the_whole_way(staff: Staff, house: MakeHouse, clock: Clock) -> None:
    """国/一/2—4：评估后民主评议、公示，期满无异议才上报；比对与核查可以同时办，都办完才确认。"""
    case = actions.open_case(by=staff.cadre, household=house())
    walk(staff, case, "review")
    do(staff, case, "review")
    do(staff, case, "notice")
    assert open_of(case) == ["notice_end"]
    with pytest.raises(NotYet, match="公示结果"):
        do(staff, case, "report")
    with pytest.raises(TooEarly, match="公示天数"):
        do(staff, case, "notice_end")
    clock.pass_days(5)
    do(staff, case, "notice_end")
    do(staff, case, "report")
    assert open_of(case) == ["compare", "check"]
    do(staff, case, "check")
    with pytest.raises(NotYet, match="缺“部门比对筛查”"):
        do(staff, case, "confirm")
    do(staff, case, "compare")
    walk(staff, case, "receipt")
    do(staff, case, "receipt")
    assert (case.status, case.version.policy) == ("confirmed", "national-2021")


@pytest.mark.usefixtures("national")
def test_an_objection_goes_back_to_assessment(staff: Staff, house: MakeHouse, clock: Clock) -> None:
    """国/一/3：公示有异议，核实后再定：评估、评议、公示都重来。"""
    case = actions.open_case(by=staff.cadre, household=house())
    walk(staff, case, "notice_end")
    clock.pass_days(6)
    do(staff, case, "notice_end", "opposed", note="邻居说他家有车")
    assert open_of(case) == ["assess"]
    walk(staff, case, "notice_end")
    assert case.records.filter(step="notice").count() == 2
    with pytest.raises(TooEarly):
        do(staff, case, "notice_end")


@pytest.mark.usefixtures("national")
def test_a_lost_vote_ends_the_case(staff: Staff, house: MakeHouse) -> None:
    """国/一/2：评议没有过半不能算通过；未通过须写理由，可以申诉。"""
    case = actions.open_case(by=staff.cadre, household=house())
    walk(staff, case, "review")
    votes = {"place": "连部", "present": 21, "for": 10, "against": 11, "abstained": 0}
    with pytest.raises(EvidenceRefused, match="没有过半"):
        do(staff, case, "review", evidence=votes)
    with pytest.raises(WrongSigner):
        actions.act(by=staff.cadre, case=case, step="review", way="passed", evidence=votes)
    do(staff, case, "review", "not_passed", evidence=votes, note="多数不同意")
    assert case.status == "refused"


def test_an_old_case_keeps_the_rules_of_its_day(
    staff: Staff, house: MakeHouse, case: Case, tree: dict[str, Unit], clock: Clock
) -> None:
    """换了办法，旧案照立案时的程序办到底，没有公示；新案按新的。两案的程序版本不同，旧版本不变。"""
    walk(staff, case, "assess")
    stamp, definition = case.version.sha256, case.version.definition
    switch(staff, tree, versions.POLICY, "national-2021")
    assert versions.policy_on(tree["r7"], timezone.localdate()) == "qituan-2020"
    clock.pass_days(1)
    new = actions.open_case(by=staff.cadre, household=house())
    assert (new.version.policy, case.version.policy) == ("national-2021", "qituan-2020")
    do(staff, case, "assess")
    assert open_of(case) == ["report"]
    walk(staff, case, "receipt")
    do(staff, case, "receipt")
    case.refresh_from_db()
    assert (case.version.sha256, case.version.definition) == (stamp, definition)
    walk(staff, new, "review")


def test_a_changed_limit_holds_for_new_cases_only(
    staff: Staff, house: MakeHouse, case: Case, tree: dict[str, Unit], clock: Clock
) -> None:
    """时限改了，已立的个案仍按原时限；他团不受影响。"""
    switch(staff, tree, "days_total", "20")
    clock.pass_days(1)
    new = actions.open_case(by=staff.cadre, household=house())
    assert (Desk.look(case).limit("days_total").amount, Desk.look(new).limit("days_total").amount) == (15, 20)
    assert versions.book_on(tree["r8"], timezone.localdate()).parameters["days_total"] == 15


def test_a_parameter_needs_a_reason_a_trial_a_second_person_and_a_day_to_come(
    staff: Staff, tree: dict[str, Unit], clock: Clock
) -> None:
    """T21：没有理由、没有试算、同一个人、过去的日期、不存在的参数、不成数的值，都不行；旧值不改，按日期取用。"""
    today = timezone.localdate()
    tomorrow = today + timedelta(days=1)
    change = {
        "by": staff.office,
        "regiment": tree["r7"],
        "name": "monitoring_line",
        "value": "8500",
        "reason": "上级通知",
    }
    propose = actions.propose_parameter_change
    for wrong, error in (
        ({"reason": " "}, ReasonNeeded), ({"from_date": today}, ChangeRefused), ({"value": "8000"}, ChangeRefused),
        ({"value": "很多"}, BadParameterValue), ({"name": "line"}, UnknownParameter),
        ({"name": versions.POLICY, "value": "x"}, UnknownPolicy),
    ):  # fmt: skip
        with pytest.raises(error):
            propose(**{"from_date": tomorrow, **change, **wrong})
    proposed = propose(**change, from_date=tomorrow)
    with pytest.raises(ChangeRefused, match="试算"):
        actions.approve_parameter_change(by=staff.head, change=proposed)
    screenings.work_off()
    both = staff.make("both", "regiment_office", "r7")
    own = propose(**{**change, "by": both, "value": "8600"}, from_date=tomorrow)
    screenings.work_off()
    grant(staff, tree, both)
    with pytest.raises(ChangeRefused, match="自己"):
        actions.approve_parameter_change(by=both, change=own)
    actions.reject_parameter_change(by=staff.head, change=own, note="过高")
    actions.approve_parameter_change(by=staff.head, change=proposed)
    with pytest.raises(ChangeDone, match="head"):
        actions.approve_parameter_change(by=both, change=proposed)
    book = versions.book_on
    assert book(tree["r7"], today).parameters["monitoring_line"] == 800_000
    assert book(tree["r7"], tomorrow).parameters["monitoring_line"] == 850_000
    assert book(tree["r7"], date(2020, 6, 1)).parameters["monitoring_line"] == 800_000
    clock.pass_days(3)
    late = propose(**{**change, "value": "9000"}, from_date=timezone.localdate() + timedelta(days=1))
    screenings.work_off()
    clock.pass_days(2)
    with pytest.raises(ChangeRefused, match="重新提出"):
        actions.approve_parameter_change(by=staff.head, change=late)


def grant(staff: Staff, tree: dict[str, Unit], user: User) -> None:
    hold(user, "leading_group_head", tree["r7"])
