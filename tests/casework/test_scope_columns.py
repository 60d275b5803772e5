"""Cases and clues are seen where their household lives, whoever writes what: the database keeps the columns (ADR 0024)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from shouwang.accounts.models import Unit
from shouwang.casework import actions, queries
from shouwang.casework.desk import Desk
from shouwang.casework.models import Case, Clue, ClueSource, StepRecord
from shouwang.registry.actions import move_household
from shouwang.registry.models import Household
from tests.accounts.conftest import CONSOLE
from tests.casework.conftest import MakeHouse, Staff, do
from tests.casework.racing import race

TODAY = date(2020, 5, 14)
COLUMNS = ("division_id", "regiment_id", "company_id")


def columns_of(row: Any) -> tuple[int | None, ...]:
    """As they are in the database, not in memory."""
    found: tuple[int | None, ...] = type(row).objects.values_list(*COLUMNS).get(pk=row.pk)
    return found


def at(unit: Unit) -> tuple[int | None, ...]:
    return tuple(unit.scope_columns[name] for name in COLUMNS)


def waiting(household: Household, **more: Any) -> Clue:
    return Clue(household=household, source=ClueSource.EVENT, fingerprint="x", raised_on=TODAY, **more)


@pytest.mark.django_db
def test_a_row_takes_the_place_of_its_household(tree: dict[str, Unit], house: MakeHouse, case: Case) -> None:
    """新增的个案、线索：逐条、成批、写了别处的，都以户为准。"""
    assert columns_of(case) == at(tree["c1"])
    one = waiting(house("c2"), company_id=tree["c81"].pk)
    one.save(force_insert=True)
    several = Clue.objects.bulk_create([waiting(house("c1")), waiting(house("c81"))])
    assert [columns_of(row) for row in (one, *several)] == [at(tree[name]) for name in ("c2", "c1", "c81")]


@pytest.mark.django_db
def test_the_columns_of_a_row_alone_cannot_be_changed(tree: dict[str, Unit], house: MakeHouse, case: Case) -> None:
    """只改个案自己的范围列：改不动；整行保存内存里的旧值也一样；户仍在原处。"""
    Case.objects.filter(pk=case.pk).update(company=tree["c2"], regiment=None)
    assert columns_of(case) == at(tree["c1"])
    case.company, case.division = None, None
    case.save()
    assert columns_of(case) == at(tree["c1"])
    clue = waiting(house("c2"))
    clue.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE casework_clue SET company_id = NULL WHERE id = %s", [clue.pk])
    assert columns_of(clue) == at(tree["c2"])


@pytest.mark.django_db
def test_a_household_that_moves_takes_its_history_along(
    tree: dict[str, Unit], staff: Staff, house: MakeHouse, case: Case
) -> None:
    """整户转到别团的连：原连、原团从此看不到它的个案、线索、待办、办理记录，新连看得到。"""
    clue = actions.report_clue(by=staff.cadre, household=case.household, sentence="住院")
    do(staff, case, "declare")
    other = actions.report_clue(by=staff.cadre, household=house("c1"), sentence="失业")
    new = {"cadre": staff.make("cadre_c81", "cadre", "c81"), "office": staff.office_r8}
    old = {"cadre": staff.cadre, "office": staff.office}
    assert all(seen(who) == {"cases": {case.pk}, "clues": {clue.pk, other.pk}, "steps": 1} for who in old.values())
    assert all(seen(who) == {"cases": set(), "clues": set(), "steps": 0} for who in new.values())
    move_household(by=CONSOLE, household=case.household, unit=tree["c81"], on=timezone.localdate(), reason="转团")
    assert all(seen(who) == {"cases": set(), "clues": {other.pk}, "steps": 0} for who in old.values())
    assert all(seen(who) == {"cases": {case.pk}, "clues": {clue.pk}, "steps": 1} for who in new.values())
    assert queries.case_counts(old["office"]) == {"overdue": 0}
    assert queries.case_counts(new["office"]) == {"active": 1, "overdue": 0}


def seen(user: Any) -> dict[str, Any]:
    """What the lists of one person hold, and how many records of steps."""
    return {
        "cases": set(queries.case_list(user).values_list("pk", flat=True)),
        "clues": set(queries.clue_list(user).values_list("pk", flat=True)),
        "steps": StepRecord.objects.visible_to(user).count(),
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["report", "move"])
def test_a_clue_raised_while_the_household_moves(tree: dict[str, Unit], house: MakeHouse, first: str) -> None:
    """一边登记线索、一边整户转走，谁先谁后都一样：最后线索在户所在的连。"""
    home, begun = house("c1"), threading.Barrier(2)

    def report() -> None:
        waiting(home).save(force_insert=True)

    def move() -> None:
        move_household(by=CONSOLE, household=home, unit=tree["c2"], on=timezone.localdate(), reason="")

    def ahead(act: Callable[[], None]) -> None:
        with transaction.atomic():
            act()
            begun.wait()
            time.sleep(0.1)  # the other one begins before this one is through

    def behind(act: Callable[[], None]) -> None:
        begun.wait()
        act()

    early, late = (report, move) if first == "report" else (move, report)
    acts = (lambda: ahead(early), lambda: behind(late))
    assert race(lambda place: acts[place](), 2) == [None, None]
    home.refresh_from_db()
    assert columns_of(home) == columns_of(Clue.objects.get(household=home)) == at(tree["c2"])


@pytest.mark.django_db(transaction=True)
def test_a_case_worked_on_while_the_household_moves(tree: dict[str, Unit], case: Case, staff: Staff) -> None:
    """一边办个案、一边整户转走：谁也不等成死锁，两件事都办成。"""
    people, home = [staff.cadre, staff.office], case.household
    there = [tree["c2"], tree["c1"]]

    def work() -> None:
        for _ in range(10):
            actions.report_clue(by=people[1], household=home, sentence=f"情况{time.monotonic_ns()}")
            with transaction.atomic():
                Desk.lock(case).settle()

    def move() -> None:
        for n in range(10):
            home.refresh_from_db()
            move_household(by=CONSOLE, household=home, unit=there[n % 2], on=timezone.localdate(), reason="")

    assert race(lambda place: (work, move)[place](), 2) == [None, None]
    assert columns_of(case) == columns_of(home) == at(tree["c1"])
    assert Clue.objects.get(household=home).lines.count() == 10
