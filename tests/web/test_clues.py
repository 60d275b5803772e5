"""The pages of clues: ranked and counted, one's own units only, acts with their errors, reports that give nothing away."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shouwang.accounts.models import AuditEvent, Unit
from shouwang.casework import actions, queries
from shouwang.casework.clue_writer import ClueWriter
from shouwang.casework.models import Case, Clue, ClueReport, RunState, ScreeningRun
from shouwang.casework.run_results import Found
from shouwang.registry.models import Event, Household
from tests.accounts.test_crypto import WANG
from tests.casework.conftest import MakeHouse, Staff, do, house, staff

__all__ = ["house", "staff"]

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db

INCOME = {
    "rule": "income_below_line", "outcome": "met", "clause": "二/一/p1",
    "sentence": "家庭纯收入8287.00元，人均2762.33元，低于监测线8000.00元。",
    "values": {"window": "2019年第2季度至2020年第1季度", "net_income": 828_700, "members_counted": 3, "net_income_per_head": 276_233},
}  # fmt: skip
SCHOOL = {
    "rule": "child_out_of_school", "outcome": "met", "clause": "二/三/2", "sentence": "有1名适龄儿童失学。",
    "values": {"members_counted": 4},
}  # fmt: skip


def body(response: Any) -> str:
    return str(response.content.decode())


def screened(
    unit: Unit, households: Sequence[Household], *findings: dict[str, Any], tier: str = "severe"
) -> ScreeningRun:
    """A finished screening of a regiment that found the same of each household."""
    today = timezone.localdate()
    run = ScreeningRun.objects.create(
        unit=unit, policy="qituan-2020", policy_sha256="x", as_of=today, state=RunState.DONE, result_sha256="x",
        finished_at=timezone.now(), counts={"met": len(households)},
    )  # fmt: skip
    figures = {"net_income": 828_700, "base_income": None, "rigid": 0, "members": 3}
    rules = ";".join(one["rule"] for one in findings)
    found = [Found(home.number, "met", tier, rules, "", figures, findings) for home in households]
    ClueWriter(run, {}, today + timedelta(days=2)).write(found)
    return run


@pytest.fixture
def homes(house: MakeHouse, tree: dict[str, Unit]) -> dict[str, Household]:
    """Three households with findings in c1, one in c2, one in another regiment."""
    made = {"a": house("c1", WANG), "b": house(), "c": house(), "other": house("c2"), "far": house("c81")}
    screened(tree["r7"], [made["a"]], INCOME, SCHOOL)
    screened(tree["r7"], [made["b"], made["c"]], INCOME)
    screened(tree["r7"], [made["other"]], INCOME)
    screened(tree["r8"], [made["far"]], INCOME)
    return made


def clue_of(home: Household) -> Clue:
    return Clue.objects.get(household=home)


def listed(page: str) -> list[str]:
    """The household numbers of the rows, in their order."""
    return re.findall(r'class="row-link" href="[^"]+">(\w+)</a>', page)


def tabs(page: str) -> dict[str, int]:
    return {label: int(n) for label, n in re.findall(r">([^<> ]+) <b>(\d+)</b></a></li>", page)}


def test_ranked_with_reasons_and_the_same_numbers(browser: Browser, staff: Staff, homes: dict[str, Household]) -> None:
    client = browser(staff.secretary)
    page = body(client.get(reverse("web:clues")))
    assert listed(page)[0] == homes["a"].number
    assert set(listed(page)) == {homes[name].number for name in "abc"}
    assert "有适龄儿童失学（15）" in page
    assert tabs(page)["待处理"] == tabs(page)["全部"] == 3
    first = body(client.get("/"))
    assert re.search(r'新线索</span><span class="tile__figure">3 ', first)
    actions.dismiss_clue(by=staff.secretary, clue=clue_of(homes["b"]), reason="收入漏登")
    page = body(client.get(reverse("web:clues")))
    assert tabs(page) == {"待处理": 2, "已分办": 0, "不立案": 1, "已并入": 0, "已立案": 0, "全部": 3}
    for state, expected in (("dismissed", ["b"]), ("all", ["a", "b", "c"]), ("triaged", [])):
        shown = listed(body(client.get(reverse("web:clues"), {"state": state})))
        assert sorted(shown) == sorted(homes[name].number for name in expected)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("rule=child_out_of_school", "a"),
        ("rule=income_below_line", "abc"),
        ("source=department", "b"),
        ("due=overdue", "c"),
        ("due=soon", "ab"),
        ("outcome=suspected", ""),
        ("unit=nonsense&state=nonsense", "abc"),
    ],
)
def test_filters(browser: Browser, staff: Staff, homes: dict[str, Household], query: str, expected: str) -> None:
    actions.report_clue(by=staff.hospital, household=homes["b"], sentence="住院")
    Clue.objects.filter(household=homes["c"]).update(due_on=timezone.localdate() - timedelta(days=1))
    page = body(browser(staff.cadre).get(f"{reverse('web:clues')}?{query}"))
    assert set(listed(page)) == {homes[name].number for name in expected}
    assert tabs(page)["待处理"] == len(expected)


def test_found_by_number_or_by_name(browser: Browser, staff: Staff, homes: dict[str, Household]) -> None:
    client, target = browser(staff.cadre), homes["a"]
    person = target.people.get()
    person.name, person.name_tokens = "王志强", "王 志 强"
    person.save()
    for text, said in ((target.number, False), ("志强", True)):
        page = body(client.get(reverse("web:clues"), {"text": text}))
        assert listed(page) == [target.number]
        assert ("户内有王志强" in page) is said, "who is not the head is named, else nobody sees why the household is found"
    assert listed(body(client.get(reverse("web:clues"), {"text": homes["other"].number}))) == []


VIEWERS = {
    "cadre": "abc", "member": "abc", "secretary": "abc", "cadre_c2": "o", "office": "abco", "leader": "abco",
    "division": "abcof", "office_r8": "f", "division_d2": "",
}  # fmt: skip


@pytest.mark.parametrize("name", VIEWERS)
def test_only_ones_own_units(browser: Browser, staff: Staff, homes: dict[str, Household], name: str) -> None:
    client = browser(staff[name])
    expected = {home.number for key, home in homes.items() if key[0] in VIEWERS[name]}
    page = body(client.get(reverse("web:clues")))
    assert set(listed(page)) == expected
    assert tabs(page)["全部"] == len(expected)
    for home in homes.values():
        clue = clue_of(home)
        seen = home.number in expected
        assert client.get(reverse("web:clue", args=[clue.uuid])).status_code == (200 if seen else 404)
        for act in ("open", "triage", "dismiss", "merge", "decline"):
            answer = client.post(
                reverse("web:clue_act", args=[clue.uuid, act]), {"reason": "x", "note": "x", "number": "x"}
            )
            assert seen or answer.status_code == 404


@pytest.mark.parametrize("name", ["corps", "hospital"])
def test_who_sees_no_clues(browser: Browser, staff: Staff, homes: dict[str, Household], name: str) -> None:
    client = browser(staff[name])
    for home in homes.values():
        assert client.get(reverse("web:clue", args=[clue_of(home).uuid])).status_code == 404
        assert client.get(reverse("web:clue_new"), {"household": home.uuid}).status_code in (302, 404)
    page = client.get(reverse("web:clues"))
    assert page.status_code == (200 if name == "hospital" else 404)
    assert not any(home.number in body(page) for home in homes.values())


def test_the_page_of_a_clue(browser: Browser, staff: Staff, homes: dict[str, Household]) -> None:
    actions.report_clue(
        by=staff.cadre, household=homes["a"], sentence="丈夫住院", cause="因病", occurred_on=timezone.localdate()
    )
    page = body(browser(staff.secretary).get(reverse("web:clue", args=[clue_of(homes["a"]).uuid])))
    assert "低于监测线8,000.00元" in page and "2,762.33 元" in page and "3 人" in page
    assert "二（一）第1段" in page
    assert "丈夫住院" in page and "cadre" in page
    assert "筛查命中（40）" in page
    assert "走访核实" in page and "天" in page
    for label in ("立案", "安排走访", "记录不愿申报", "并入另一条线索", "核查后不立案"):
        assert f">{label}</a>" in page
    seen_only = body(browser(staff.leader).get(reverse("web:clue", args=[clue_of(homes["a"]).uuid])))
    assert "您现在的岗位只能看" in seen_only and ">立案</a>" not in seen_only


def test_nothing_is_offered_that_is_then_refused(browser: Browser, staff: Staff, homes: dict[str, Household]) -> None:
    clue = clue_of(homes["a"])
    offered = {name: set(queries.clue_page(staff[name], queries.clue_for(staff[name], str(clue.uuid))).may) for name in  # type: ignore[arg-type]
               ("cadre", "member", "secretary", "office", "leader", "division")}  # fmt: skip
    everything = {"open", "triage", "decline", "merge", "dismiss"}
    assert offered == {
        "cadre": everything, "member": everything, "secretary": everything, "office": everything, "leader": set(),
        "division": set(),
    }  # fmt: skip
    relative = staff.make("relative", "cadre", "c1", citizen_number=WANG)
    page = body(browser(relative).get(reverse("web:clue", args=[clue.uuid])))
    assert "您须回避：这是您本人所在的户" in page and ">立案</a>" not in page
    answer = browser(relative).post(reverse("web:clue_act", args=[clue.uuid, "open"]), {"seen": 1})
    assert answer.status_code == 422 and "您须回避" in body(answer)


def test_opening_a_case(browser: Browser, staff: Staff, homes: dict[str, Household]) -> None:
    clue = clue_of(homes["a"])
    client = browser(staff.cadre)
    assert "本人申报" in body(client.get(reverse("web:clue_act", args=[clue.uuid, "open"])))
    answer = client.post(reverse("web:clue_act", args=[clue.uuid, "open"]), {"seen": clue.revision})
    case = Case.objects.get(clue=clue)
    assert answer["Location"] == reverse("web:case", args=[case.number])
    again = client.post(reverse("web:clue_act", args=[clue.uuid, "open"]), {"seen": clue.revision})
    assert again.status_code == 409 and "已由cadre" in body(again)
    page = body(client.get(reverse("web:clue", args=[clue.uuid])))
    assert "已立案，在个案里办理" in page and case.number in page
    assert client.get(reverse("web:clue_act", args=[clue.uuid, "dismiss"])).status_code == 302


def test_a_dismissal_needs_a_reason_and_keeps_what_was_typed(
    browser: Browser, staff: Staff, homes: dict[str, Household]
) -> None:
    clue = clue_of(homes["a"])
    client, address = browser(staff.secretary), reverse("web:clue_act", args=[clue.uuid, "dismiss"])
    answer = client.post(address, {"reason": " ", "seen": clue.revision})
    assert answer.status_code == 422 and "没有办理" in body(answer)
    actions.triage_clue(by=staff.member, clue=clue, note="周五去")
    answer = client.post(address, {"reason": "存款足够三年生活", "seen": clue.revision})
    assert answer.status_code == 409
    assert "member" in body(answer) and "存款足够三年生活" in body(answer)
    clue.refresh_from_db()
    assert clue.state == "triaged"
    done = client.post(address, {"reason": "存款足够三年生活", "seen": clue.revision}, follow=True)
    assert "同样的事实不会再次产生线索" in body(done)
    assert AuditEvent.objects.latest("seq").verb == "clue.dismissed"


def test_arranging_refusing_merging(browser: Browser, staff: Staff, homes: dict[str, Household]) -> None:
    client, day = browser(staff.cadre), timezone.localdate() + timedelta(days=9)
    first, second = clue_of(homes["a"]), clue_of(homes["b"])
    address = reverse("web:clue_act", args=[first.uuid, "triage"])
    client.post(address, {"note": "周五入户", "revisit_on": day, "seen": first.revision})
    first.refresh_from_db()
    assert (first.state, first.due_on) == ("triaged", day)
    client.post(reverse("web:clue_act", args=[first.uuid, "decline"]), {"reason": "怕丢脸", "seen": first.revision})
    assert "怕丢脸" in body(client.get(reverse("web:clue", args=[first.uuid])))
    merge = reverse("web:clue_act", args=[second.uuid, "merge"])
    for number, words in (
        ("H9999", "没有户编号为"),
        (homes["other"].number, "没有户编号为"),
        (homes["b"].number, "不能并入它自己"),
    ):
        answer = client.post(merge, {"number": number, "reason": "分户", "seen": second.revision})
        assert answer.status_code == 422 and words in body(answer)
    client.post(merge, {"number": homes["a"].number, "reason": "分户", "seen": second.revision})
    second.refresh_from_db()
    assert second.state == "merged"
    assert reverse("web:clue", args=[first.uuid]) in body(client.get(reverse("web:clue", args=[second.uuid])))


def test_several_at_once_but_never_a_dismissal(browser: Browser, staff: Staff, homes: dict[str, Household]) -> None:
    client, address = browser(staff.secretary), reverse("web:clues_arrange")
    picked = [str(clue_of(home).uuid) for home in homes.values()] + ["nonsense"]
    asked = body(client.post(address, {"picked": picked}))
    assert "给 3 条线索安排走访" in asked
    assert homes["other"].number not in asked and homes["far"].number not in asked
    assert client.post(address, {"picked": picked, "note": ""}).status_code == 422
    done = body(client.post(address, {"picked": picked, "note": "本周走访"}, follow=True))
    assert "已给 3 条线索安排走访" in done
    assert Clue.objects.filter(state="triaged").count() == 3
    assert client.get(address).status_code == 405
    assert 'formaction="/clues/arrange/"' in body(client.get(reverse("web:clues"), {"state": "triaged"}))
    assert "formaction" not in body(browser(staff.leader).get(reverse("web:clues"), {"state": "triaged"}))


def test_reporting_about_a_household(
    browser: Browser, staff: Staff, homes: dict[str, Household], house: MakeHouse
) -> None:
    quiet, client = house(), browser(staff.cadre)
    found = body(client.get(reverse("web:clue_new"), {"text": quiet.number}))
    address = f"{reverse('web:clue_new')}?household={quiet.uuid}"
    assert address in found
    assert "没有找到" in body(client.get(reverse("web:clue_new"), {"text": homes["other"].number}))
    assert client.get(reverse("web:clue_new"), {"household": homes["other"].uuid}).status_code == 404
    assert client.get(reverse("web:clue_new"), {"household": "nonsense"}).status_code == 404
    today = timezone.localdate()
    wrong = client.post(
        address, {"source": "event", "cause": "因病", "occurred_on": today + timedelta(days=3), "sentence": "手术"}
    )
    assert wrong.status_code == 422 and "还没有到" in body(wrong) and "手术" in body(wrong)
    assert not Clue.objects.filter(household=quiet).exists()
    facts = {"source": "self", "cause": "因病", "occurred_on": today, "sentence": "手术，自付三万元"}
    for _ in range(2):
        assert client.post(address, facts).status_code == 302
    clue = clue_of(quiet)
    assert (clue.lines.count(), clue.source) == (1, "self")
    assert clue.due_on is not None and clue.due_on > today
    assert Event.objects.get(household=quiet).cause == "因病"


def send(client: Client, number: str, name: str = "王某") -> str:
    facts = {
        "citizen_number": number,
        "person_name": name,
        "cause": "因病",
        "occurred_on": timezone.localdate(),
        "sentence": "自付六万",
    }
    return body(client.post(reverse("web:report_new"), facts, follow=True))


UNKNOWN = "110101199003077571"


def test_a_department_learns_nothing_from_reporting(
    browser: Browser, staff: Staff, homes: dict[str, Household]
) -> None:
    """在册的、不在册的、别团的，答复一字不差；列表里也看不出来。"""
    client = browser(staff.hospital)
    known, unknown = send(client, WANG), send(client, UNKNOWN)
    answers = [
        page.split('<div class="banners" role="status">')[1].split("</div></div>")[0] for page in (known, unknown)
    ]
    assert answers[0] == answers[1] and "已收到" in answers[0]
    page = body(client.get(reverse("web:reports")))
    assert page.count("办理中</span>") == 2
    assert homes["a"].number not in page and "失学" not in page
    assert [report.clue_id is not None for report in ClueReport.objects.order_by("pk")] == [True, False]
    assert "王某：因病" in clue_of(homes["a"]).lines.last().sentence  # type: ignore[union-attr]
    school = browser(staff.make("teacher", "department_officer", "school"))
    assert "王某" not in body(school.get(reverse("web:reports")))
    assert WANG not in page and UNKNOWN not in page


def test_wrong_numbers_are_told_whoever_they_belong_to(browser: Browser, staff: Staff) -> None:
    page = send(browser(staff.hospital), "110101199003077570")
    assert "校验码不对" in page and "自付六万" in page
    assert not ClueReport.objects.exists()


def test_what_became_of_reports(browser: Browser, staff: Staff, homes: dict[str, Household]) -> None:
    client = browser(staff.hospital)
    send(client, WANG)
    send(client, UNKNOWN, "李某")
    actions.open_case_from_clue(by=staff.cadre, clue=clue_of(homes["a"]))
    assert tabs(body(client.get(reverse("web:reports"))))["已立案"] == 1
    case = Case.objects.get()
    do(staff, case, "declare", "declined", evidence={})
    assert tabs(body(client.get(reverse("web:reports"))))["已立案，未纳入"] == 1
    office = browser(staff.office)
    waiting = ClueReport.objects.get(clue=None)
    assert reverse("web:report", args=[waiting.uuid]) in body(office.get(reverse("web:inbox"), {"kind": "report"}))
    office.post(reverse("web:report", args=[waiting.uuid]), {"reason": "查无此人"})
    client = browser(staff.hospital)
    page = body(client.get(reverse("web:reports"), {"became": "closed"}))
    assert "李某" in page and "查无此人" not in page
    assert tabs(page)["不立案"] == 1


def test_the_office_places_a_report(browser: Browser, staff: Staff, homes: dict[str, Household]) -> None:
    send(browser(staff.hospital), UNKNOWN)
    report = ClueReport.objects.get()
    address = reverse("web:report", args=[report.uuid])
    for name in ("secretary", "leader", "hospital", "office_r8", "corps"):
        assert browser(staff[name]).get(address).status_code == 404, name
    office = browser(staff.office)
    assert "1101**********7571" in body(office.get(address)) and UNKNOWN not in body(office.get(address))
    assert homes["b"].number in body(office.get(address, {"text": homes["b"].number}))
    place = reverse("web:report_place", args=[report.uuid])
    assert office.get(place).status_code == 405
    assert office.post(place, {"household": homes["far"].uuid}).status_code == 404
    assert office.post(place, {"household": "nonsense"}).status_code == 404
    placed = office.post(place, {"household": homes["b"].uuid})
    assert placed["Location"] == reverse("web:clue", args=[clue_of(homes["b"]).uuid])
    assert office.post(place, {"household": homes["c"].uuid}).status_code == 404
    report.refresh_from_db()
    assert report.clue == clue_of(homes["b"]) and report.settled_by == staff.office


def test_an_empty_list_says_what_to_do(browser: Browser, staff: Staff) -> None:
    client = browser(staff.office)
    assert "团办公室筛查以后" in body(client.get(reverse("web:clues")))
    assert "放宽条件" in body(client.get(reverse("web:clues") + "?text=欧阳"))
    assert "台账还是空的" in body(client.get("/"))
