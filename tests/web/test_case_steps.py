"""A whole case through its pages, by everybody who has a part in it; and what is said to those who may not, or are too late."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shouwang.accounts.actions import declare_kinship
from shouwang.accounts.models import Unit
from shouwang.accounts.models.people import Relation
from shouwang.casework import actions, versions
from shouwang.casework.desk import Desk
from shouwang.casework.models import Case, OpenStep, StepRecord
from shouwang.web.cases.steps import decides
from tests.accounts.test_crypto import WANG
from tests.casework.conftest import DOERS, FORMS, SECOND, MakeHouse, Staff, case, clock, do, house, open_of, staff, walk
from tests.casework.test_procedure_national import switch
from tests.casework.test_procedure_qituan import ORDER, case_way
from tests.web.test_cases import Browser, body, main_of, page_of, screened

__all__ = ["case", "clock", "house", "staff"]

pytestmark = pytest.mark.django_db


def address_of(case: Case, step: str) -> str:
    return reverse("web:case_step", args=[case.number, step])


def answers(case: Case, step: str, way: str, **more: Any) -> dict[str, Any]:
    """A filled-in form as a browser sends it."""
    case.refresh_from_db()
    form = FORMS.get(step, {}) | ({"checkers": "吴一、吴二"} if step == "check" else {})
    facts = {f"e_{name}": value for name, value in form.items()}
    own = {
        "way": way,
        "note": "",
        "occurred_on": timezone.localdate().isoformat(),
        "late_reason": "",
        "seen": case.revision,
    }
    return facts | own | {"stage": "check"} | more


def send(client: Client, case: Case, step: str, way: str, **more: Any) -> Any:
    """Fill in, and where a decision is to be checked first, check and sign with exactly what the page carries."""
    answer = client.post(address_of(case, step), answers(case, step, way, **more))
    if answer.status_code == 200 and "核对并确认" in body(answer):
        kept = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', body(answer))
        sent: dict[str, list[str]] = {}
        for name, value in kept:
            if name != "csrfmiddlewaretoken":
                sent.setdefault(name, []).append(value)
        answer = client.post(address_of(case, step), sent | {"stage": ["sign"]})
    case.refresh_from_db()
    return answer


def cosign(browser: Browser, staff: Staff, case: Case, by: str, **more: Any) -> Any:
    record = OpenStep.objects.exclude(record=None).get(case=case).record
    assert record is not None
    client = browser(staff[by])
    address = reverse("web:case_sign", args=[case.number, record.uuid])
    assert "记录全文" in main_of(client.get(address))
    return client.post(address, {"act": "sign", "seen": case.revision, **more})


def through(browser: Browser, staff: Staff, case: Case, upto: str = "") -> list[str]:
    """Every open step by its people through the pages, until `upto` is open or nothing is."""
    seen = []
    while (opened := open_of(case)) and upto not in opened:
        step = opened[0]
        way = Desk.look(Case.objects.get(pk=case.pk)).procedure.step(step).ways[0].id  # type: ignore[union-attr]
        client = browser(staff[DOERS[step]])
        assert f"/steps/{step}/" in body(page_of(client, case)), step
        assert "<form" in main_html(client.get(address_of(case, step))), step
        answer = send(client, case, step, way, note="说明")
        assert answer.status_code == 302, (step, main_of(answer))
        if step in SECOND:
            assert cosign(browser, staff, case, SECOND[step]).status_code == 302
        seen.append(step)
        case.refresh_from_db()
    return seen


def main_html(response: Any) -> str:
    """The part of the page that is its own, without the menu of one's posts."""
    return body(response).partition('<main class="main"')[2].partition("</main>")[0]


# ---- the whole way


def test_the_whole_way_through_the_pages(browser: Browser, staff: Staff, case: Case) -> None:
    """申报、走访（两人签字）、评估、上报、比对、核查、确认、备案、回执，各由其人在网页上办完。"""
    assert through(browser, staff, case) == ORDER
    assert case.status == "confirmed"
    text = main_of(page_of(browser(staff.division), case))
    assert "程序已经走完，认定有效" in text and "核对一致" in text
    declared = case.records.get(step="declare")
    assert declared.evidence == FORMS["declare"]
    assert case.records.get(step="assess").evidence["causes"] == ["因病"]
    assert case.records.get(step="confirm").evidence["for"] == 3


def test_the_pages_follow_the_policy_as_data(
    browser: Browser, staff: Staff, house: MakeHouse, case: Case, tree: dict[str, Unit], clock: Any
) -> None:
    """换成2021年程序，同样的页面有民主评议和公示；旧案照旧，没有。"""
    walk(staff, case, "assess")
    switch(staff, tree, versions.POLICY, "national-2021")
    clock.pass_days(1)
    new = actions.open_case(by=staff.cadre, household=house())
    text = main_of(page_of(browser(staff.cadre), new))
    assert "民主评议" in text and "张贴公示" in text and "2021年程序" in text
    old = main_of(page_of(browser(staff.cadre), case))
    assert "民主评议" not in old and "七团办法二（五）监测程序" in old
    assert browser(staff.secretary).get(address_of(case, "notice")).status_code == 404
    assert through(browser, staff, new, "notice_end") == ["declare", "visit", "assess", "review", "notice"]
    page = page_of(browser(staff.secretary), new)
    assert "最早在" in main_of(page) and "/steps/notice_end/" not in body(page)
    early = send(browser(staff.secretary), new, "notice_end", "unopposed")
    assert early.status_code == 422 and "最早在" in main_of(early)
    clock.pass_days(6)
    assert through(browser, staff, new, "confirm") == ["notice_end", "report", "compare", "check"]
    assert through(browser, staff, new)[0] == "confirm" and new.status == "confirmed"
    assert through(browser, staff, case)[:2] == ["assess", "report"] and case.status == "confirmed"


# ---- every return, refusal and door

RETURNS = [
    ("declare", "declined", "lapsed", []),
    ("assess", "not_recommended", "refused", []),
    ("assess", "visit_again", "active", ["visit"]),
    ("report", "assess_again", "active", ["assess"]),
    ("compare", "back_to_company", "active", ["assess"]),
    ("check", "back_to_company", "active", ["assess"]),
    ("confirm", "back_to_company", "active", ["assess"]),
    ("confirm", "check_again", "active", ["check"]),
    ("confirm", "refused", "refused", []),
    ("receipt", "queried", "confirmed", ["answer"]),
]


@pytest.mark.parametrize(("step", "way", "status", "opened"), RETURNS)
def test_every_return_and_refusal_wants_a_reason_and_is_checked_first(
    browser: Browser, staff: Staff, case: Case, step: str, way: str, status: str, opened: list[str]
) -> None:
    walk(staff, case, step)
    client = browser(staff[DOERS[step]])
    bare = client.post(address_of(case, step), answers(case, step, way))
    assert bare.status_code == 422 and "须写明理由" in main_of(bare)
    found = Desk.look(case).procedure.step(step)
    assert found is not None
    chosen = found.way(way)
    assert chosen is not None
    if decides(chosen):
        shown = client.post(address_of(case, step), answers(case, step, way, note="材料不全"))
        assert shown.status_code == 200 and f"核对并确认：{chosen.label}" in main_of(shown)
        assert case.records.filter(step=step).count() == 0, "nothing is saved before it is signed"
        back = client.post(address_of(case, step), answers(case, step, way, note="材料不全", stage="edit"))
        assert back.status_code == 200 and ">\n材料不全</textarea>" in body(back)
    votes = {"e_for": 0, "e_against": 3} if (step, way) == ("confirm", "refused") else {}
    assert send(client, case, step, way, note="材料不全", **votes).status_code == 302
    assert (case.status, open_of(case)) == (status, opened)
    assert "材料不全" in main_of(page_of(client, case))


def test_a_query_of_the_division_is_answered(browser: Browser, staff: Staff, case: Case) -> None:
    walk(staff, case, "receipt")
    send(browser(staff.division), case, "receipt", "queried", note="人口数对不上")
    assert "人口数对不上" in main_of(browser(staff.office).get(address_of(case, "answer")))
    assert send(browser(staff.office), case, "answer", "answered", note="分户所致").status_code == 302
    assert open_of(case) == ["receipt"] and case.status == "confirmed"


@pytest.mark.parametrize(("door", "upto", "by", "status"), [
    ("withdraw", "assess", "cadre", "withdrawn"), ("close", "confirm", "secretary", "closed"), ("appeal", "", "cadre", "appealed"),
])  # fmt: skip
def test_doors_are_offered_when_they_are_open(
    browser: Browser, staff: Staff, case: Case, door: str, upto: str, by: str, status: str
) -> None:
    """撤回、申诉、办结：只在该开的时候、对该办的人开；须写理由。"""
    address = reverse("web:case_door", args=[case.number, door])
    walk(staff, case, upto or "confirm")
    if not upto:
        assert address not in body(page_of(browser(staff[by]), case))
        do(staff, case, "confirm", "refused", note="不符合")
    assert address not in body(page_of(browser(staff.leader), case))
    assert browser(staff.leader).post(address, {"note": "理由", **day()}).status_code == 422
    client = browser(staff[by])
    assert address in body(page_of(client, case))
    facts = {"note": "", "seen": case.revision, **day(), "e_cause": "moved"}
    assert "必填" in main_of(client.post(address, facts))
    if door == "close":
        assert "办结原因" in main_of(client.post(address, facts | {"note": "走了", "e_cause": ""}))
    assert client.post(address, facts | {"note": "家里的决定"}).status_code == 302
    case.refresh_from_db()
    assert case.status == status
    again = client.post(address, facts | {"note": "再来", "seen": case.revision})
    assert again.status_code == 422 and "再来" in main_of(again) and "<textarea" not in body(again)
    assert case.records.filter(step=door).count() == 1


def day() -> dict[str, str]:
    return {"occurred_on": timezone.localdate().isoformat(), "late_reason": ""}


def test_an_appeal_is_reviewed_by_somebody_else(browser: Browser, staff: Staff, case: Case) -> None:
    walk(staff, case, "confirm")
    do(staff, case, "confirm", "refused", note="不符合")
    actions.appeal(by=staff.cadre, case=case, reason="有一笔住院费没有算")
    refused = send(browser(staff.office), case, "appeal_review", "upheld", note="同意")
    assert refused.status_code == 422 and "您已办过本案" in main_of(refused)
    assert "有一笔住院费没有算" in main_of(page_of(browser(staff.division), case))
    assert send(browser(staff.division), case, "appeal_review", "upheld", note="确实漏算").status_code == 302
    assert (case.status, open_of(case)) == ("active", ["assess"])


# ---- two signatures


def test_the_second_signature(browser: Browser, staff: Staff, case: Case) -> None:
    """录入人不能自己再签；另一人看到全文后签字；别的岗位没有签字的按钮。"""
    walk(staff, case, "visit")
    assert "还要另一名" in main_of(
        browser(staff.cadre).post(address_of(case, "visit"), answers(case, "visit", "visited"), follow=True)
    )
    record = case.records.get(step="visit")
    address = reverse("web:case_sign", args=[case.number, record.uuid])
    for name, why in (("cadre", "您已签字"), ("office", "cadre已录入，等另一名")):
        assert why in main_of(page_of(browser(staff[name]), case)), name
        page = browser(staff[name]).get(address)
        assert "核对无误，签字" not in main_of(page), name
        assert browser(staff[name]).post(address, {"act": "sign", "seen": case.revision}).status_code == 422
    other = send(browser(staff.member), case, "visit", "visited", e_living="我录的")
    assert other.status_code == 409 and "cadre已于" in main_of(other) and "我录的" in main_of(other)
    page = page_of(browser(staff.secretary), case)
    assert address in body(page) and "核对并签字" in main_of(page)
    text = main_of(browser(staff.secretary).get(address))
    assert "周一、周二" in text and "与台账一致" in text
    assert cosign(browser, staff, case, "secretary").status_code == 302
    late = browser(staff.member).post(address, {"act": "sign", "seen": case.revision})
    assert late.status_code == 409 and "没有保存" in main_of(late)
    assert open_of(case) == ["assess"] and record.signatures.count() == 2


def test_refusing_to_sign(browser: Browser, staff: Staff, case: Case) -> None:
    """拒签须写理由；之后那条记录不作数，原录入人再填时原来的内容还在。"""
    walk(staff, case, "visit")
    send(browser(staff.cadre), case, "visit", "visited", e_living="很好")
    record = case.records.get(step="visit")
    address = reverse("web:case_sign", args=[case.number, record.uuid])
    client = browser(staff.secretary)
    assert client.post(address, {"act": "refuse", "reason": ""}).status_code == 422
    assert client.post(address, {"act": "refuse", "reason": "我没有去"}).status_code == 302
    text = main_of(page_of(client, case))
    assert "有人拒签，不作数" in text and "secretary拒签：我没有去" in text and open_of(case) == ["visit"]
    again = browser(staff.cadre).get(address_of(case, "visit"))
    assert ">\n很好</textarea>" in body(again) and "已带出您上一次填写的内容" in main_of(again)
    other = browser(staff.member).get(address_of(case, "visit"))
    assert "很好</textarea>" not in body(other)


def test_whoever_does_it_again_reads_why(browser: Browser, staff: Staff, case: Case) -> None:
    """退回的理由、拒签的理由、申诉的理由，摆在要办的人眼前；办过之后不再提。"""
    walk(staff, case, "confirm")
    do(staff, case, "confirm", "back_to_company", note="收入没有核实")
    for page in (page_of(browser(staff.member), case), browser(staff.member).get(address_of(case, "assess"))):
        assert "“领导小组确认”退回连队重新评估：收入没有核实（leader" in main_of(page)
    walk(staff, case, "confirm")
    assert "收入没有核实（leader" not in main_of(browser(staff.leader).get(address_of(case, "confirm")))
    do(staff, case, "confirm", "refused", note="不符合")
    actions.appeal(by=staff.cadre, case=case, reason="有一笔住院费没有算")
    assert "“本人申诉”：有一笔住院费没有算" in main_of(browser(staff.division).get(address_of(case, "appeal_review")))


# ---- who may not


@pytest.mark.parametrize("step", ORDER)
def test_no_form_for_the_wrong_person_and_no_post(browser: Browser, staff: Staff, case: Case, step: str) -> None:
    """不该办的人没有表单；硬交上来也被拒，写明由谁办，什么也没有存。"""
    walk(staff, case, step)
    wrong = {"declare": "leader", "receipt": "office", "file": "leader", "confirm": "office2", "report": "member"}
    name = wrong.get(step, "division")
    client = browser(staff[name])
    page = client.get(address_of(case, step))
    assert page.status_code == 200 and "<form" not in main_html(page) and "办理" in main_of(page)
    answer = client.post(address_of(case, step), answers(case, step, case_way(case, step), note="想办", stage="sign"))
    assert answer.status_code == 422 and "没有保存" in main_of(answer) and "<form" not in main_html(answer)
    assert case.records.filter(step=step).count() == 0


@pytest.mark.parametrize("step", ORDER)
def test_relatives_are_recused(browser: Browser, staff: Staff, house: MakeHouse, step: str) -> None:
    case = actions.open_case(by=staff.member2, household=house("c1", WANG))
    walk(staff, case, step)
    user = staff[DOERS[step]]
    declare_kinship(by=user, relation=Relation.SIBLING, name="王五", citizen_number=WANG)
    client = browser(user)
    page = page_of(client, case)
    assert "您须回避" in main_of(page) and f"/steps/{step}/" not in body(page) and "/doors/" not in body(page)
    assert "<form" not in main_html(client.get(address_of(case, step)))
    answer = client.post(address_of(case, step), answers(case, step, case_way(case, step), stage="sign"))
    assert answer.status_code == 422 and "您须回避" in main_of(answer)
    assert case.records.filter(step=step).count() == 0


def test_steps_that_are_not_open_say_so(browser: Browser, staff: Staff, case: Case) -> None:
    walk(staff, case, "assess")
    assert "已经办过" in main_of(browser(staff.cadre).get(address_of(case, "visit")))
    assert "还没有轮到" in main_of(browser(staff.leader).get(address_of(case, "confirm")))
    assert browser(staff.cadre).get(address_of(case, "nonsense")).status_code == 404
    early = send(browser(staff.leader), case, "confirm", "confirmed", stage="sign")
    assert early.status_code == 422 and "缺“两委评估”" in main_of(early)


# ---- what is typed


def test_errors_stand_at_their_fields_and_keep_what_was_typed(browser: Browser, staff: Staff, case: Case) -> None:
    walk(staff, case, "assess")
    client = browser(staff.member)
    bad = {"e_attendees": "周一", "e_food": "大概", "e_causes": ["因病", "其他"], "e_opinion": "", "way": "recommended"}
    answer = client.post(address_of(case, "assess"), answers(case, "assess", "recommended") | bad)
    assert answer.status_code == 422
    text, source = main_of(answer), body(answer)
    assert "至少2" in text and "““其他”的说明”：必须填写" in text and "“综合分析意见”：必须填写" in text
    assert 'href="#id_e_attendees"' in source and 'value="周一"' in source
    assert re.search(r'value="因病"[^>]*checked', source) and re.search(r'value="其他"[^>]*checked', source)
    assert case.records.filter(step="assess").count() == 0
    none = client.post(address_of(case, "assess"), answers(case, "assess", ""))
    assert none.status_code == 422 and "请选择办理结果" in main_of(none)


def test_days_and_late_entries(browser: Browser, staff: Staff, case: Case) -> None:
    client, today = browser(staff.cadre), timezone.localdate()
    for day, said in ((today + timedelta(days=1), "还没有到"), (today - timedelta(days=8), "须说明补记的原因")):
        answer = client.post(
            address_of(case, "declare"), answers(case, "declare", "declared", occurred_on=day.isoformat())
        )
        assert answer.status_code == 422 and said in main_of(answer)
    unread = client.post(address_of(case, "declare"), answers(case, "declare", "declared", occurred_on="昨天"))
    assert unread.status_code == 422 and ">\n丈夫住院，收入断了</textarea>" in body(unread)
    late = {"occurred_on": (today - timedelta(days=8)).isoformat(), "late_reason": "停电"}
    assert send(client, case, "declare", "declared", **late).status_code == 302
    assert "补记原因：停电" in main_of(page_of(client, case))


def test_conditional_fields(browser: Browser, staff: Staff, case: Case) -> None:
    """代办的要写代办人；不是代办的，写了也不存。"""
    client = browser(staff.cadre)
    source = body(client.get(address_of(case, "declare")))
    assert 'data-when="e_applicant" data-when-is="agent"' in source and 'data-ways="declared"' in source
    answer = client.post(address_of(case, "declare"), answers(case, "declare", "declared", e_applicant="agent"))
    assert "“代办人姓名”：必须填写" in main_of(answer)
    send(client, case, "declare", "declared", e_agent="张三")
    assert "agent" not in case.records.get(step="declare").evidence


def test_what_is_known_stands_beside_the_form(browser: Browser, staff: Staff, house: MakeHouse) -> None:
    clue = screened(house())
    case = actions.open_case_from_clue(by=staff.cadre, clue=clue)
    walk(staff, case, "check")
    page = browser(staff.office2).get(address_of(case, "check"))
    text = main_of(page)
    assert "“两委评估”写的是：有保障" in text and "31,999.99 元" in text and "家庭人均纯收入7,999.99元" in text
    assert 'value="office2"' in body(page) and " checked" not in main_html(page)


def test_a_decision_is_made_before_the_whole_basis(browser: Browser, staff: Staff, house: MakeHouse) -> None:
    """确认页和核对页都摆出数字、理由、比对、核查，然后才是决定。"""
    clue = screened(house())
    case = actions.open_case_from_clue(by=staff.cadre, clue=clue)
    walk(staff, case, "confirm")
    client = browser(staff.leader)
    form = main_of(client.get(address_of(case, "confirm")))
    check = main_of(client.post(address_of(case, "confirm"), answers(case, "confirm", "confirmed")))
    for text in (form, check):
        for said in ("31,999.99 元", "家庭人均纯收入7,999.99元", "医院、社保所", "属实", "丈夫住院，收入断了"):
            assert said in text, said
    assert form.index("医院、社保所") < form.index("会议纪要编号")
    assert (
        "七扶领纪1号" in check and "甲、乙、丙" in check and "个案将变为“已确认”" in check and "签字后只能追加" in check
    )


# ---- two people at once


def test_the_second_person_is_told_who_was_first(browser: Browser, staff: Staff, case: Case) -> None:
    walk(staff, case, "confirm")
    typed = answers(case, "confirm", "confirmed", e_minutes="七扶领纪9号", note="我也看过了")
    do(staff, case, "confirm")
    answer = browser(staff.leader2).post(address_of(case, "confirm"), typed | {"stage": "sign"})
    text = main_of(answer)
    assert answer.status_code == 409 and "leader于" in text and "领导小组确认" in text
    assert "七扶领纪9号" in text and "我也看过了" in text and "<form" not in main_html(answer)
    assert StepRecord.objects.filter(case=case, step="confirm").count() == 1


def test_a_stale_page_may_be_handed_in_again(browser: Browser, staff: Staff, case: Case) -> None:
    """打开页面以后别人办了一步，这一步仍可办：先告知，填的内容还在，再交一次才算数。"""
    seen = case.revision
    do(staff, case, "declare")
    client = browser(staff.cadre)
    answer = client.post(address_of(case, "visit"), answers(case, "visit", "visited", seen=seen, e_living="屋顶漏雨"))
    text = main_of(answer)
    assert (
        answer.status_code == 409
        and "cadre于" in text
        and "本人申报" in text
        and ">\n屋顶漏雨</textarea>" in body(answer)
    )
    case.refresh_from_db()
    assert f'name="seen" value="{case.revision}"' in body(answer)
    assert case.records.filter(step="visit").count() == 0
    assert send(client, case, "visit", "visited", e_living="屋顶漏雨").status_code == 302


def test_a_stale_withdrawal(browser: Browser, staff: Staff, case: Case) -> None:
    seen = case.revision
    do(staff, case, "declare")
    address = reverse("web:case_door", args=[case.number, "withdraw"])
    answer = browser(staff.cadre).post(address, {"note": "不申报了", "seen": seen, **day()})
    assert answer.status_code == 409 and "本人申报" in main_of(answer) and ">\n不申报了</textarea>" in body(answer)
    case.refresh_from_db()
    assert case.status == "active"
