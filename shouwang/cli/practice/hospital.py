"""A file as the hospital of the made-up regiment would send it, to try the way from a bill to a filing.

Its patients are of the regiment: one family the screening has not flagged, with a bill that outruns its income; small
bills of others; and what such files really hold: a stranger, a date that cannot be, a number a digit short.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import xlsxwriter
from django.db.models import Case, When

from shouwang.accounts.models import Unit
from shouwang.casework.models import RunLine
from shouwang.casework.models.screening import FLAGGED
from shouwang.cli.practice.units import busiest
from shouwang.registry.models import Membership, Person
from shouwang.terms.tables import MEDICAL
from shouwang.units.periods import first_day, quarter_of

_SMALL = 8
_NUMBER_LENGTH = 18
#: Yuan: the whole bill, basic insurance, serious-illness insurance, medical aid, what the patient pays.
_HEAVY = (386_000, 92_000, 31_000, 0, 263_000)
_LIGHT = (1_860, 1_240, 0, 0, 620)
#: A number with the form of one that nobody in the regiment has.
_STRANGER = ("欧阳远", "11010519491231002X")


def write(path: Path, regiment: Unit, as_of: date) -> Path:
    """Write the file unless it is there. Its bills were settled in the last whole quarter before `as_of`."""
    if path.exists():
        return path
    settled = first_day(quarter_of(as_of)) - timedelta(days=12)
    patients = _patients(regiment)
    rows = [_bill(patients[0], settled, _HEAVY)]
    rows += [_bill(person, settled - timedelta(days=5 * n), _LIGHT) for n, person in enumerate(patients[1:], start=1)]
    rows.append([*_STRANGER, settled.isoformat(), *_yuan(_LIGHT)])
    rows[2][2] = f"{settled.year}-02-30"
    rows[3][1] = rows[3][1][: _NUMBER_LENGTH - 1]
    return _sheet(path, rows)


def _patients(regiment: Unit) -> list[Person]:
    """Heads of families that the last screening left alone, those of the busiest 连 first."""
    flagged = RunLine.objects.filter(outcome__in=FLAGGED, household__regiment=regiment).values("household")
    heads = Membership.objects.filter(
        household__regiment=regiment, relation="户主", left_on=None, superseded_at=None, resident_here=True
    )
    heads = heads.exclude(household__in=flagged).exclude(person__citizen_index="")
    first = Case(When(household__unit=busiest(regiment)[0], then=0), default=1)
    return [head.person for head in heads.select_related("person").order_by(first, "pk")[: _SMALL + 1]]


def _bill(person: Person, settled: date, yuan: tuple[int, ...]) -> list[str]:
    return [person.name, person.citizen, settled.isoformat(), *_yuan(yuan)]


def _yuan(amounts: tuple[int, ...]) -> list[str]:
    return [f"{amount}.00" for amount in amounts]


def _sheet(path: Path, rows: list[list[str]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    wanted = ("name", "id_number", "settled_on", "total", "basic_paid", "catastrophic_paid", "aid_paid", "self_paid")
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet(MEDICAL.title)
        sheet.set_column(0, len(wanted), 20)
        for place, name in enumerate(wanted):
            sheet.write_string(0, place, MEDICAL.column(name).header)
        for line, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                sheet.write_string(line, place, value)
    return path
