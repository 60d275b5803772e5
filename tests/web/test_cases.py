"""Cases in the browser: the list, the page of one case for everybody who may see it, opening, papers, the first page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shouwang.accounts.models import AuditEvent, Unit
from shouwang.casework import actions
from shouwang.casework.models import Case, Clue, ClueLine, RunLine, ScreeningRun
from shouwang.registry import search
from shouwang.registry.models import Document, Household, Membership, Person
from tests.casework.conftest import DOERS, MakeHouse, Staff, case, clock, do, house, staff, walk

__all__ = ["case", "clock", "house", "staff"]

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db
INSIDE = ("cadre", "member", "secretary", "office", "leader", "head", "division")
OUTSIDE = ("corps", "hospital", "cadre_c2", "office_r8", "leader_r8", "division_d2")


def body(response: Any) -> str:
    return str(response.content.decode())


def main_of(response: Any) -> str:
    """The words of the page between <main> and </main>."""
    inner = body(response).partition('<main class="main"')[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", inner))


def page_of(client: Client, case: Case) -> Any:
    return client.get(reverse("web:case", args=[case.number]))


def named(household: Household, head: str) -> Household:
    """A household with a head of that name."""
    member = Membership.objects.filter(household=household).first()
    assert member is not None
    Membership.objects.filter(pk=member.pk).update(relation="户主")
    member.person.name, member.person.name_tokens = head, search.tokens(head)
    member.person.save()
    return household


def screened(household: Household, **figures: Any) -> Clue:
    """A clue of a screening with one rule met."""
    run = ScreeningRun.objects.create(
        unit=household.regiment, policy="qituan-2020", policy_sha256="x", as_of=timezone.localdate()
    )
    facts = {
        "outcome": "met",
        "tier": "low",
        "members": 4,
        "net_income": 3_199_999,
        "base_income": 3_200_000,
        "rigid": 0,
    }
    RunLine.objects.create(run=run, household=household, **facts | figures)
    clue = Clue.objects.create(
        household=household, source="screening", fingerprint="x", raised_on=timezone.localdate(), run=run, outcome="met"
    )
    ClueLine.objects.create(
        clue=clue, source="screening", run=run, rule="income_below_line", outcome="met", clause="二/一/p1",
        sentence="家庭人均纯收入7999.99元，低于监测线8000.00元。", fingerprint="x",
        figures={"net_income": 3_199_999, "heads": 4, "net_income_per_head": 799_999, "missing_quarters": "无"},
    )  # fmt: skip
    return clue


# ---- the list


def test_the_list_is_found_by_status_step_unit_limit_and_name(
    browser: Browser, staff: Staff, house: MakeHouse, tree: dict[str, Unit], clock: Any
) -> None:
    one = actions.open_case(by=staff.cadre, household=named(house(), "王志强"))
    two = actions.open_case(by=staff.cadre_c2, household=named(house("c2"), "李桂花"))
    walk(staff, one, "assess")
    actions.withdraw(by=staff.cadre_c2, case=two, reason="不要了")
    other = actions.open_case(by=staff.make("far", "cadre", "c81"), household=house("c81"))
    client = browser(staff.office)

    def shown(query: str = "") -> set[str]:
        page = client.get(f"{reverse('web:cases')}?{query}")
        assert page.status_code == 200
        return {one.number for one in (one, two, other) if f"/cases/{one.number}/" in body(page)}

    assert shown() == {one.number, two.number}
    assert shown("status=withdrawn") == {two.number}
    assert shown("step=assess") == {one.number} and shown("step=confirm") == set()
    assert shown(f"unit={tree['c1'].uuid}") == {one.number}
    assert shown(f"unit={tree['c81'].uuid}") == {one.number, two.number}, "a unit outside is no condition at all"
    assert shown("text=志强") == {one.number} and shown(f"text={two.household.number}") == {two.number}
    assert "户内有" not in body(client.get(f"{reverse('web:cases')}?text=志强")), "the head is named as it is"
    Person.objects.create(name="吴志强", name_tokens="吴 志 强", home=two.household)
    assert "户内有吴志强" in body(client.get(f"{reverse('web:cases')}?text=志强"))
    assert shown(f"text={one.number}") == {one.number} and shown("text=没有这人") == set()
    assert shown("overdue=yes") == set()
    clock.pass_days(40)
    browser(staff.office)
    assert shown("overdue=yes") == {one.number}
    text = main_of(browser(staff.office).get(reverse("web:cases")))
    assert "办理中（1）" in text and "超期（1）" in text and "两委评估" in text and "王志强" in text
    assert "超期 3" in text


def test_only_who_may_see_cases_opens_the_list(browser: Browser, staff: Staff, case: Case) -> None:
    for name in INSIDE:
        assert case.number in body(browser(staff[name]).get(reverse("web:cases"))), name
    for name in ("cadre_c2", "office_r8", "division_d2"):
        page = browser(staff[name]).get(reverse("web:cases"))
        assert case.number not in body(page) and "还没有个案" in body(page), name
    for name in ("corps", "hospital"):
        assert browser(staff[name]).get(reverse("web:cases")).status_code == 404


def test_the_first_page_counts_what_one_may_see(browser: Browser, staff: Staff, case: Case) -> None:
    home = reverse("web:home")
    assert "办理中的个案" in body(browser(staff.office).get(home))
    assert "/cases/?status=active" in body(browser(staff.cadre).get(home))
    assert "办理中的个案" not in body(browser(staff.corps).get(home))


# ---- one case


def test_everybody_inside_sees_the_case_and_nobody_outside(browser: Browser, staff: Staff, case: Case) -> None:
    for name in INSIDE:
        assert page_of(browser(staff[name]), case).status_code == 200, name
    assert AuditEvent.objects.filter(verb="case.read", target=f"casework.case/{case.uuid}").count() == len(INSIDE)
    for name in OUTSIDE:
        client = browser(staff[name])
        for address in (
            reverse("web:case", args=[case.number]),
            reverse("web:case_step", args=[case.number, "declare"]),
            reverse("web:case_door", args=[case.number, "withdraw"]),
            reverse("web:case_again", args=[case.number]),
            reverse("web:case_attach", args=[case.number]),
            reverse("web:case_new", args=[case.household.uuid]),
        ):
            assert client.get(address).status_code == 404, (name, address)
            assert client.post(address, {"note": "理由", "reason": "理由"}).status_code == 404, (name, address)
    assert case.records.count() == 0 and Case.objects.count() == 1


def test_what_to_do_next_is_said_to_everybody(browser: Browser, staff: Staff, case: Case) -> None:
    """谁能办就给谁入口；别人看到该谁办。"""
    walk(staff, case, "compare")
    page = page_of(browser(staff.office), case)
    assert "办理“部门比对筛查”" in main_of(page) and reverse("web:case_step", args=[case.number, "compare"]) in body(
        page
    )
    text = main_of(page)
    assert "请相关部门比对，汇总比对结果" in text and "还有" in text and "时限" in text
    for name in ("cadre", "secretary", "leader", "division"):
        page = page_of(browser(staff[name]), case)
        assert "由团办办理，您现在的岗位不能办理" in main_of(page), name
        assert "/steps/compare/" not in body(page), name


def test_why_one_may_not_is_said(browser: Browser, staff: Staff, case: Case) -> None:
    walk(staff, case, "check")
    both = staff.make("both", "regiment_office", "r7")
    do(staff, case, "check", "back_to_company", note="收入没有核实")
    walk(staff, case, "confirm")
    do(staff, case, "confirm", "refused", note="不符合")
    actions.appeal(by=staff.cadre, case=case, reason="不服")
    text = main_of(page_of(browser(staff.office), case))
    assert "您已办过本案的“部门比对筛查”，不能再办“申诉复核”" in text
    assert "办理“申诉复核”" in main_of(page_of(browser(both), case))


def test_reasons_and_figures_then_the_kept_basis(browser: Browser, staff: Staff, house: MakeHouse) -> None:
    """线索的理由和数字摆在页上；确认以后显示确认那天留存的，并说有没有人动过。"""
    clue = screened(named(house(), "王志强"))
    actions.report_clue(by=staff.cadre, household=clue.household, sentence="丈夫住院，收入断了")
    case = actions.open_case_from_clue(by=staff.cadre, clue=clue)
    text = main_of(page_of(browser(staff.leader), case))
    assert (
        "家庭人均纯收入7,999.99元，低于监测线8,000.00元。" in text and "31,999.99 元" in text and "7,999.99 元" in text
    )
    assert (
        "丈夫住院，收入断了" in text
        and "王志强户" in text
        and "二（一）第1段" in text
        and "income_below_line" not in text
    )
    walk(staff, case, "confirm")
    do(staff, case, "confirm")
    text = main_of(page_of(browser(staff.leader), case))
    assert "核对一致" in text and "确认时的依据" in text and "31,999.99 元" in text and "丈夫住院" in text
    RunLine.objects.filter(household=clue.household).update(net_income=999)
    text = main_of(page_of(browser(staff.leader), case))
    assert "确认依据与记录对不上" in text and "核对一致" not in text


def test_without_a_clue_the_last_screening_is_shown(browser: Browser, staff: Staff, house: MakeHouse) -> None:
    home = house()
    case = actions.open_case(by=staff.cadre, household=home)
    assert "最近一次筛查没有提到这一户" in main_of(page_of(browser(staff.cadre), case))
    run = ScreeningRun.objects.create(
        unit=home.regiment, policy="qituan-2020", policy_sha256="x", as_of=timezone.localdate(), state="done",
        result_sha256="x", finished_at=timezone.now(),
    )  # fmt: skip
    RunLine.objects.create(run=run, household=home, outcome="met", rules_met="income_below_line", net_income=100)
    text = main_of(page_of(browser(staff.cadre), case))
    assert "1.00 元" in text and "提到：家庭人均纯收入低于监测线" in text


def test_a_case_page_asks_the_database_little(
    browser: Browser, staff: Staff, case: Case, django_assert_max_num_queries: Any
) -> None:
    """查询次数不随记录的条数增长。"""
    walk(staff, case, "confirm")
    client = browser(staff.leader)
    page_of(client, case)
    with django_assert_max_num_queries(70):
        page_of(client, case)


def test_the_timeline_is_in_words(browser: Browser, staff: Staff, case: Case) -> None:
    """记录里只有人话：选项是文字，不是代码；退回前的记录标明已重办。"""
    walk(staff, case, "confirm")
    do(staff, case, "confirm", "back_to_company", note="收入没有核实")
    page = page_of(browser(staff.division), case)
    text = main_of(page)
    for said in ("不愁吃", "有保障", "因病", "医院、社保所", "属实", "周一、周二", "同意核查家庭情况 是", "收入没有核实",
                 "退回连队重新评估", "已退回重办", "立案"):  # fmt: skip
        assert said in text, said
    for code in ("back_to_company", "recommended", "applicant", "yes", "hospital", "social_insurance", "true"):
        assert not re.search(rf"\b{code}\b", text), code
    assert text.count("已退回重办") == 4
    stages = re.findall(r'<li class="is-(\w+)"', body(page))
    assert stages == ["done", "done", "now", "todo", "todo", "todo", "todo", "todo", "todo"]


@pytest.mark.parametrize(
    ("step", "way", "word"), [("assess", "not_recommended", "不建议纳入"), ("confirm", "refused", "不予认定")]
)
def test_where_a_case_stopped_is_shown(
    browser: Browser, staff: Staff, case: Case, step: str, way: str, word: str
) -> None:
    walk(staff, case, step)
    do(staff, case, step, way, note="儿子已就业")
    page = page_of(browser(staff[DOERS[step]]), case)
    assert "is-stopped" in body(page) and word in main_of(page)
    assert "个案不予认定，没有要办的步骤。理由：儿子已就业" in main_of(page)


def test_a_family_that_was_named_is_linked_and_masked(browser: Browser, staff: Staff, house: MakeHouse) -> None:
    home = named(house("c1", "652901199001012417"), "王志强")
    case = actions.open_case(by=staff.cadre, household=home)
    page = page_of(browser(staff.cadre), case)
    assert "王志强，户主" in main_of(page) and "652901199001012417" not in body(page)


# ---- opening


def test_a_case_is_opened_for_a_household_without_a_clue(browser: Browser, staff: Staff, house: MakeHouse) -> None:
    home = house()
    address = reverse("web:case_new", args=[home.uuid])
    client = browser(staff.cadre)
    assert "按现行的七团" in main_of(client.get(address))
    assert client.post(address, {"reason": ""}).status_code == 422
    sent = client.post(address, {"reason": "本人到连部申报"})
    case = Case.objects.get(household=home)
    assert sent.status_code == 302 and sent.url == reverse("web:case", args=[case.number])
    assert "本人到连部申报" in AuditEvent.objects.get(verb="case.opened").facts
    again = client.post(address, {"reason": "再来"})
    assert again.status_code == 409 and f"已有个案{case.number}" in main_of(again)
    assert "<textarea" not in body(again) and Case.objects.count() == 1


def test_who_may_not_open_is_told(browser: Browser, staff: Staff, house: MakeHouse) -> None:
    home = house("c1", "652901199001012417")
    address = reverse("web:case_new", args=[home.uuid])
    own = staff.make("own", "company_secretary", "c1", citizen_number="652901199001012417")
    page = browser(own).get(address)
    assert "您须回避" in main_of(page) and "<textarea" not in body(page)
    assert browser(own).post(address, {"reason": "我家困难"}).status_code == 422
    for name in ("leader", "division"):
        assert browser(staff[name]).get(address).status_code == 404
    assert not Case.objects.exists()


def test_a_case_that_ended_is_begun_anew(browser: Browser, staff: Staff, case: Case) -> None:
    address = reverse("web:case_again", args=[case.number])
    client = browser(staff.cadre)
    assert "重新立案" not in main_of(page_of(client, case))
    assert client.post(address, {"reason": "提前"}).status_code == 422
    actions.withdraw(by=staff.cadre, case=case, reason="找到工作")
    assert address in body(page_of(client, case))
    sent = client.post(address, {"reason": "又失业了"})
    later = Case.objects.get(previous=case)
    assert sent.url == reverse("web:case", args=[later.number])  # type: ignore[attr-defined]
    assert later.number in body(page_of(client, case)) and case.number in body(page_of(client, later))
    assert address not in body(page_of(client, case)), "the new case is live"
    assert client.post(address, {"reason": "再一次"}).status_code == 409


# ---- papers

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def test_a_scan_is_kept_with_the_household(browser: Browser, staff: Staff, case: Case) -> None:
    address = reverse("web:case_attach", args=[case.number])
    client = browser(staff.cadre)
    bad = client.post(address, {"title": "照片", "file": SimpleUploadedFile("a.png", b"MZ not a picture")})
    assert "不是可以保存的类型" in body(bad) and not Document.objects.exists()
    assert client.post(address, {"title": "走访照片", "file": SimpleUploadedFile("a.png", PNG)}).status_code == 302
    kept = Document.objects.get()
    shown = reverse("web:household_document", args=[case.household.uuid, kept.uuid])
    assert "走访照片" in main_of(page_of(client, case)) and shown in body(page_of(client, case))
    answer = client.get(shown)
    assert (
        answer.content == PNG
        and answer["Content-Type"] == "image/png"
        and "attachment" in answer["Content-Disposition"]
    )
    assert AuditEvent.objects.filter(verb="document.read").count() == 1
    assert browser(staff.cadre_c2).get(shown).status_code == 404
    page = page_of(browser(staff.leader), case)
    assert f'"{address}"' not in body(page) and browser(staff.leader).post(address, {}).status_code == 404


def test_many_cases_are_paged(browser: Browser, staff: Staff, house: MakeHouse) -> None:
    for _ in range(52):
        actions.open_case(by=staff.cadre, household=house())
    client = browser(staff.cadre)
    first = client.get(reverse("web:cases"))
    numbers = re.findall(r"/cases/(r7-[^/]+)/", body(first))
    onward = re.search(r'rel="next" href="(\?[^"]+)"', body(first))
    assert onward is not None and "共 52 条" in body(first) and len(set(numbers)) == 50
    rest = re.findall(r"/cases/(r7-[^/]+)/", body(client.get(reverse("web:cases") + onward[1].replace("&amp;", "&"))))
    assert len(set(rest)) == 2 and not set(rest) & set(numbers)


def test_limits_that_passed_are_marked(browser: Browser, staff: Staff, case: Case, clock: Any) -> None:
    clock.on(timezone.localdate() + timedelta(days=30))
    assert "超期" in main_of(page_of(browser(staff.make("late", "cadre", "c1")), case))
