"""The rule book: generated from the policy, open to everybody with a post; a change of it takes two people and its effect."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from shouwang.accounts import sessions
from shouwang.accounts.models import AuditEvent, Unit
from shouwang.casework import actions, queries, screenings, versions
from shouwang.casework.models import Clue, ParameterChange, RunLine, RunState, ScreeningRun
from shouwang.policy import manual
from shouwang.policy.book import POLICIES, RuleBook
from shouwang.policy.clauses import instrument
from shouwang.policy.words import words_of
from shouwang.registry.models import Household, LedgerEntry
from shouwang.terms.render import Renderer
from shouwang.web.rulebook.effect import changes_words
from tests.accounts.conftest import hold, sign_in
from tests.casework.conftest import Clock, MakeHouse, Staff, clock, do, house, staff
from tests.web.test_clues import body
from tests.web.test_screenings import cells, households

__all__ = ["clock", "house", "staff"]

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db
EVERYBODY = ("cadre", "secretary", "office", "leader", "head", "division", "corps", "hospital")


def tomorrow(days: int = 1) -> date:
    return timezone.localdate() + timedelta(days=days)


def earning(household: Household, yuan: int) -> Household:
    """A household whose income of the last four quarters is so much."""
    today = timezone.localdate()
    last = today.year * 4 + (today.month - 1) // 3 - 1
    for place, quarter in enumerate(range(last - 3, last + 1)):
        LedgerEntry.objects.create(
            household=household, quarter=quarter, kind="wage_income", amount_fen=yuan * 25, source="self",
            row=household.pk * 10 + place,
        )  # fmt: skip
    return household


@pytest.fixture
def homes(house: MakeHouse) -> dict[str, Household]:
    """One person each: below the line, between 8000 and 9000 in two companies, well off; and one of another regiment."""
    incomes = {
        "poor": ("c1", 4000),
        "near": ("c1", 8500),
        "other": ("c2", 8600),
        "well": ("c1", 90_000),
        "far": ("c81", 8500),
    }
    return {name: earning(house(at), yuan) for name, (at, yuan) in incomes.items()}


def proposed(client: Client, name: str = "monitoring_line", value: str = "9000", **more: object) -> ParameterChange:
    form = {"value": value, "from_date": tomorrow(), "reason": "领导小组第 3 次会议", "propose": "yes"} | more
    made = client.post(reverse("web:parameter_new", args=[name]), form)
    assert made.status_code == 302, body(made)
    change = ParameterChange.objects.latest("pk")
    assert made["Location"] == at(change)
    return change


def at(change: ParameterChange, name: str = "parameter_change") -> str:
    return reverse(f"web:{name}", args=[change.uuid])


def part(name: str, package: str = "qituan_2020") -> str:
    return reverse("web:rulebook_part", args=[package, name])


def text(page: str) -> str:
    """What a reader reads: tags out, spaces closed."""
    return re.sub(r"\s+", "", unescape(re.sub(r"<[^>]+>", "", page)))


@pytest.mark.parametrize("name", EVERYBODY)
def test_everybody_with_a_post_reads_it(browser: Browser, staff: Staff, name: str) -> None:
    client = browser(staff[name])
    addresses = [
        reverse("web:rulebook"),
        reverse("web:parameter", args=["monitoring_line"]),
        reverse("web:parameter", args=["policy"]),
    ]
    for package in ("qituan_2020", "national_2021"):
        addresses += [part(one, package) for one in ("text", "rules", "figures", "parameters", "procedure")]
        addresses.append(reverse("web:clause", args=[package, "二/五/1"]))
    for address in addresses:
        assert client.get(address).status_code == 200, address
    assert ">规则手册</a>" in body(client.get(reverse("web:rulebook")))


def test_nobody_without_a_post_and_nothing_that_is_not_there(
    browser: Browser, staff: Staff, person: Callable[..., object]
) -> None:
    assert browser(person("zhang")).get(reverse("web:rulebook")).status_code == 404  # type: ignore[arg-type]
    client = browser(staff.office)
    for address in (part("nonsense"), part("rules", "qituan_1999"), reverse("web:parameter", args=["nonsense"]),
                    reverse("web:clause", args=["qituan_2020", "九/九"]), reverse("web:clause", args=["qituan_1999", "二/五/1"]),
                    reverse("web:parameter", args=["monitoring_line"]) + "?policy=x"):  # fmt: skip
        assert client.get(address).status_code == 404, address


def test_the_text_is_whole_and_every_clause_leads_to_what_implements_it(browser: Browser, staff: Staff) -> None:
    client = browser(staff.cadre)
    page = text(body(client.get(reverse("web:rulebook"))))
    clauses = instrument("qituan_2020")
    for clause in clauses.values():
        assert text(clause.text) in page, clause.id
    cited = manual.citations("qituan_2020")
    for clause_id in clauses:
        own = body(client.get(reverse("web:clause", args=["qituan_2020", clause_id])))
        assert text(clauses[clause_id].text) in text(own)
        for words in cited.get(clause_id, []):
            assert words.split("“")[1].rstrip("”") in unescape(own), (clause_id, words)


def test_every_rule_is_said_as_the_policy_says_it(browser: Browser, staff: Staff) -> None:
    page = text(body(browser(staff.cadre).get(part("rules"))))
    book = RuleBook.of("qituan-2020", timezone.localdate())
    renderer = Renderer(words_of(book), book.context)
    for rule in book.rules:
        assert text(rule.title) in page and text(renderer.formula(rule.node)) in page, rule.id
        for sentence in rule.sentences.values():
            said = manual._sentence(book, sentence.pieces)
            assert text(re.split("〔", said)[-1].partition("〕")[2]) in page
    figures = text(body(browser(staff.cadre).get(part("figures"))))
    for figure in book.figures.values():
        assert text(figure.title) in figures and text(renderer.formula(figure.node)) in figures


def test_every_parameter_with_its_value_and_whose_reading_it_is(browser: Browser, staff: Staff) -> None:
    client = browser(staff.cadre)
    page = text(body(client.get(part("parameters"))))
    book = RuleBook.of("qituan-2020", timezone.localdate())
    for name, held in book.parameters.items():
        series = book.series(name)
        assert text(series.label + series.unit.words(held)) in page, name
        dated = series.on(timezone.localdate())
        own = text(body(client.get(reverse("web:parameter", args=[name]))))
        assert text(dated.discretion or "原文所定") in own


def test_links_of_the_rule_book_lead_somewhere(browser: Browser, staff: Staff) -> None:
    client = browser(staff.office)
    pages = [reverse("web:rulebook"), *(part(one, package) for one in ("rules", "figures", "parameters", "procedure")
             for package in ("qituan_2020", "national_2021"))]  # fmt: skip
    seen: set[str] = set()
    for address in pages:
        for found in re.findall(r'href="(/rulebook/[^"]+)"', body(client.get(address))):
            target, _, mark = unescape(found).partition("#")
            if found not in seen:
                seen.add(found)
                answer = client.get(target)
                assert answer.status_code == 200, (address, found)
                assert not mark or f'id="{mark}"' in body(answer), (address, found)
    assert len(seen) > 80


# ---- changing a parameter


@pytest.mark.parametrize(
    ("name", "proposes", "signs", "reads"),
    [("office", True, False, True), ("head", False, True, True), ("leader", False, False, True), ("division", False, False, True),
     ("secretary", False, False, False), ("cadre", False, False, False), ("hospital", False, False, False),
     ("corps", False, False, False), ("office_r8", True, False, False)],
)  # fmt: skip
def test_who_proposes_who_signs_who_reads(
    browser: Browser, staff: Staff, homes: dict[str, Household], name: str, proposes: bool, signs: bool, reads: bool
) -> None:
    change = proposed(browser(staff.office))
    screenings.work_off()
    client = browser(staff[name])
    assert client.get(reverse("web:parameter_new", args=["severe_line"])).status_code == (200 if proposes else 404)
    assert client.get(at(change)).status_code == (200 if reads else 404)
    assert client.get(at(change, "parameter_sign")).status_code == (200 if signs else 404)
    assert client.post(at(change, "parameter_refuse"), {"note": "不"}).status_code == (302 if signs else 404)
    assert client.get(reverse("web:parameter_progress", args=[change.run.uuid])).status_code == (200 if reads else 404)
    assert client.get(reverse("web:parameter_trial", args=[change.run.uuid])).status_code == (200 if reads else 404)
    if not proposes:
        assert "试算或提出修改" not in body(client.get(reverse("web:parameter", args=["severe_line"])))


def test_a_fresh_proof_is_asked_for(browser: Browser, staff: Staff, homes: dict[str, Household]) -> None:
    change = proposed(browser(staff.office))
    office, head = (sign_in(Client(), user, proved=False) for user in (staff.office, staff.head))
    assert office.get(reverse("web:parameter_new", args=["severe_line"])).status_code == 302
    for act in ("parameter_sign", "parameter_refuse"):
        assert head.post(at(change, act), {"note": "x"}).status_code == 302
    change.refresh_from_db()
    assert change.state == "proposed"


def test_first_the_effect_then_the_second_person(browser: Browser, staff: Staff, homes: dict[str, Household]) -> None:
    """提出、试算、看影响、复核：算完之前不能签，提出人不能签，签了从那天起施行。"""
    change = proposed(browser(staff.office))
    client = browser(staff.head)
    waiting = body(client.get(at(change)))
    assert 'hx-trigger="every 1s"' in waiting and "试算还没有完成" in waiting and "复核签字</a>" not in waiting
    early = client.post(at(change, "parameter_sign"), {})
    assert early.status_code == 422 and "试算还没有完成" in body(early)
    screenings.work_off()
    page = body(client.get(at(change)))
    assert "复核签字</a>" in page and "8000.00元" in page and "9000.00元" in page
    assert set(households(page)) == {homes["near"].number, homes["other"].number}
    assert cells(page, "units") == {"c1": ["1 户 1 人", "—", "—"], "c2": ["1 户 1 人", "—", "—"]}
    outcomes = cells(page, "outcomes")
    assert outcomes["命中"] == ["1 户 1 人", "3 户 3 人"] and outcomes["资料不足"] == ["3 户 3 人", "1 户 1 人"]
    assert Clue.objects.count() == 0
    assert "由领导小组组长复核" in body(browser(staff.office).get(at(change)))
    signed = browser(staff.head).post(at(change, "parameter_sign"), {"note": "同意"}, follow=True)
    assert "已签字，待生效" in body(signed) and "head" in body(signed)
    event = AuditEvent.objects.filter(verb="parameter.signed").get()
    assert event.actor == staff.head
    late = client.post(at(change, "parameter_refuse"), {"note": "不行"})
    assert late.status_code == 409 and "head" in body(late)
    history = cells(body(client.get(reverse("web:parameter", args=["monitoring_line"]))), "table")
    assert [text(row[0]) for row in history.values()] == ["9000.00元", "8000.00元"]
    assert ["待生效" in row[1] for row in history.values()] == [True, False]


def test_who_proposed_cannot_sign_in_another_post(
    browser: Browser, staff: Staff, homes: dict[str, Household], tree: dict[str, Unit]
) -> None:
    """一人兼团办和组长：以团办提出的，换成组长的岗位也不能复核。"""
    change = proposed(browser(staff.office))
    screenings.work_off()
    post = hold(staff.office, "leading_group_head", tree["r7"])
    client = browser(staff.office)
    session = client.session
    session[sessions.POST] = str(post.uuid)
    session.save()
    page = body(client.get(at(change)))
    assert "提出人不能复核自己的修改" in page and "复核签字</a>" not in page and "不同意</a>" not in page
    for act in ("parameter_sign", "parameter_refuse"):
        answer = client.post(at(change, act), {"note": "同意"})
        assert answer.status_code == 422 and "提出人不能复核" in body(answer)
    change.refresh_from_db()
    assert change.state == "proposed"


def test_from_its_day_the_value_holds_and_is_told(
    browser: Browser, staff: Staff, homes: dict[str, Household], clock: Clock
) -> None:
    change = proposed(browser(staff.office))
    screenings.work_off()
    actions.approve_parameter_change(by=staff.head, change=change)
    assert "监测线：8000.00元" in body(browser(staff.cadre).get(reverse("web:parameter", args=["monitoring_line"])))
    clock.pass_days(2)
    client = browser(staff.cadre)
    assert "监测线：9000.00元" in body(client.get(reverse("web:parameter", args=["monitoring_line"])))
    assert "监测线（9000.00元）" in body(client.get(part("rules")))
    assert "本团已调整" in body(client.get(part("parameters")))
    elsewhere = browser(staff.office_r8)
    assert "监测线（8000.00元）" in body(elsewhere.get(part("rules"))), "another regiment keeps its own"
    assert "已生效" in body(browser(staff.head).get(at(change)))


def test_a_refusal_needs_a_reason_and_the_proposer_reads_it(
    browser: Browser, staff: Staff, homes: dict[str, Household]
) -> None:
    change = proposed(browser(staff.office))
    client = browser(staff.head)
    assert client.post(at(change, "parameter_refuse"), {"note": " "}).status_code == 422
    assert client.post(at(change, "parameter_refuse"), {"note": "依据不足"}).status_code == 302
    assert "依据不足" in body(browser(staff.office).get(at(change)))
    assert "不同意" in body(browser(staff.office).get(reverse("web:parameter_changes")))


def test_who_proposed_withdraws_before_anybody_decides(
    browser: Browser, staff: Staff, homes: dict[str, Household], tree: dict[str, Unit]
) -> None:
    """只有提出人能撤回，要写理由，留痕；撤回以后没有人能再签。"""
    change = proposed(browser(staff.office))
    screenings.work_off()
    for other in (staff.office2, staff.head):
        assert browser(other).get(at(change, "parameter_withdraw")).status_code == 404
        assert "撤回这项修改" not in body(browser(other).get(at(change)))
    client = browser(staff.office)
    assert "撤回这项修改</a>" in body(client.get(at(change)))
    assert client.post(at(change, "parameter_withdraw"), {"note": " "}).status_code == 422
    done = client.post(at(change, "parameter_withdraw"), {"note": "文号写错了"}, follow=True)
    assert "已撤回" in body(done) and "提出人撤回" in body(done) and "文号写错了" in body(done)
    change.refresh_from_db()
    assert (change.state, change.decided_by) == ("withdrawn", staff.office)
    assert AuditEvent.objects.get(verb="parameter.withdrawn").actor == staff.office
    late = browser(staff.head).post(at(change, "parameter_sign"), {})
    assert late.status_code == 409 and "提出人已撤回" in body(late)
    assert browser(staff.office).post(at(change, "parameter_withdraw"), {"note": "再撤"}).status_code == 409
    assert "8000.00元" in body(browser(staff.cadre).get(reverse("web:parameter", args=["monitoring_line"])))


def test_the_database_lets_nobody_else_withdraw(staff: Staff, browser: Browser, homes: dict[str, Household]) -> None:
    change = proposed(browser(staff.office))
    own = ParameterChange.objects.filter(pk=change.pk)
    for state, by in (("withdrawn", staff.head), ("rejected", staff.office)):
        with pytest.raises(IntegrityError), transaction.atomic():
            own.update(state=state, decided_by=by, decided_at=timezone.now())


def test_a_simulation_of_an_earlier_version_is_done_anew(
    browser: Browser, staff: Staff, homes: dict[str, Household]
) -> None:
    """旧版本的试算没有人数：说明白，重算以前不能签。"""
    change = proposed(browser(staff.office))
    screenings.work_off()
    old = {"entered": 2, "left": 0, "moved": 0, "by_unit": {"c1": 1}}
    ScreeningRun.objects.filter(pk=change.run_id).update(counts=old)
    ParameterChange.objects.filter(pk=change.pk).update(effect=old)
    for address in (at(change), reverse("web:parameter_trial", args=[change.run.uuid]), at(change, "parameter_sign")):
        answer = browser(staff.head).get(address)
        assert answer.status_code == 200 and "这次试算由旧版本所做，请" in body(answer), address
    assert browser(staff.head).post(at(change, "parameter_sign"), {"note": "同意"}).status_code == 422
    assert browser(staff.office).get(reverse("web:effect_export", args=[change.run.uuid])).status_code == 404
    again = browser(staff.office)
    assert "重新试算</button>" in body(again.get(at(change)))
    assert again.post(at(change, "parameter_retry")).status_code == 302
    change.refresh_from_db()
    assert change.effect is None, "nobody signs on the old effect meanwhile"
    screenings.work_off()
    assert browser(staff.head).post(at(change, "parameter_sign"), {"note": "同意"}).status_code == 302


def test_the_households_of_a_simulation_leave_with_a_purpose(
    browser: Browser, staff: Staff, homes: dict[str, Household]
) -> None:
    change = proposed(browser(staff.office))
    address = reverse("web:effect_export", args=[change.run.uuid])
    client = browser(staff.office)
    assert client.get(address).status_code == 404, "nothing to take before the simulation is done"
    screenings.work_off()
    assert address in body(client.get(at(change)))
    assert client.post(address, {"reason": " "}).status_code == 422
    assert not AuditEvent.objects.filter(verb="simulation.exported").exists()
    made = client.post(address, {"reason": "上会讨论"})
    rows = CalamineWorkbook.from_filelike(BytesIO(made.content)).get_sheet_by_index(0).to_python()
    assert rows[0][:4] == ["户编号", "户主", "单位", "变化"]
    assert {row[0]: row[3] for row in rows[1:]} == {homes[name].number: "新进" for name in ("near", "other")}
    event = AuditEvent.objects.get(verb="simulation.exported")
    assert event.actor == staff.office and "上会讨论" in event.facts and '"count":2' in event.facts.replace(" ", "")
    for other in (staff.cadre, staff.hospital, staff.office_r8, staff.secretary):
        assert browser(other).post(address, {"reason": "看看"}).status_code == 404


@pytest.mark.parametrize(
    ("form", "said"),
    [({"value": "多一点"}, "不是数字"), ({"value": "8000"}, "与现行的值相同"), ({"value": "-1"}, "超出合理范围"),
     ({"reason": " "}, "请写明理由"), ({"from_date": ""}, "请写明从哪天起"), ({"from_date": "2020-01-01"}, "须在今天之后")],
)  # fmt: skip
def test_what_cannot_be_proposed_is_said(browser: Browser, staff: Staff, form: dict[str, str], said: str) -> None:
    whole = {"value": "9000", "from_date": tomorrow(), "reason": "会议", "propose": "yes"} | form
    answer = browser(staff.office).post(reverse("web:parameter_new", args=["monitoring_line"]), whole)
    assert answer.status_code == 422 and said in body(answer)
    assert not ParameterChange.objects.exists() and not ScreeningRun.objects.exists()


def test_trying_out_proposes_nothing(browser: Browser, staff: Staff, homes: dict[str, Household]) -> None:
    client = browser(staff.office)
    address = reverse("web:parameter_new", args=["monitoring_line"])
    made = client.post(address, {"value": "9000", "try": "yes"})
    run = ScreeningRun.objects.get()
    assert made["Location"] == reverse("web:parameter_trial", args=[run.uuid])
    again = client.post(address, {"value": "9500", "try": "yes"})
    assert again.status_code == 422 and "已有一次试算" in body(again)
    screenings.work_off()
    page = body(client.get(made["Location"]))
    assert "监测线改为9000.00元" in page and set(households(page)) == {homes["near"].number, homes["other"].number}
    assert not ParameterChange.objects.exists()
    assert AuditEvent.objects.filter(verb="parameter.tried").exists()
    assert str(run.uuid) not in body(client.get(reverse("web:screenings"))), "a trial is not a screening"
    assert "监测线改为9000.00元" in body(client.get(reverse("web:parameter_changes"))), (
        "found again without its address"
    )
    assert "监测线改为" not in body(browser(staff.office_r8).get(reverse("web:parameter_changes")))
    assert run not in queries.runs_for(staff.secretary)


def test_a_limit_changes_no_list_and_says_so(browser: Browser, staff: Staff, homes: dict[str, Household]) -> None:
    change = proposed(browser(staff.office), "days_visit", "7")
    screenings.work_off()
    page = body(browser(staff.head).get(at(change)))
    assert "这项参数是时限" in page and "没有一户的结论或数字受影响" in page and "复核签字</a>" in page


def test_a_failed_simulation_is_done_again(
    browser: Browser, staff: Staff, homes: dict[str, Household], monkeypatch: pytest.MonkeyPatch
) -> None:
    change = proposed(browser(staff.office))
    with monkeypatch.context() as patch:
        patch.setenv("SHOUWANG_MEMORY", "许多")
        screenings.work_off()
    page = body(browser(staff.office).get(at(change)))
    assert "试算没有做成" in page and "重新试算" in page and "SHOUWANG_MEMORY" in page
    assert browser(staff.head).post(at(change, "parameter_retry")).status_code == 404
    assert browser(staff.office).post(at(change, "parameter_retry")).status_code == 302
    screenings.work_off()
    change.refresh_from_db()
    assert change.run.state == RunState.DONE and change.effect is not None
    assert browser(staff.office).post(at(change, "parameter_retry")).status_code == 422


def test_another_policy_goes_the_same_way_and_an_old_case_keeps_its_own(
    browser: Browser, staff: Staff, house: MakeHouse, tree: dict[str, Unit], clock: Clock
) -> None:
    """改用 2021 年程序：看得到多出的步骤；从那天起新个案要评议公示，以前立的个案页上仍是原来的步骤。"""
    old = actions.open_case(by=staff.cadre, household=house())
    do(staff, old, "declare")
    change = proposed(browser(staff.office), versions.POLICY, "national-2021")
    screenings.work_off()
    page = body(browser(staff.head).get(at(change)))
    assert "增加的步骤：民主评议、张贴公示、公示结果" in page
    browser(staff.head).post(at(change, "parameter_sign"), {})
    clock.pass_days(2)
    client = browser(staff.cadre)
    assert POLICIES["national-2021"].title in body(client.get(reverse("web:rulebook")))
    assert "民主评议" in body(client.get(part("procedure", "national_2021")))
    case = body(client.get(reverse("web:case", args=[old.number])))
    assert "民主评议" not in case and "两委评估" in case
    new = actions.open_case(by=staff.cadre, household=house())
    assert "民主评议" in body(client.get(reverse("web:case", args=[new.number])))


@pytest.mark.parametrize(
    ("moved", "said"),
    [
        ({"rules_met": ("", "income_below_line")}, "无 → 家庭人均纯收入低于监测线"),
        ({"rules_met": ("income_below_line", None)}, "家庭人均纯收入低于监测线 → 无"),
    ],
)
def test_a_rule_that_is_new_was_none_before(moved: dict[str, Any], said: str) -> None:
    """一道横线挨着箭头，看不出是“没有”还是“不详”。"""
    told = changes_words(RunLine(moved=moved), {"income_below_line": "家庭人均纯收入低于监测线"})
    assert told.endswith(said) and "—" not in told
