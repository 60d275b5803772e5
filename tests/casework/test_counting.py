"""What is counted by one query equals what is counted one by one; and a page costs the same queries however many households."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from shouwang.accounts.models import Unit, User
from shouwang.accounts.scope import AccessDenied, effective_posts
from shouwang.casework import actions, queries
from shouwang.casework.desk import Desk
from shouwang.casework.errors import CaseworkError
from shouwang.casework.models import LIVE, Case, Clue, OpenStep, Signature, StepRecord, VisitKind
from shouwang.casework.queries import suspicion, suspicion_lists
from shouwang.casework.queries.clues import WAITING
from shouwang.casework.queries.tasks import source
from shouwang.casework.signing import may_sign
from shouwang.registry.models import Household, Membership
from tests.casework.conftest import MakeHouse, Staff, do, open_of

pytestmark = pytest.mark.django_db

AT = ("c1", "c2", "c81")
EVERYBODY = (
    "secretary",
    "secretary_c2",
    "office",
    "office2",
    "leader",
    "division",
    "office_r8",
    "division_d2",
    "hospital",
)


@pytest.fixture(params=[1, 2])
def population(request: pytest.FixtureRequest, staff: Staff, house: MakeHouse) -> list[Household]:
    """Households in three companies at random: some visited, some with clues, some with cases, some of those in disorder."""
    dice = Random(request.param)
    workers = {"c1": staff.cadre, "c2": staff.cadre_c2, "c81": staff.make("cadre_c81", "cadre", "c81")}
    homes = [house(dice.choice(AT), *[""] * dice.randint(1, 3), resident=dice.random() < 0.9) for _ in range(16)]
    for home in homes:
        worker = workers[home.unit.code]
        if dice.random() < 0.3:
            actions.record_visit(by=worker, household=home, kind=VisitKind.SURVEY, found="正常")
        if dice.random() < 0.5:
            actions.report_clue(by=worker, household=home, sentence="困难")
        if dice.random() < 0.6:
            _case(dice, staff, actions.open_case(by=worker, household=home))
    homes.insert(0, house())
    do(staff, actions.open_case(by=staff.cadre, household=homes[0]), "declare")
    for rows in (Clue.objects.all(), Case.objects.all(), OpenStep.objects.all()):
        for row in rows:
            rows.filter(pk=row.pk).update(due_on=timezone.localdate() + timedelta(days=dice.randint(-3, 3)))
    for home in dice.sample(homes, 4):
        Clue.objects.filter(household=home).update(still_found=False)
    Household.objects.filter(pk=homes[-1].pk).update(closed_on=timezone.localdate())
    left = Membership.objects.filter(household=homes[1]).latest("pk")
    Membership.objects.filter(pk=left.pk).update(left_on=timezone.localdate() - timedelta(days=1))
    return homes


def _case(dice: Random, staff: Staff, case: Case) -> None:
    """Some cases go their way as far as it may be; into others records are written past the procedure."""
    if case.household.unit.code == "c1" and dice.random() < 0.6:
        for _ in range(dice.randint(0, 4)):
            do(staff, case, open_of(case)[0])
        return
    today, post = timezone.localdate(), staff.office.posts.get()
    for step in Desk.look(case).procedure.steps[:8]:
        if dice.random() < 0.8:
            record = StepRecord.objects.create(
                case=case, step=step.id, round=1, way=step.ways[0].id, by=staff.office, post=post,
                occurred_on=today - timedelta(days=dice.choice((0, 0, 0, 3))),
            )  # fmt: skip
            for user in (staff.office, staff.leader)[: dice.choice((step.signatures, step.signatures, 1))]:
                Signature.objects.create(record=record, user=user, post=user.posts.get())
    if dice.random() < 0.3:
        Case.objects.filter(pk=case.pk).update(compared_on=today)


def test_counts_equal_what_is_counted_one_by_one(staff: Staff, population: list[Household]) -> None:
    for name in EVERYBODY:
        _counts_agree(staff[name])


def _counts_agree(user: User) -> None:
    today = timezone.localdate()
    cases = list(queries.case_list(user).prefetch_related("open_steps"))
    late = [
        case for case in cases
        if (case.status == "active" and case.due_on < today)
        or any(step.due_on and step.due_on < today for step in case.open_steps.all())
    ]  # fmt: skip
    assert queries.case_counts(user) == Counter(case.status for case in cases) | {"overdue": len(late)}

    clues = list(queries.clue_list(user))
    waiting = [clue for clue in clues if clue.state in WAITING and clue.due_on and clue.due_on < today]
    assert queries.clue_counts(user) == Counter(clue.state for clue in clues) | {"overdue": len(waiting)}

    for one, count in queries.suspicions_for(user, frozenset(suspicion_lists.WATCHERS)):
        assert count == len(list(one.found(user))), one.kind


def test_no_disorder_is_overlooked(staff: Staff, population: list[Household]) -> None:
    for name in EVERYBODY:
        _disorder_agrees(staff[name])


def _disorder_agrees(user: User) -> None:
    """Every case is replayed here; the query replays only those the database doubts."""
    wrong = {case.pk: suspicion.faults_of(case) for case in queries.case_list(user)}
    found = {one.case.pk: one.faults for one in queries.disordered(user)}
    assert found == {pk: faults for pk, faults in wrong.items() if faults}


def test_some_of_the_cases_are_in_disorder(staff: Staff, population: list[Household]) -> None:
    """Or the test above says nothing."""
    found = len(list(queries.disordered(staff.division)))
    assert 0 < found < len(queries.case_list(staff.division))


@pytest.mark.parametrize("head", [source.PAGE, 2])
def test_the_inbox_holds_what_the_signing_rules_allow(
    head: int, staff: Staff, population: list[Household], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the pile is longer than what is read with its count."""
    monkeypatch.setattr(source, "PAGE", head)
    for name in EVERYBODY:
        _inbox_agrees(staff[name])


def _inbox_agrees(user: User) -> None:
    today = timezone.localdate()
    opened = OpenStep.objects.select_related("case__household__unit", "case__version")
    allowed = {row.pk for row in opened if row.record is None and _may(user, row)}
    inbox = queries.inbox_of(user)
    everything = inbox.tasks(limit=1_000)
    steps = Counter((task.uuid, task.step) for task in everything if task.kind == "step")
    assert steps == Counter((str(row.case.uuid), row.step) for row in opened if row.pk in allowed)
    assert inbox.whole.total == len(everything)
    assert inbox.whole.overdue == sum(task.overdue for task in everything)
    assert everything == sorted(everything, key=lambda task: task.due_on or today.max)
    parts = [inbox.tasks(limit=3, offset=start) for start in range(0, len(everything), 3)]
    assert [task.uuid for part in parts for task in part] == [task.uuid for task in everything]


def _may(user: User, row: OpenStep) -> bool:
    desk = Desk.look(row.case)
    step = desk.procedure.step(row.step)
    assert step is not None
    try:
        may_sign(user, desk, step)
    except (AccessDenied, CaseworkError):
        return False
    return row.earliest is None or row.earliest <= timezone.localdate()


# ---- totals


def test_totals_equal_what_is_counted_one_by_one(staff: Staff, population: list[Household]) -> None:
    for name in ("secretary", "office", "division", "corps", "office_r8"):
        _totals_agree(staff[name], hidden=name == "corps")


def _totals_agree(user: User, hidden: bool) -> None:
    unit = effective_posts(user)[0].unit
    found = queries.statistics(user, unit)
    homes = [home for home in Household.objects.select_related("unit") if home.closed_on is None]
    for line in found.lines:
        mine = [home for home in homes if line.unit.pk in (home.division_id, home.regiment_id, home.company_id)]
        for measure, cell in line.cells.items():
            chosen = [home for home in mine if _counts(home, measure)]
            told = len(chosen), sum(_people(home) for home in chosen)
            small = hidden and any(0 < number < 5 for number in told)
            assert (cell.households, cell.people) == ((None, None) if small else told), (line.unit.code, measure)


def _counts(home: Household, measure: str) -> bool:
    statuses = {case.status for case in Case.objects.filter(household=home)}
    if measure == "clues":
        return Clue.objects.filter(household=home, state__in=WAITING, still_found=True).exists()
    if measure == "refused":
        return "refused" in statuses and not statuses & set(LIVE)
    wanted = {"active": {"active", "appealed"}, "confirmed": {"confirmed"}}
    return measure == "households" or bool(statuses & wanted[measure])


def _people(home: Household) -> int:
    return sum(one.left_on is None and one.superseded_at is None for one in home.memberships.all())


def test_totals_of_large_units_are_kept_and_say_since_when(
    staff: Staff, house: MakeHouse, tree: dict[str, Unit], monkeypatch: pytest.MonkeyPatch
) -> None:
    house()
    first = queries.statistics(staff.division, tree["d1"])
    house()
    again = queries.statistics(staff.division, tree["d1"])
    assert (again.counted_at, again.totals) == (first.counted_at, first.totals)
    now = queries.statistics(staff.division, tree["d1"], fresh=True)
    assert now.counted_at > first.counted_at and now.totals["households"].households == 2
    assert queries.statistics(staff.division, tree["d1"]).counted_at == now.counted_at
    assert queries.statistics(staff.office, tree["r7"]).totals["households"].households == 2
    house()
    before = queries.statistics(staff.office, tree["r7"])
    assert before.totals["households"].households == 3
    monkeypatch.setattr(import_module("shouwang.casework.queries.statistics"), "MANY", 2)
    kept = queries.statistics(staff.office, tree["r7"])
    house()
    assert queries.statistics(staff.office, tree["r7"]) == kept
    assert queries.statistics(staff.office, tree["r7"], fresh=True).totals["households"].households == 4


def test_what_is_kept_for_one_reach_is_not_shown_to_another(
    staff: Staff, house: MakeHouse, tree: dict[str, Unit]
) -> None:
    house()
    assert queries.statistics(staff.corps, tree["d1"]).lines
    seen = queries.statistics(staff.division_d2, tree["d1"])
    assert seen.totals["households"].households == 0
    assert queries.statistics(staff.division, tree["d1"]).totals["households"].households == 1


def test_a_long_list_is_counted_so_far_and_no_further(
    staff: Staff, house: MakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suspicion_lists, "CAP", 3)
    for _ in range(6):
        house()
    counts = {one.kind: n for one, n in queries.suspicions_for(staff.office, frozenset(suspicion_lists.WATCHERS))}
    assert counts["never_seen"] == 4 and counts["stalled"] == 0


# ---- how many queries


def test_the_suspicions_of_the_first_page_are_kept_and_say_since_when(staff: Staff, house: MakeHouse) -> None:
    watched = frozenset(suspicion_lists.WATCHERS)
    house()
    counted_at, before = queries.suspicions_lately(staff.office, watched)
    house()
    assert queries.suspicions_lately(staff.office, watched) == (counted_at, before)
    assert dict(_numbers(before))["never_seen"] == 1
    assert dict(_numbers(queries.suspicions_for(staff.office, watched)))["never_seen"] == 2
    assert dict(_numbers(queries.suspicions_lately(staff.office_r8, watched)[1]))["never_seen"] == 0
    assert dict(_numbers(queries.suspicions_lately(staff.division, watched)[1]))["never_seen"] == 2


def _numbers(found: list[tuple[suspicion_lists.Suspicion, int]]) -> list[tuple[str, int]]:
    return [(one.kind, count) for one, count in found]


def at_work(user: User) -> User:
    """As the middleware leaves a person: the post looked up once for the request."""
    (user.acting_post,) = effective_posts(user)
    return user


def test_the_inbox_costs_so_many_queries(
    staff: Staff, population: list[Household], django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for name, most in (("office", 24), ("secretary", 14), ("division", 9), ("leader", 9)):
        user = at_work(staff[name])
        with django_assert_max_num_queries(most):
            inbox = queries.inbox_of(user)
            assert inbox.whole.total == len(inbox.tasks(limit=1_000))


def test_the_figures_of_the_watchers_cost_so_many_queries(
    staff: Staff, house: MakeHouse, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    """Cases in order cost none; each case in doubt is replayed."""
    for _ in range(8):
        do(staff, actions.open_case(by=staff.cadre, household=house()), "declare")
    user = at_work(staff.office)
    with django_assert_max_num_queries(10):
        queries.suspicions_for(user, frozenset(suspicion_lists.WATCHERS))
    with django_assert_max_num_queries(2):
        queries.case_counts(user)
    with django_assert_max_num_queries(2):
        queries.clue_counts(user)
