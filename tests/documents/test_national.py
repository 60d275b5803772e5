"""The second policy: its own steps have their papers, and the public notice says no more than it may (C16)."""

from __future__ import annotations

import pytest

from shouwang.accounts.models import Unit
from shouwang.casework import actions as casework
from shouwang.casework import versions
from shouwang.documents import actions
from shouwang.documents.dossier import Dossier
from shouwang.documents.kinds import State, entries
from shouwang.registry.models import Household
from tests.casework.conftest import Clock, Staff, do, walk
from tests.casework.test_procedure_national import switch
from tests.documents.conftest import CITIZENS, NAMES, Walk, text_of_docx, text_of_pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def national(staff: Staff, named_units: dict[str, Unit], clock: Clock) -> None:
    """The regiment works by the second policy from today."""
    switch(staff, named_units, versions.POLICY, "national-2021")
    clock.pass_days(1)


@pytest.mark.usefixtures("national")
def test_every_step_has_its_paper(staff: Staff, family: Household, go: Walk, clock: Clock) -> None:
    case = casework.open_case(by=staff.cadre, household=family)
    walk(staff, case, "notice_end")
    clock.pass_days(6)
    walk(staff, case, "file")
    do(staff, case, "file")
    listed = entries(Dossier.open(case))
    assert [entry.kind for entry in listed] == [
        "declare", "visit", "assess", "review", "notice", "compare", "check", "confirm", "file", "letter",
    ]  # fmt: skip
    assert {entry.state for entry in listed} == {State.READY}
    for entry in listed:
        for form, text_of in (("docx", text_of_docx), ("pdf", text_of_pdf)):
            text = text_of(actions.make_paper(by=staff.office, case=case, kind=entry.kind, form=form).content)
            assert "{{" not in text and "None" not in text and not any(number in text for number in CITIZENS)
    review = text_of_docx(actions.make_paper(by=staff.office, case=case, kind="review", form="docx").content)
    assert "到会人数" in review and "21" in review and "评议通过" in review


@pytest.mark.usefixtures("national")
def test_the_notice_says_no_more_than_it_may(staff: Staff, family: Household, go: Walk) -> None:
    """公示只有姓、单位、人口、类别、期限、受理单位；没有名、号码、收入、病情。"""
    case = casework.open_case(by=staff.cadre, household=family)
    walk(staff, case, "notice_end")
    text = text_of_docx(actions.make_paper(by=staff.office, case=case, kind="notice", form="docx").content)
    assert "古＊＊" in text and "三连" in text and "2人" in text and "公示期" in text
    for secret in (*NAMES, "6599", "0426", "元", "住院", "因病", family.number, case.number, "女"):
        assert secret not in text, secret
