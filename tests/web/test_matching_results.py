"""部门成效: a department sees its own, the office all; what counts as proved right; the export is on record."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.casework import actions
from shouwang.casework.models import Clue, ClueReport
from shouwang.casework.queries.precision import DepartmentResults, department_results
from shouwang.registry.actions import Verdict, confirm_batch, decide_match, undo_batch
from shouwang.registry.models import SourceBatch
from tests.accounts.conftest import Person as MakePerson
from tests.casework.conftest import MakeHouse, Staff, house, staff, walk
from tests.registry.conftest import family, last_seq, number, office, sent, verbs
from tests.registry.test_batches import doctor, stage
from tests.web.test_matching import batch, body, row_of

__all__ = ["batch", "doctor", "family", "house", "office", "sent", "staff", "stage"]

Browser = Callable[..., Client]
DAY = date(2020, 5, 1)
pytestmark = pytest.mark.django_db


def report(doctor: User, citizen: str, sentence: str) -> ClueReport:
    return actions.report_person(
        by=doctor, person_name="某人", citizen_number=citizen, cause="因病", occurred_on=DAY, sentence=sentence
    )


def line(user: User, department: str = "hospital") -> DepartmentResults:
    return next(one for one in department_results(user) if one.unit.department == department)


def test_rows_are_counted_by_what_became_of_them(office: User, doctor: User, batch: SourceBatch) -> None:
    confirm_batch(by=doctor, batch=batch, reason="核对过原件")
    decide_match(by=office, row=row_of(batch, "李秀芝"), verdict=Verdict.NOBODY)
    decide_match(by=office, row=row_of(batch, "外地人"), verdict=Verdict.LATER)
    for user in (office, doctor):
        one = line(user)
        assert (one.batches, one.sent, one.taken, one.waiting, one.by_hand) == (1, 4, 1, 2, 1)
        assert one.rows["refused"] == 1
    undo_batch(by=doctor, batch=batch, reason="重来")
    assert line(office).sent == 0


def test_reports_prove_right_or_wrong_only_when_decided(staff: Staff, house: MakeHouse) -> None:
    ours = [number("1970-05-20", place) for place in (11, 12, 13)]
    home = house("c1", *ours)
    assert line(staff.office).percent is None
    for place, citizen in enumerate(ours):
        report(staff.hospital, citizen, f"第{place}件")
    strange = report(staff.hospital, number("1960-01-01", 7), "查无此人")
    assert (line(staff.office).reports.total(), line(staff.office).decided) == (4, 0)
    actions.answer_report(by=staff.office, report=strange, reason="不是本团的人")
    assert (line(staff.hospital).decided, line(staff.hospital).percent) == (1, 0)
    case = actions.open_case_from_clue(by=staff.cadre, clue=Clue.objects.get(household=home))
    assert line(staff.office).reports["opened"] == 3
    walk(staff, case, "file")
    assert (line(staff.office).right, line(staff.office).decided, line(staff.office).percent) == (3, 4, 75)
    assert line(staff.office, "school").reports.total() == 0


def test_a_department_sees_only_its_own_line(
    browser: Browser, person: MakePerson, doctor: User, office: User, batch: SourceBatch
) -> None:
    page = body(browser(doctor).get(reverse("web:department_results")))
    assert re.findall(r'<th role="rowheader"[^>]*>(\w+)', page) == ["hospital", "hospital"]
    assert "导出 Excel" not in page
    page = body(browser(office).get(reverse("web:department_results")))
    assert re.findall(r'<th role="rowheader"[^>]*>(\w+)', page)[:2] == ["hospital", "school"]
    assert "导出 Excel" in page
    assert "还没有结果" in page
    far = body(browser(person("far", "regiment_office", "r8")).get(reverse("web:department_results")))
    assert "hospital" not in far
    for role, at in (("cadre", "c1"), ("company_secretary", "c1"), ("division_office", "d1")):
        client = browser(person(role, role, at))
        assert client.get(reverse("web:department_results")).status_code == 404


def test_the_export_is_for_those_who_may_and_on_record(
    browser: Browser, person: MakePerson, office: User, doctor: User, batch: SourceBatch
) -> None:
    address = reverse("web:department_results_export")
    assert browser(doctor).get(address).status_code == 404
    client, before = browser(office), last_seq()
    assert client.get(address).status_code == 200
    assert b"PK" not in client.post(address, {"reason": ""}).content[:2]
    made: Any = client.post(address, {"reason": "月度通报"})
    book = openpyxl.load_workbook(BytesIO(made.content))
    heading, first, *_ = book["部门成效"].iter_rows(values_only=True)
    told = dict(zip(heading, first, strict=True))
    assert (told["部门"], told["上报行数"], told["待判定"]) == ("hospital", 4, 3)
    assert "results.exported" in verbs(before)
    assert Path(made.headers["Content-Disposition"]).suffix.startswith(".xlsx")
