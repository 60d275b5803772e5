"""Two people acting at once: exactly one wins, the others are told who and when (T19, R4). On SQLite and PostgreSQL."""

from __future__ import annotations

from collections import Counter

import pytest

from shouwang.accounts.audit_chain import verify
from shouwang.accounts.models import AuditEvent, User
from shouwang.casework import actions, screenings
from shouwang.casework.errors import ClueDone, Conflict, DoneBefore, LiveCaseExists
from shouwang.casework.models import Case, Clue, Confirmation, Signature, StepRecord
from tests.casework.conftest import FORMS, MakeHouse, Staff, do, open_of, walk
from tests.casework.racing import RACERS, race

pytestmark = pytest.mark.django_db(transaction=True)


def leaders(staff: Staff) -> list[User]:
    return [staff.make(f"leader{n}", "leading_group_member", "r7") for n in range(RACERS)]


def outcome(results: list[Exception | None]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def test_one_confirmation_of_twenty(staff: Staff, case: Case) -> None:
    """二十名成员同时确认一案：一人成，十九人被告知谁在何时办了。"""
    walk(staff, case, "confirm")
    people = leaders(staff)
    before = AuditEvent.objects.count()
    results = race(
        lambda n: actions.act(by=people[n], case=case, step="confirm", way="confirmed", evidence=FORMS["confirm"])
    )
    assert outcome(results) == {"NoneType": 1, "DoneBefore": RACERS - 1}
    winner = people[results.index(None)]
    assert all(winner.display_name in str(result) for result in results if isinstance(result, DoneBefore))
    assert all(result.status == 409 for result in results if isinstance(result, Conflict))
    assert StepRecord.objects.filter(case=case, step="confirm").count() == Confirmation.objects.count() == 1
    assert AuditEvent.objects.count() == before + 1
    assert verify().intact


def test_confirm_against_refuse_against_return(staff: Staff, case: Case) -> None:
    """同时有人确认、有人退回、有人不予认定：只有一个结果。"""
    walk(staff, case, "confirm")
    people = leaders(staff)
    ways = ("confirmed", "refused", "back_to_company", "check_again")
    results = race(
        lambda n: actions.act(
            by=people[n], case=case, step="confirm", way=ways[n % 4], evidence=FORMS["confirm"] | votes(n), note="理由"
        )
    )
    assert outcome(results)["NoneType"] == 1
    assert all(isinstance(result, Conflict) for result in results if result is not None)
    won = StepRecord.objects.get(case=case, step="confirm")
    case.refresh_from_db()
    expected = {"confirmed": ("confirmed", ["file"]), "refused": ("refused", []), "back_to_company": ("active", ["assess"]),
                "check_again": ("active", ["check"])}[won.way]  # fmt: skip
    assert (case.status, open_of(case)) == expected


def votes(n: int) -> dict[str, int]:
    return {"for": 3, "against": 0} if n % 4 == 0 else {"for": 0, "against": 3}


def test_second_signatures(staff: Staff, case: Case) -> None:
    """二十人同时作第二签字人：一人成，步骤只办一次。"""
    walk(staff, case, "visit")
    record = actions.act(by=staff.cadre, case=case, step="visit", way="visited", evidence=FORMS["visit"])
    people = [staff.make(f"m{n}", "committee_member", "c1") for n in range(RACERS)]
    results = race(lambda n: actions.cosign(by=people[n], record=record))
    assert outcome(results) == {"NoneType": 1, "DoneBefore": RACERS - 1}
    assert Signature.objects.filter(record=record).count() == 2


def test_one_case_of_a_clue_or_household(staff: Staff, house: MakeHouse) -> None:
    """同一条线索二十人同时立案：一案；同一户二十人同时立案：一案，编号不重。"""
    people = [staff.make(f"m{n}", "committee_member", "c1") for n in range(RACERS)]
    clue = actions.report_clue(by=staff.cadre, household=house(), sentence="困难")
    results = race(lambda n: actions.open_case_from_clue(by=people[n], clue=clue))
    assert outcome(results) == {"NoneType": 1, ClueDone.__name__: RACERS - 1}
    home = house()
    results = race(lambda n: actions.open_case(by=people[n], household=home))
    assert outcome(results) == {"NoneType": 1, LiveCaseExists.__name__: RACERS - 1}
    homes = [house() for _ in range(RACERS)]
    assert outcome(race(lambda n: actions.open_case(by=people[n], household=homes[n]))) == {"NoneType": RACERS}
    numbers = list(Case.objects.values_list("number", flat=True))
    assert len(set(numbers)) == len(numbers) == RACERS + 2


def test_one_clue_of_twenty_reports(staff: Staff, house: MakeHouse) -> None:
    """二十人同时报同一户：一条线索，二十行。"""
    people = [staff.make(f"m{n}", "committee_member", "c1") for n in range(RACERS)]
    home = house()
    results = race(lambda n: actions.report_clue(by=people[n], household=home, sentence=f"情况{n}"))
    assert outcome(results) == {"NoneType": RACERS}
    assert Clue.objects.get(household=home).lines.count() == RACERS


def test_a_run_is_done_by_one_worker(staff: Staff, house: MakeHouse) -> None:
    """二十个后台进程抢一次筛查：一个拿到。"""
    house()
    actions.run_screening(by=staff.office, regiment=staff.office.unit)
    taken: list[object] = []
    race(lambda n: taken.append(screenings.claim()))
    assert sum(run is not None for run in taken) == 1


def test_withdrawn_while_it_is_confirmed(staff: Staff, case: Case) -> None:
    """一边撤回、一边确认：结果只有一个，且与记录相符。"""
    walk(staff, case, "confirm")
    people = leaders(staff)

    def act(n: int) -> object:
        if n % 2:
            return actions.withdraw(by=staff.made["cadre"], case=case, reason="撤")
        return do_confirm(people[n], case)

    results = race(act)
    case.refresh_from_db()
    assert outcome(results)["NoneType"] == 1
    assert case.status in ("confirmed", "withdrawn")
    assert (case.status == "confirmed") == StepRecord.objects.filter(case=case, step="confirm").exists()
    if case.status == "confirmed":
        do(staff, case, "file")


def do_confirm(user: User, case: Case) -> StepRecord:
    return actions.act(by=user, case=case, step="confirm", way="confirmed", evidence=FORMS["confirm"])
