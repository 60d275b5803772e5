"""The contenders of the intake bench: each is prepared, and then does its work when called, returning the rows it took."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from shouwang.accounts.actions import create_unit  # noqa: E402
from shouwang.accounts.crypto import CITIZEN_NUMBER  # noqa: E402
from shouwang.accounts.models import Unit  # noqa: E402
from shouwang.accounts.origin import Console  # noqa: E402
from shouwang.accounts.roles import Level  # noqa: E402
from shouwang.registry.loading import load_package  # noqa: E402
from shouwang.registry.models import Household, LedgerEntry, Membership, Person  # noqa: E402
from shouwang.units.identity import check_digit  # noqa: E402
from shouwang.units.periods import quarter_of  # noqa: E402

CONSOLE = Console("bench@here")
_LOT = 1_000
#: What a made-up household has on average.
_PEOPLE, _ENTRIES = 3, 24


def prepared(name: str, package: Path, as_of: date) -> Callable[[], int]:
    """An empty database with its units, and the contender's work still to be done."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
    call_command("migrate", verbosity=0, interactive=False)
    regiment = _regiment()
    if name == "ours":
        return lambda: load_package(by=CONSOLE, unit=regiment, path=package, as_of=as_of, create_units=True).read
    company = create_unit(by=CONSOLE, code="c1", name="一连", level=Level.COMPANY, parent=regiment)
    homes = len((package / "households.csv").read_bytes().splitlines()) - 1
    people = [_person(n) for n in range(_PEOPLE * homes)]
    return lambda: _naive(company, homes, people)


def _regiment() -> Unit:
    corps = create_unit(by=CONSOLE, code="bt", name="兵团", level=Level.CORPS)
    division = create_unit(by=CONSOLE, code="d1", name="一师", level=Level.DIVISION, parent=corps)
    return create_unit(by=CONSOLE, code="r7", name="七团", level=Level.REGIMENT, parent=division)


def _person(n: int) -> tuple[str, str, date]:
    born = date(1940 + n % 70, n % 12 + 1, n % 28 + 1)
    first = f"652901{born:%Y%m%d}{n % 1000:03d}"
    return "王" + "伟芳娜敏静秀英丽强磊"[n % 10], first + check_digit(first), born


@transaction.atomic
def _naive(company: Unit, homes: int, people: list[tuple[str, str, date]]) -> int:
    scope, quarter = company.scope_columns, quarter_of(date(2020, 2, 1))
    households = Household.objects.bulk_create(
        (Household(number=f"H{n:07d}", unit=company, **scope) for n in range(homes)), batch_size=_LOT
    )
    persons = Person.objects.bulk_create(
        (
            Person(
                name=name, name_tokens=" ".join(name), citizen=number, citizen_index=CITIZEN_NUMBER.token(number),
                birth_date=born, home=households[n // _PEOPLE],
            )
            for n, (name, number, born) in enumerate(people)
        ),
        batch_size=_LOT,
    )  # fmt: skip
    members = Membership.objects.bulk_create(
        (
            Membership(
                household=person.home, person=person, member_number=f"M{n}", relation="户主" if n % _PEOPLE == 0 else ""
            )
            for n, person in enumerate(persons)
        ),
        batch_size=_LOT,
    )
    entries = LedgerEntry.objects.bulk_create(
        (
            LedgerEntry(household=home, quarter=quarter, kind="wage_income", amount_fen=100_000 + n)
            for home in households
            for n in range(_ENTRIES)
        ),
        batch_size=_LOT,
    )
    return len(households) + len(persons) + len(members) + len(entries)
