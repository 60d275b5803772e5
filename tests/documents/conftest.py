"""A case with a family one can recognise in a document, walked as far as a test wants."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from docx import Document
from pypdf import PdfReader

from shouwang.accounts.models import Unit
from shouwang.casework import actions
from shouwang.casework.models import Case, Clue, ClueLine, ClueSource, RunLine, RunState, ScreeningRun
from shouwang.registry.models import Household, Membership, Person
from tests.accounts.conftest import person, private_places, tree
from tests.casework.conftest import FORMS, MakeHouse, Staff, clock, house, staff, walk

__all__ = ["clock", "house", "person", "private_places", "staff", "tree"]

#: Made up; the check digits are right, the places do not exist.
CITIZENS = ("659999196503072711", "659999199011230426")
NAMES = ("古丽娜", "阿依古丽")
#: What the people of the walk wrote, so that a test can look for it.
SPOKEN = {
    **FORMS,
    "declare": {"applicant": "agent", "agent": "马代办", "agent_relation": "邻居", "consent": "yes", "signed": "yes",
                "statement": "丈夫住院三个月，地里的活没人干，收入断了。"},
    "visit": {"visitors": "周一、周二", "met": "户主古丽娜", "living": "住房一般，米面够吃；联系电话13812345678。",
              "income": "比台账少一笔打工收入三千元，因病没有出工。"},
    "assess": {**FORMS["assess"], "dwelling": "unclear", "causes": ["因病", "缺劳动力"], "opinion": "收入明显下降，建议纳入监测。"},
    "compare": {"departments": ["hospital", "social_insurance"], "differences": "yes", "difference_note": "医院票据多一张，已补录。",
                "assets": "名下有2012年小货车一辆"},
    "check": {**FORMS["check"], "findings": "核查情况与申报一致，身份证659999196503072711已核对。", "photos": "4"},
    "confirm": {**FORMS["confirm"], "recused": "丁"},
}  # fmt: skip


def screened(case: Case) -> Case:
    """The clue of the case as a screening leaves it: figures and two reasons."""
    run = ScreeningRun.objects.create(
        unit=case.household.regiment, policy="qituan-2020", policy_sha256="x", as_of=timezone.localdate(),
        state=RunState.QUEUED,
    )  # fmt: skip
    RunLine.objects.create(
        run=run,
        household=case.household,
        outcome="met",
        members=3,
        net_income=1800000,
        base_income=2400000,
        rigid=4932360,
    )
    Clue.objects.filter(pk=case.clue_id).update(run=run)
    window = "2019年第2季度至2020年第1季度"
    for rule, clause, sentence, figures in (
        ("income_below_line", "二/一/p1", f"{window}家庭纯收入18000.00元，共同生活3人，人均6000.00元，低于监测线8000.00元。",
         {"window": window, "net_income": 1800000, "heads": 3, "net_income_per_head": 600000}),
        ("medical_burden", "二/三/3", f"{window}医疗费用报销后仍负担49323.60元，高于负担线。",
         {"window": window, "after_insurance": 4932360}),
    ):  # fmt: skip
        ClueLine.objects.create(
            clue_id=case.clue_id, source=ClueSource.SCREENING, run=run, rule=rule, outcome="met", clause=clause,
            sentence=sentence, figures=figures, fingerprint=rule,
        )  # fmt: skip
    return Case.objects.get(pk=case.pk)


@pytest.fixture
def named_units(tree: dict[str, Unit]) -> dict[str, Unit]:
    """Units with the names people use."""
    for code, name in {"d1": "第一师", "r7": "七团", "c1": "三连", "c2": "五连", "r8": "八团"}.items():
        Unit.objects.filter(code=code).update(name=name)
        tree[code].refresh_from_db()
    return tree


@pytest.fixture
def family(named_units: dict[str, Unit], house: MakeHouse) -> Household:
    """Two people with citizen numbers; the first is the head."""
    home = house("c1", *CITIZENS)
    for place, name, member in zip(
        (1, 2), NAMES, Membership.objects.filter(household=home).order_by("member_number"), strict=True
    ):
        Person.objects.filter(pk=member.person_id).update(name=name, sex="female", birth_date=f"19{60 + place}-03-07")
        Membership.objects.filter(pk=member.pk).update(relation="户主" if place == 1 else "女儿")
    return home


@pytest.fixture
def case(staff: Staff, family: Household) -> Case:
    """A case opened on a clue with figures."""
    clue = actions.report_clue(by=staff.cadre, household=family, sentence="走访时看到丈夫住院")
    return screened(actions.open_case_from_clue(by=staff.cadre, clue=clue))


Walk = Callable[..., Case]


@pytest.fixture
def go(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """`go(case, "confirm")`: every step before it done, with the words of SPOKEN; `go(case)`: to the end."""
    for step, form in SPOKEN.items():
        monkeypatch.setitem(FORMS, step, form)

    def onwards(case: Case, upto: str = "") -> Case:
        if upto:
            return walk(staff, case, upto)
        walk(staff, case, "file")
        return walk(staff, case, "receipt")

    return onwards


def text_of_docx(content: bytes) -> str:
    """All the words of a docx, tables and footers included, in order."""
    document = Document(BytesIO(content))
    return "\n".join("".join(t.text or "" for t in p.iter() if t.tag.endswith("}t")) for p in _paragraphs(document))


def _paragraphs(document: Any) -> list[Any]:
    parts = [document.element.body, *(section.footer._element for section in document.sections)]
    return [p for part in parts for p in part.iter() if p.tag.endswith("}p")]


def text_of_pdf(content: bytes) -> str:
    """All the words of a PDF, without spaces and line breaks."""
    return "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
