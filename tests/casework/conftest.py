"""A regiment with one company's staff, households made on the spot, and a filled-in form for every step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.utils import timezone

from shouwang.accounts.crypto import CITIZEN_NUMBER
from shouwang.accounts.models import Unit, User
from shouwang.casework import actions
from shouwang.casework.desk import Desk
from shouwang.casework.models import Case, OpenStep, StepRecord
from shouwang.registry.models import Household, Membership, Person
from tests.accounts.conftest import Person as MakePerson
from tests.accounts.conftest import person, private_places, tree

__all__ = ["person", "private_places", "tree"]

_ASSURED = dict.fromkeys(("food", "clothing", "schooling", "medical", "dwelling", "water"), "yes")
#: A form for every step that goes through.
FORMS: dict[str, dict[str, Any]] = {
    "declare": {"applicant": "self", "consent": "yes", "signed": "yes", "statement": "丈夫住院，收入断了"},
    "visit": {"visitors": "周一、周二", "met": "户主", "living": "一般", "income": "与台账一致"},
    "assess": {"attendees": "周一、周三", **_ASSURED, "causes": ["因病"], "opinion": "建议纳入"},
    "review": {"place": "连部", "present": 21, "for": 20, "against": 1, "abstained": 0},
    "notice": {"place": "连部公示栏"},
    "compare": {"departments": ["hospital", "social_insurance"], "differences": "no"},
    "check": {"checkers": ["吴一", "吴二"], "met": "户主", **_ASSURED, "truth": "true", "findings": "属实"},
    "confirm": {"minutes": "七扶领纪1号", "attendees": "甲、乙、丙", "for": 3, "against": 0, "abstained": 0},
    "file": {"document": "七扶办1号"},
    "close": {"cause": "moved"},
}
#: Who does each step in these tests, and who signs beside them.
DOERS = {
    "declare": "cadre", "visit": "cadre", "assess": "member", "review": "member", "notice": "secretary",
    "notice_end": "secretary", "report": "secretary", "compare": "office", "check": "office2", "confirm": "leader",
    "file": "office", "receipt": "division", "answer": "office", "appeal_review": "division",
}  # fmt: skip
SECOND = {"visit": "secretary"}
ROLES = {
    "cadre": ("cadre", "c1"),
    "member": ("committee_member", "c1"),
    "member2": ("committee_member", "c1"),
    "secretary": ("company_secretary", "c1"),
    "office": ("regiment_office", "r7"),
    "office2": ("regiment_office", "r7"),
    "leader": ("leading_group_member", "r7"),
    "leader2": ("leading_group_member", "r7"),
    "head": ("leading_group_head", "r7"),
    "division": ("division_office", "d1"),
    "corps": ("corps", "bt"),
    "hospital": ("department_officer", "hospital"),
    "cadre_c2": ("cadre", "c2"),
    "secretary_c2": ("company_secretary", "c2"),
    "office_r8": ("regiment_office", "r8"),
    "leader_r8": ("leading_group_member", "r8"),
    "division_d2": ("division_office", "d2"),
}


@dataclass
class Staff:
    """People by the names above, made when first asked for."""

    make: MakePerson
    made: dict[str, User]

    def __getattr__(self, name: str) -> User:
        if name not in ROLES:
            raise AttributeError(name)
        if name not in self.made:
            role, at = ROLES[name]
            self.made[name] = self.make(name, role, at)
        return self.made[name]

    def __getitem__(self, name: str) -> User:
        return getattr(self, name)  # type: ignore[no-any-return]


@pytest.fixture
def staff(person: MakePerson) -> Staff:
    return Staff(person, {})


MakeHouse = Callable[..., Household]


@pytest.fixture
def house(tree: dict[str, Unit]) -> MakeHouse:
    """`house()` in c1, `house("c2", citizen_number)` with members of these numbers."""
    numbers = count(1)

    def make(at: str = "c1", *citizens: str, resident: bool = True) -> Household:
        number = f"H{next(numbers):04}"
        household = Household.objects.create(number=number, unit=tree[at], **tree[at].scope_columns)
        for place, citizen in enumerate(citizens or ("",), start=1):
            index = CITIZEN_NUMBER.token(citizen) if citizen else ""
            who = Person.objects.create(name=f"{number}人{place}", citizen=citizen, citizen_index=index, home=household)
            Membership.objects.create(
                household=household, person=who, member_number=f"{number}-{place}", resident_here=resident,
                registered_here=resident,
            )  # fmt: skip
        return household

    return make


def do(staff: Staff, case: Case, step: str, way: str = "", **more: Any) -> StepRecord:
    """One step by the right people, with its first outcome unless told otherwise."""
    chosen = Desk.look(Case.objects.get(pk=case.pk)).procedure.step(step)
    assert chosen is not None
    facts = {"evidence": FORMS.get(step, {}), "note": "说明", **more}
    record = actions.act(by=staff[DOERS[step]], case=case, step=step, way=way or chosen.ways[0].id, **facts)
    if step in SECOND:
        actions.cosign(by=staff[SECOND[step]], record=record)
    case.refresh_from_db()
    return record


def walk(staff: Staff, case: Case, upto: str) -> Case:
    """Every open step in order until `upto` is open."""
    case.refresh_from_db()
    while upto not in open_of(case):
        (step, *_) = open_of(case)
        do(staff, case, step)
    return case


def open_of(case: Case) -> list[str]:
    """The open steps, in the order of the procedure."""
    names = set(OpenStep.objects.filter(case=case).values_list("step", flat=True))
    case = Case.objects.select_related("version").get(pk=case.pk)
    state = Desk.look(case).state
    assert names == set(state.open), "the rows of open steps are what the records say"
    return list(state.open)


@dataclass
class Clock:
    """A day that tests may choose."""

    now: datetime

    def on(self, day: date) -> None:
        self.now = timezone.make_aware(datetime(day.year, day.month, day.day, 9, 30))

    def pass_days(self, days: int) -> None:
        self.now += timedelta(days=days)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """Days pass by command. Only forwards, as the audit trail demands."""
    held = Clock(timezone.now())
    monkeypatch.setattr(timezone, "now", lambda: held.now)
    yield held


@pytest.fixture
def case(staff: Staff, house: MakeHouse) -> Case:
    """A case just opened in c1."""
    return actions.open_case(by=staff.cadre, household=house())
