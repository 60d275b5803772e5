"""待办、已办、我经手的, and the suspicion lists: derived from records, and only of one's own units, through every query."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from shouwang.accounts.models import Unit, User
from shouwang.accounts.scope import AccessDenied
from shouwang.casework import actions, queries
from shouwang.casework.errors import LateNeedsReason, MustBeApart, WrongDay
from shouwang.casework.models import (
    Case,
    Clue,
    ClueReport,
    ParameterChange,
    Purpose,
    ReliefKind,
    RunLine,
    RunState,
    ScreeningRun,
    StepRecord,
    VisitKind,
)
from shouwang.registry.models import Household
from tests.accounts.conftest import hold
from tests.casework.conftest import DOERS, FORMS, ROLES, SECOND, Clock, MakeHouse, Staff, do, open_of, walk

pytestmark = pytest.mark.django_db


def tasks(user: User, kind: str = "step") -> list[str]:
    return [task.step or task.title for task in queries.inbox_of(user).tasks(kind)]


def test_the_inbox_follows_the_case(staff: Staff, case: Case) -> None:
    """每办完一步，待办就到下一个该办的人那里；办过的人进“已办”“我经手的”；没有人手填任务。"""
    everyone = [staff[name] for name in ROLES]
    while opened := open_of(case):
        step = opened[0]
        doer = staff[DOERS[step]]
        assert step in tasks(doer), f"{step} is in the inbox of {doer}"
        holders = {user.username for user in everyone if step in tasks(user)}
        assert holders.isdisjoint(
            {"corps", "hospital", "cadre_c2", "secretary_c2", "office_r8", "leader_r8", "division_d2"}
        )
        record = actions.act(by=doer, case=case, step=step, way=first_way(case, step), evidence=FORMS.get(step, {}))
        if step in SECOND:
            second = staff[SECOND[step]]
            assert tasks(second, "sign") and not tasks(doer, "sign")
            actions.cosign(by=second, record=record)
        assert record in queries.done_by(doer)
        assert case in queries.touched_by(doer)
    assert all(tasks(user) == [] for user in everyone)


def first_way(case: Case, step: str) -> str:
    page = queries.case_page(case.opened_by.user, Case.objects.get(pk=case.pk))
    return next(view.step.ways[0].id for view in page.steps if view.step.id == step)


def test_what_next_and_by_when(staff: Staff, case: Case, clock: Clock) -> None:
    """待办写明做什么、何时到期；过期的排在前面，逾期清单里有。"""
    walk(staff, case, "compare")
    (task,) = queries.inbox_of(staff.office).tasks("step")
    assert (task.title, task.todo) == ("部门比对筛查", "请相关部门比对，汇总比对结果")
    assert task.due_on == timezone.localdate() + timedelta(days=5) and not task.overdue
    assert case.number in task.about and task.unit == "c1"
    clock.pass_days(6)
    (task,) = queries.inbox_of(staff.office).tasks("step")
    assert task.overdue
    assert [row.case for row in queries.overdue(staff.head)] == [case]
    inbox = queries.inbox_of(staff.office)
    counts = {kind: one.total for kind, one in inbox.counts.items() if one.total} | {"overdue": inbox.whole.overdue}
    assert counts == {"step": 1, "screening": 1, "files_due": 1, "overdue": 1}
    assert list(queries.overdue(staff.leader_r8)) == []


def test_a_report_of_the_night_waits_since_the_day_it_is_here(staff: Staff) -> None:
    """凌晨通报的，从当地的这一天起算。"""
    actions.report_person(
        by=staff.hospital, citizen_number="11010119900307002X", person_name="王某", cause="因病",
        occurred_on=timezone.localdate(), sentence="自付六万",
    )  # fmt: skip
    night = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)  # 01:00 of the 21st in China
    ClueReport.objects.update(reported_at=night)
    (task,) = queries.inbox_of(staff.office).tasks("report")
    assert task.since == date(2026, 11, 21)


def test_the_page_of_a_case_shows_only_what_one_may_do(staff: Staff, case: Case) -> None:
    """个案页：每一步的条款、时限、状态；能办的才有按钮，不能办的说明为什么。"""
    walk(staff, case, "check")
    page = queries.case_page(staff.office, case)
    view = {one.step.id: one for one in page.steps}
    assert view["check"].can_act and view["compare"].state == "done" and view["confirm"].state == "later"
    assert view["check"].clause.id == "二/五/2" and view["check"].limit == "5个工作日"
    assert "answer" not in view and "appeal_review" not in view
    assert [door.id for door in page.doors] == ["withdraw", "close"]
    assert not any(one.can_act for one in queries.case_page(staff.secretary, case).steps)
    both = staff.make("both", "committee_member", "c1")
    hold(both, "regiment_office", staff.office.unit)
    case2 = walk(staff, case, "check")
    actions.act(by=staff.office, case=case2, step="check", way="back_to_company", note="重评")
    actions.act(by=both, case=case2, step="assess", way="recommended", evidence=FORMS["assess"])
    walk(staff, case2, "check")
    why = {one.step.id: one.why_not for one in queries.case_page(both, case2).steps}
    assert "两委评估" in why["check"]
    assert "check" not in tasks(both)
    with pytest.raises(MustBeApart):
        actions.act(by=both, case=case2, step="check", way="checked", evidence=FORMS["check"])


SEES_ALL = {"office", "office2", "leader", "leader2", "head", "division"}


@pytest.mark.parametrize("name", ROLES)
def test_every_query_shows_only_ones_own_units(
    staff: Staff, house: MakeHouse, tree: dict[str, Unit], name: str
) -> None:
    """每个查询、每个角色：c1、c2、他团各一户，各有线索、个案、走访、救助、筛查结果；看到的都在自己单位里。"""
    places = {"c1": staff.cadre, "c2": staff.cadre_c2, "c81": staff.make("cadre_c81", "cadre", "c81")}
    for at, worker in places.items():
        for _ in range(2):
            home, late = house(at), timezone.localdate() - timedelta(days=10)
            actions.report_clue(by=worker, household=home, sentence="困难")
            run, _ = ScreeningRun.objects.get_or_create(
                unit=tree[at].regiment, policy="qituan-2020", policy_sha256="x", as_of=late, state=RunState.DONE,
                result_sha256="x", defaults={"finished_at": timezone.now()},
            )  # fmt: skip
            RunLine.objects.create(run=run, household=home, outcome="met")
            actions.record_relief(by=worker, household=home, kind=ReliefKind.GOODS)
        case = actions.open_case(by=worker, household=house(at))
        actions.act(
            by=worker,
            case=case,
            step="declare",
            way="declared",
            evidence=FORMS["declare"],
            occurred_on=late,
            late_reason="停电",
        )
        case.open_steps.update(due_on=late)
    user, allowed = staff[name], reach(name)
    for query, unit_of in QUERIES.items():
        seen = {unit_of(row) for row in query(user)}
        assert seen <= allowed, query
    if name in SEES_ALL:
        assert {row.household.unit.code for row in queries.should_be_covered(user)} >= {"c1", "c2"}
        assert {row.household.unit.code for row in queries.clue_list(user)} >= {"c1", "c2"}
    mine = sum(len(list(query(user))) for query in QUERIES)
    assert (mine > 0) == bool(allowed)
    other = next((case for case in Case.objects.all() if case.household.unit.code not in allowed), None)
    if other is None:
        return
    assert queries.case_for(user, other.number) is None
    with pytest.raises(AccessDenied):
        actions.act(by=user, case=other, step="visit", way="visited", evidence=FORMS["visit"])


def reach(name: str) -> set[str]:
    at = ROLES[name][1]
    return {
        "bt": set(), "hospital": {"hospital"}, "c1": {"c1"}, "c2": {"c2"}, "r7": {"r7", "c1", "c2"}, "r8": {"r8", "c81"},
        "d1": {"c1", "c2", "c81"}, "d2": set(),
    }[at]  # fmt: skip


def tasks_of(user: User) -> list[queries.Task]:
    return queries.inbox_of(user).tasks()


def unit_by_name(row: Any) -> str:
    return str(row.unit)


QUERIES: dict[Callable[[User], Any], Callable[[Any], str]] = {
    queries.case_list: lambda row: row.household.unit.code,
    queries.clue_list: lambda row: row.household.unit.code,
    queries.overdue: lambda row: row.case.household.unit.code,
    queries.done_by: lambda row: row.case.household.unit.code,
    queries.touched_by: lambda row: row.household.unit.code,
    queries.should_be_covered: lambda row: row.household.unit.code,
    queries.off_book: lambda row: row.household.unit.code,
    queries.never_seen: lambda row: row.unit.code,
    queries.recorded_late: lambda row: row.case.household.unit.code,
    tasks_of: unit_by_name,
}


def test_met_but_no_case(staff: Staff, house: MakeHouse, tree: dict[str, Unit]) -> None:
    """应纳未纳：筛查命中或疑似、没有个案的；立了案就不在单上，案子被撤回又回来。"""
    met, special = house(), house()
    run = ScreeningRun.objects.create(
        unit=tree["r7"], policy="qituan-2020", policy_sha256="x", as_of=timezone.localdate(), state=RunState.DONE,
        result_sha256="x", finished_at=timezone.now(),
    )  # fmt: skip
    RunLine.objects.create(run=run, household=met, outcome="met")
    RunLine.objects.create(run=run, household=special, outcome="special")
    assert [row.household for row in queries.should_be_covered(staff.office)] == [met]
    case = actions.open_case(by=staff.cadre, household=met)
    assert list(queries.should_be_covered(staff.office)) == []
    actions.withdraw(by=staff.cadre, case=case, reason="撤")
    assert [row.household for row in queries.should_be_covered(staff.office)] == [met]


def test_only_the_last_finished_screening_of_the_own_regiment_says_who_should_be_covered(
    staff: Staff, house: MakeHouse, tree: dict[str, Unit]
) -> None:
    """应纳未纳看本团最近一次做完的筛查：试算、没做完的、别的团的，都不算数。"""
    before, now = house(), house()

    def screened(at: str, found: list[Household], **facts: Any) -> None:
        run = ScreeningRun.objects.create(
            unit=tree[at], policy="qituan-2020", policy_sha256="x", as_of=timezone.localdate(), result_sha256="x",
            **{"state": RunState.DONE, "finished_at": timezone.now()} | facts,
        )  # fmt: skip
        for home in found:
            RunLine.objects.create(run=run, household=home, outcome="met")

    screened("r7", [before])
    screened("r7", [now])
    screened("r7", [before], purpose=Purpose.SIMULATION)
    screened("r7", [before], state=RunState.FAILED)
    screened("r8", [])
    assert [row.household for row in queries.should_be_covered(staff.office)] == [now]
    screened("r7", [])
    assert list(queries.should_be_covered(staff.office)) == []


def test_helped_but_no_case(staff: Staff, house: MakeHouse) -> None:
    """体外循环：给了救助而没有个案的。绿色通道当日立案，就不在单上；不是当日的不能走绿色通道。"""
    off, green = house(), house()
    today = timezone.localdate()
    actions.record_relief(by=staff.cadre, household=off, kind=ReliefKind.TEMPORARY, amount=50_000)
    relief = actions.record_relief(
        by=staff.cadre, household=green, kind=ReliefKind.DISASTER, amount=100_000, emergency=True
    )
    assert relief.case is not None and relief.case.opened_on == today and open_of(relief.case) == ["declare"]
    assert [row.household for row in queries.off_book(staff.office)] == [off]
    with pytest.raises(WrongDay, match="绿色通道"):
        actions.record_relief(
            by=staff.cadre,
            household=house(),
            kind=ReliefKind.DISASTER,
            emergency=True,
            given_on=today - timedelta(days=1),
        )
    walk(staff, relief.case, "receipt")
    assert queries.off_book(staff.office).count() == 1


def test_steps_missing_or_inverted(staff: Staff, case: Case) -> None:
    """程序缺漏、倒置：正常办的没有；绕过程序塞进来的，列出缺了什么、倒了什么。"""
    walk(staff, case, "file")
    assert list(queries.disordered(staff.office)) == []
    today = timezone.localdate()
    Case.objects.filter(pk=case.pk).update(status="confirmed")
    bad = actions.reopen_case(by=staff.cadre, case=closed(staff, case), reason="x")
    Case.objects.filter(pk=bad.pk).update(compared_on=today, checked_on=today, confirmed_on=today, status="confirmed")
    StepRecord.objects.filter(case=bad).exists()
    (found,) = queries.disordered(staff.office)
    assert found.case == bad
    assert "已办“领导小组确认”，缺“两委评估”" in found.faults
    assert list(queries.disordered(staff.office_r8)) == []


def closed(staff: Staff, case: Case) -> Case:
    actions.close_case(by=staff.secretary, case=case, cause="moved", reason="迁出")
    return case


def test_never_visited(staff: Staff, house: MakeHouse) -> None:
    """二/四/3：常住或户籍在本团、从没有人走访摸排的户；走访过的、不在本团的，不列。"""
    never, seen, away = house(), house(), house(resident=False)
    actions.record_visit(by=staff.cadre, household=seen, kind=VisitKind.SURVEY, found="正常")
    assert [row.number for row in queries.never_seen(staff.office)] == [never.number]
    later = timezone.localdate() + timedelta(days=1)
    assert {row.number for row in queries.never_seen(staff.office, later)} == {never.number, seen.number}
    assert away not in queries.never_seen(staff.office)
    day = timezone.localdate() - timedelta(days=20)
    with pytest.raises(LateNeedsReason):
        actions.record_visit(by=staff.cadre, household=never, kind=VisitKind.DAILY, visited_on=day)
    with pytest.raises(AccessDenied):
        actions.record_visit(by=staff.cadre_c2, household=never, kind=VisitKind.DAILY)


def test_refused_to_apply_and_helped(staff: Staff, house: MakeHouse) -> None:
    """示例16：不愿申报，线索留着有再访日期，不能上报；仍可救助，救助列在体外循环。"""
    clue = actions.report_clue(by=staff.cadre, household=house(), sentence="人均六千五百元")
    day = timezone.localdate() + timedelta(days=14)
    actions.record_refusal(by=staff.cadre, clue=clue, reason="不想让人知道", revisit_on=day)
    clue = Clue.objects.get(pk=clue.pk)
    assert (clue.state, clue.due_on) == ("triaged", day)
    assert "再次走访" in [task.todo for task in queries.inbox_of(staff.secretary).tasks("clue")]
    actions.record_relief(by=staff.cadre, household=clue.household, kind=ReliefKind.GOODS)
    assert [row.household for row in queries.off_book(staff.secretary)] == [clue.household]
    assert not Case.objects.exists() and not ParameterChange.objects.exists()


def test_clues_are_ranked_with_reasons(staff: Staff, house: MakeHouse) -> None:
    """线索有先后，先后有理由；分数只定先后。"""
    first, second = (actions.report_clue(by=staff.cadre, household=house(), sentence="x") for _ in range(2))
    actions.report_clue(by=staff.hospital, household=second.household, sentence="y")
    assert list(queries.clue_list(staff.office)) == [second, first]
    assert Clue.objects.get(pk=second.pk).reasons == ["有部门通报（5）", "有走访和突发事件（5）"]


def test_many_cases_do_not_cost_many_queries(
    staff: Staff, house: MakeHouse, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    """待办和列表的查询次数不随户数增加。"""
    for _ in range(12):
        do(staff, actions.open_case(by=staff.cadre, household=house()), "declare")
    people = staff.secretary, staff.office
    with django_assert_max_num_queries(20):
        assert len(queries.inbox_of(people[0]).tasks("step")) == 12
    with django_assert_max_num_queries(4):
        assert len([case.household.unit.name for case in queries.case_list(people[1])]) == 12
