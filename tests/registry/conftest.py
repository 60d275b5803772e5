"""A regiment's people in their posts, a family in the first company, and files as departments send them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from shouwang.accounts.models import AuditEvent, Unit, User
from shouwang.registry.actions import Newcomer, register_household
from shouwang.registry.models import Household, Membership
from shouwang.units.identity import check_digit
from tests.accounts.conftest import Person, person, private_places, tree

__all__ = ["Person", "person", "private_places", "tree"]

OPENED = date(2015, 1, 1)


def number(born: str, place: int, region: str = "652901") -> str:
    """A made-up citizen number that is right."""
    first = f"{region}{born.replace('-', '')}{place:03d}"
    return first + check_digit(first)


@pytest.fixture
def office(person: Person) -> User:
    return person("office", "regiment_office", "r7")


@pytest.fixture
def secretary(person: Person) -> User:
    return person("secretary", "company_secretary", "c1")


FAMILY = (
    Newcomer("王志强", "户主", number("1970-05-20", 11), joined_on=OPENED),
    Newcomer("李秀兰", "配偶", number("1972-03-01", 22), joined_on=OPENED),
    Newcomer("王小明", "之子", number("1995-06-01", 33), joined_on=OPENED),
    Newcomer("王小红", "之女", number("2009-06-01", 44), joined_on=OPENED),
)


@pytest.fixture
def family(office: User, tree: dict[str, Unit]) -> Household:
    """Four people in company c1."""
    return register_household(by=office, unit=tree["c1"], number="7T-1", on=OPENED, members=FAMILY)


def member(household: Household, name: str) -> Membership:
    return Membership.objects.select_related("person", "household").get(
        household=household, person__name=name, superseded_at=None
    )


def verbs(after: int = 0) -> list[str]:
    return list(AuditEvent.objects.filter(seq__gt=after).order_by("seq").values_list("verb", flat=True))


def last_seq() -> int:
    last = AuditEvent.objects.order_by("-seq").first()
    return last.seq if last else 0


@pytest.fixture
def sent(tmp_path: Path) -> Callable[..., Path]:
    """`sent("medical.csv", header, rows)`: a file as a department sends it."""

    def write(name: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out).writerows([header, *rows])
        return path

    return write


BILL = ("身份证号", "姓名", "出生日期", "结算日期", "总费用", "个人自付")
