"""The case pages in a real browser: fields that come and go, a visit and a confirmation filled in by hand, and how it looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from shouwang.accounts.models import Unit
from shouwang.casework import actions, versions
from shouwang.casework.models import Case
from shouwang.web import forms
from tests.casework.conftest import MakeHouse, Staff, case, clock, do, house, open_of, staff, walk
from tests.casework.test_procedure_national import switch
from tests.web.conftest import Enter, Watched
from tests.web.test_cases import named, screened

__all__ = ["case", "clock", "house", "staff"]

Look = Callable[[Watched, str], None]
pytestmark = pytest.mark.django_db

LONG_UNIT = "第一师阿拉尔市七团一连（含社区居委会和农业技术推广站）"


@pytest.fixture
def family(staff: Staff, house: MakeHouse, tree: dict[str, Unit]) -> Case:
    """A family with a clue of the screening and of a neighbour, its case just opened."""
    Unit.objects.filter(pk=tree["c1"].pk).update(name=LONG_UNIT)
    home = named(house("c1", "", "", ""), "阿卜杜热西提·买买提依明江")
    clue = screened(home)
    actions.report_clue(by=staff.cadre, household=home, sentence="丈夫住院，妻子在医院陪护，棉花没有人管")
    return actions.open_case_from_clue(by=staff.cadre, clue=clue)


def to(watched: Watched, name: str, *args: Any) -> Any:
    watched.open(reverse(name, args=args))
    watched.page.set_viewport_size({"width": 1440, "height": 900})
    return watched.page


def saved(page: Any) -> None:
    page.wait_for_selector(".banner--good")


def test_a_visit_is_recorded_and_signed_by_two(enter: Enter, look: Look, staff: Staff, family: Case) -> None:
    walk(staff, family, "declare")
    cadre = enter(staff.cadre)
    page = to(cadre, "web:case", family.number)
    look(cadre, "case-opened")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.click("text=办理“本人申报”")
    page.wait_for_selector("body[data-ready=yes]")
    assert not page.is_visible("#id_e_agent") and not page.is_visible("#id_late_reason")
    page.click("text=他人代办")
    assert page.is_visible("#id_e_agent") and page.is_visible("#id_e_agent_relation")
    page.check("input[name=way][value=declined]", force=True)
    assert not page.is_visible("#id_e_statement")
    assert page.inner_text("form.act .button--main") == "下一步：核对"
    page.check("input[name=way][value=declared]", force=True)
    assert page.is_visible("#id_e_statement") and page.inner_text("form.act .button--main") == "签字提交"
    page.fill("#id_occurred_on", "2020-01-01")
    assert page.is_visible("#id_late_reason")
    do(staff, family, "declare")
    page = to(cadre, "web:case_step", family.number, "visit")
    page.fill("#id_e_visitors", "周一")
    page.click("text=签字提交")
    page.wait_for_selector(".errors")
    cadre.troubles.clear()  # the browser itself reports the 422
    assert page.input_value("#id_e_visitors") == "周一"
    look(cadre, "case-visit-errors")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.fill("#id_e_visitors", "周一、周二")
    page.fill("#id_e_met", "户主和妻子")
    page.fill("#id_e_living", "土坯房一间漏雨，锅灶能用。")
    page.fill("#id_e_income", "与台账一致，住院费还没有报销。")
    page.click("text=签字提交")
    saved(page)
    assert "还要另一名" in page.inner_text("main")
    secretary = enter(staff.secretary)
    page = to(secretary, "web:case", family.number)
    page.click("text=核对并签字")
    page.wait_for_selector("text=记录全文")
    look(secretary, "case-sign")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.click("main button:has-text('核对无误，签字')")
    saved(page)
    assert open_of(family) == ["assess"]
    member = enter(staff.member)
    page = to(member, "web:case_step", family.number, "assess")
    look(member, "case-assess-form")


def test_the_leading_group_decides(enter: Enter, look: Look, staff: Staff, family: Case) -> None:
    walk(staff, family, "confirm")
    leader = enter(staff.leader)
    page = to(leader, "web:case", family.number)
    look(leader, "case-to-confirm")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.click("text=办理“领导小组确认”")
    page.wait_for_selector("#id_e_minutes")
    look(leader, "case-confirm-form")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.check("input[name=way][value=confirmed]", force=True)
    page.fill("#id_e_minutes", "七扶领纪〔2020〕3号")
    page.fill("#id_e_attendees", "甲、乙、丙")
    for name, votes in (("for", "3"), ("against", "0"), ("abstained", "0")):
        page.fill(f"#id_e_{name}", votes)
    page.click("form.act .button--main")
    page.wait_for_selector("text=核对无误，签字")
    look(leader, "case-check")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.click("text=核对无误，签字")
    saved(page)
    look(leader, "case-confirmed")
    page.set_viewport_size({"width": 1440, "height": 900})
    family.refresh_from_db()
    assert family.status == "confirmed" and "核对一致" in page.inner_text("main")


def test_the_longer_procedure_of_2021(
    enter: Enter, look: Look, staff: Staff, house: MakeHouse, tree: dict[str, Unit], clock: Any
) -> None:
    """十二个环节排得下；公示期未满时写明哪天才能办。"""
    switch(staff, tree, versions.POLICY, "national-2021")
    clock.pass_days(1)
    new = actions.open_case(by=staff.cadre, household=named(house(), "李桂花"))
    walk(staff, new, "notice_end")
    secretary = enter(staff.secretary)
    page = to(secretary, "web:case", new.number)
    assert "最早在" in page.inner_text("main")
    look(secretary, "case-national")


def test_the_list_and_the_other_pages(
    enter: Enter, look: Look, staff: Staff, family: Case, house: MakeHouse, clock: Any
) -> None:
    walk(staff, family, "compare")
    other = actions.open_case(by=staff.cadre, household=named(house(), "李桂花"))
    walk(staff, other, "confirm")
    do(staff, other, "confirm", "refused", note="收入高于监测线，没有刚性支出")
    for _ in range(4):
        actions.open_case(by=staff.cadre, household=named(house(), "王志强"))
    clock.pass_days(9)
    office = enter(staff.office)
    page = to(office, "web:cases")
    look(office, "cases")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.fill("#filter_text", "桂花")
    page.click("text=查询")
    page.wait_for_selector("tbody tr:only-child")
    page.click(".row-link")
    page.wait_for_selector("text=不予认定")
    look(office, "case-refused")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.click("text=本人申诉")
    page.wait_for_selector("#id_note")
    look(office, "case-appeal")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.fill("#id_note", "有一笔住院费没有算")
    page.click("form.act .button--main")
    page.wait_for_selector("dialog[open]")
    page.click("dialog button[value=yes]")
    saved(page)
    other.refresh_from_db()
    assert other.status == "appealed"
    member = enter(staff.member)
    to(member, "web:case_step", family.number, "compare")
    look(member, "case-shut")
    cadre = enter(staff.cadre)
    to(cadre, "web:case_new", house().uuid)
    look(cadre, "case-open")
    to(cadre, "web:case_attach", family.number)
    look(cadre, "case-attach")


def test_the_unit_filter_opens_as_a_tree(
    enter: Enter, look: Look, staff: Staff, case: Case, tree: dict[str, Unit], monkeypatch: pytest.MonkeyPatch
) -> None:
    """单位多的辖区先选团：查询以后整页不重来，单位一栏就有了它的连。"""
    monkeypatch.setattr(forms, "MOST_UNITS", 5)
    Unit.objects.filter(pk=tree["c1"].pk).update(name=LONG_UNIT)
    division = enter(staff.division)
    page = to(division, "web:cases")
    offered = [text.strip("　") for text in page.locator("#filter_unit option").all_inner_texts()]
    assert offered == ["全部单位（可逐级选到连）", "d1", "r7", "r8"]
    for chosen in ("r7", LONG_UNIT):
        value = page.locator("#filter_unit option", has_text=chosen).get_attribute("value")
        page.select_option("#filter_unit", value=value)
        with page.expect_response(lambda response: "unit=" in response.url):
            page.click("text=查询")
        page.wait_for_function("document.querySelectorAll('#filter_unit option').length === 6")
        assert page.eval_on_selector("#filter_unit", "one => one.selectedOptions[0].text").strip("　") == chosen
        assert page.locator("#results tbody tr").count() == 1
    look(division, "cases-unit-tree")
