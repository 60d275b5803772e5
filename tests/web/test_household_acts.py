"""Every act upon a household through its page: done, refused with what was typed kept, and too late."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shouwang.accounts import sessions
from shouwang.accounts.models import AuditEvent, Unit, User
from shouwang.registry.actions import (
    Newcomer,
    NewEntry,
    add_member,
    change_relation,
    post_entries,
    record_event,
    record_fact,
    register_household,
)
from shouwang.registry.actions.members import HeadStaysHead
from shouwang.registry.conflicts import conflict_about
from shouwang.registry.models import (
    ChangeKind,
    Document,
    Event,
    FactSource,
    Household,
    HouseholdFact,
    LedgerEntry,
    Membership,
    PersonFact,
)
from shouwang.registry.models.household import HEAD
from shouwang.units.periods import quarter, quarter_of
from shouwang.web.households.acts import ACTS
from tests.accounts.conftest import Person
from tests.registry.conftest import FAMILY, OPENED, family, member, number, office, secretary

__all__ = ["family", "office", "secretary"]

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db
DAY = "2024-01-10"


def body(response: Any) -> str:
    return str(response.content.decode())


def act(household: Household, name: str, key: object = "") -> str:
    return reverse("web:household_act", args=[household.uuid, name, *([key] if key != "" else [])])


def person_key(household: Household, name: str) -> str:
    return str(member(household, name).person.uuid)


def there(household: Household) -> dict[str, str]:
    """Who belongs now, and how."""
    rows = Membership.objects.filter(household=household, left_on=None, superseded_at=None)
    return dict(rows.values_list("person__name", "relation"))


@dataclass(frozen=True)
class Try:
    """An act filled in: rightly, and so that it is refused. `key` names what it is about."""

    right: dict[str, Any]
    wrong: dict[str, Any]
    said: str
    check: Callable[[Household], bool]
    key: Callable[[Household], object] = lambda household: ""


def line(place: int, **values: Any) -> dict[str, Any]:
    return {f"{name}_{place}": value for name, value in values.items()}


NOW = quarter_of(timezone.localdate())
BABY = {
    "kind": "birth",
    "name": "王小宝",
    "relation": "之孙子",
    "on": DAY,
    "shares_budget": "on",
    "registered_here": "yes",
}
WAGE = {"quarter": NOW, "kind": "wage_income", "amount": "1.2万", "person": "7T-1-3", "source": "走访"}
DATA: dict[str, Try] = {
    "add": Try(BABY, {**BABY, "citizen_number": "652901197005200119"}, "校验", lambda h: "王小宝" in there(h)),
    "leave": Try(
        {"kind": "marriage_out", "on": DAY, "reason": "出嫁"}, {"kind": "marriage_out", "on": "2001-01-01"}, "早于",
        lambda h: "王小红" not in there(h), lambda h: person_key(h, "王小红"),
    ),
    "relation": Try(
        {"relation": "其他", "reason": "登记有误"}, {"relation": "户主", "reason": "x"}, "不在可用的选项",
        lambda h: there(h)["王小明"] == "其他", lambda h: person_key(h, "王小明"),
    ),
    "head": Try(
        {"new_head": "7T-1-2", "former_relation": "配偶", "reason": "本人要求"},
        {"new_head": "7T-1-2", "former_relation": "配偶", "reason": ""}, "必填",
        lambda h: (there(h)["李秀兰"], there(h)["王志强"]) == (HEAD, "配偶"),
    ),
    "split": Try(
        {"moving": ["7T-1-3"], "head": "7T-1-3", "number": "7T-5", "on": DAY, "reason": "成家"},
        {"moving": ["7T-1-3"], "head": "7T-1-2", "number": "7T-5", "on": DAY, "reason": "成家"}, "分出去的人里面",
        lambda h: there(Household.objects.get(number="7T-5")) == {"王小明": HEAD},
    ),
    "ledger": Try(
        {**line(1, **WAGE), **line(3, quarter=NOW - 1, kind="rigid_medical", amount="300.05", one_off="on")},
        {**line(1, **WAGE), **line(2, quarter=NOW, kind="wage_income", amount="三千")}, "第 2 笔：金额不是数字",
        lambda h: set(h.ledger.values_list("amount_fen", "person__name", "one_off")) == {
            (1_200_000, "王小明", False), (30_005, None, True)
        },
    ),
    "event": Try(
        {"cause": "因灾", "occurred_on": DAY, "note": "冰雹"}, {"cause": "其他", "occurred_on": DAY}, "写明是什么事",
        lambda h: h.events.get().note == "冰雹",
    ),
    "document": Try({}, {"title": "照片"}, "必填", lambda h: h.documents.get().title == "诊断书"),
    "fact": Try(
        {"value": ["长期慢性病", "残疾"], "as_of": DAY, "source": "visit"},
        {"value": ["健康"], "as_of": "2999-01-01", "source": "visit"}, "还没有到",
        lambda h: PersonFact.objects.get().value == "长期慢性病、残疾", lambda h: f"{person_key(h, '王志强')}:health",
    ),
}  # fmt: skip


def send(client: Client, household: Household, name: str, values: dict[str, Any], **more: Any) -> Any:
    if name == "document" and not values:
        values = {"title": "诊断书", "file": SimpleUploadedFile("诊断.pdf", b"%PDF-1.4")}
    fields = {"version": Household.objects.get(pk=household.pk).version, **values, **more}
    key = DATA[name].key(household) if name in DATA else ""
    return client.post(act(household, name, key), fields)


def test_every_act_is_tried_here() -> None:
    """`move`, `merge`, `settle`, `reverse` and `withdraw` need more than the family, and have tests of their own."""
    assert ACTS.keys() == DATA.keys() | {"move", "merge", "settle", "reverse", "withdraw"}


@pytest.mark.parametrize("name", DATA)
def test_an_act_is_done_and_said(browser: Browser, secretary: User, family: Household, name: str) -> None:
    client = browser(secretary)
    assert client.get(act(family, name, DATA[name].key(family))).status_code == 200
    before = AuditEvent.objects.count()
    answer = send(client, family, name, DATA[name].right)
    assert answer.status_code == 302, body(answer)
    assert DATA[name].check(family)
    assert AuditEvent.objects.count() == before + 1
    assert 'banner--good"' in body(client.get(answer.url))


@pytest.mark.parametrize("name", DATA)
def test_a_refusal_stands_on_the_form_with_what_was_typed(
    browser: Browser, secretary: User, family: Household, name: str
) -> None:
    client, before = browser(secretary), AuditEvent.objects.count()
    answer = send(client, family, name, DATA[name].wrong)
    page = body(answer)
    assert answer.status_code == 200
    assert DATA[name].said in page
    typed = [
        value for value in DATA[name].wrong.values() if isinstance(value, str) and value and value not in ("on", "户主")
    ]
    assert [value for value in typed if f"{value}<" not in page and f'"{value}"' not in page] == []
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("name", ["add", "leave", "relation", "head", "split"])
def test_who_comes_second_is_told_who_was_first_and_may_then_go_on(
    browser: Browser, office: User, secretary: User, family: Household, name: str
) -> None:
    client = browser(secretary)
    seen = family.version
    baby = Newcomer("王小贝", "之孙女", number("2023-01-01", 55))
    add_member(by=office, household=family, newcomer=baby, kind=ChangeKind.BIRTH, on=date(2023, 1, 1))
    late = send(client, family, name, DATA[name].right, version=seen)
    page = body(late)
    assert late.status_code == 409
    assert "别人先办了一步" in page
    assert "office于" in page
    assert "办理出生：王小贝" in page
    assert not _done(DATA[name], family)
    again = send(client, family, name, DATA[name].right, version=late.context["form"]["version"].value())
    assert again.status_code == 302
    assert DATA[name].check(family)


def _done(tried: Try, household: Household) -> bool:
    try:
        return tried.check(household)
    except Household.DoesNotExist:
        return False


def test_the_head_may_leave_only_with_a_new_one_and_the_last_closes_the_household(
    browser: Browser, secretary: User, family: Household
) -> None:
    client = browser(secretary)
    leaving = {"kind": "death", "on": DAY}
    head = act(family, "leave", person_key(family, "王志强"))
    assert "这个字段是必填项" in body(client.post(head, {**leaving, "version": 1}))
    assert client.post(head, {**leaving, "version": 1, "new_head": "7T-1-2"}).status_code == 302
    assert there(family)["李秀兰"] == HEAD
    for name in ("王小明", "王小红", "李秀兰"):
        version = Household.objects.get(pk=family.pk).version
        assert (
            client.post(act(family, "leave", person_key(family, name)), {**leaving, "version": version}).status_code
            == 302
        )
    page = body(client.get(reverse("web:household", args=[family.uuid])))
    assert "已销户" in page
    assert 'id="acts"' not in page
    refused = client.post(act(family, "event"), {"cause": "因灾", "occurred_on": DAY, "version": 9}, follow=True)
    assert "不能再办" in body(refused)
    assert not Event.objects.exists()


def test_the_relation_of_the_head_is_changed_only_by_changing_the_head(
    browser: Browser, secretary: User, family: Household
) -> None:
    client, key = browser(secretary), person_key(family, "王志强")
    shown = body(client.get(reverse("web:household_member", args=[family.uuid, key])))
    assert act(family, "relation", key) not in shown
    refused = client.post(act(family, "relation", key), {"relation": "其他", "reason": "x", "version": 1}, follow=True)
    assert "请办理“更换户主”" in body(refused)
    with pytest.raises(HeadStaysHead):
        change_relation(by=secretary, membership=member(family, "王志强"), relation="其他", reason="x")
    assert there(family)["王志强"] == HEAD


def test_moving_belongs_to_who_may_act_at_both_ends(
    browser: Browser, office: User, secretary: User, family: Household, tree: dict[str, Unit]
) -> None:
    values = {"unit": str(tree["c2"].uuid), "on": DAY, "reason": "调动", "version": family.version}
    refused = browser(secretary).post(act(family, "move"), values, follow=True)
    assert "没有别的连队可迁" in body(refused)
    client = browser(office)
    assert str(tree["c81"].uuid) not in body(client.get(act(family, "move")))
    assert "不在可用的选项" in body(client.post(act(family, "move"), {**values, "unit": str(tree["c81"].uuid)}))
    assert client.post(act(family, "move"), values).status_code == 302
    family.refresh_from_db()
    assert family.unit == tree["c2"]


def test_two_households_become_one(browser: Browser, office: User, family: Household, tree: dict[str, Unit]) -> None:
    people = (Newcomer("赵铁柱", "户主", joined_on=OPENED),)
    other = register_household(by=office, unit=tree["c2"], number="7T-2", on=OPENED, members=people)
    client = browser(office)
    values = {"into": "7T-1", "on": DAY, "reason": "赡养", "relation_0": "之父", "version": other.version}
    assert "辖区内没有这个户编号" in body(client.post(act(other, "merge"), {**values, "into": "7T-77"}))
    assert "不能与自己并户" in body(client.post(act(other, "merge"), {**values, "into": "7T-2"}))
    assert client.post(act(other, "merge"), values).status_code == 302
    assert there(family)["赵铁柱"] == "之父"
    other.refresh_from_db()
    assert other.closed_on is not None


def test_settling_what_sources_say_differently(
    browser: Browser, office: User, secretary: User, family: Household
) -> None:
    for value, source in (("C", FactSource.SELF), ("A", FactSource.VISIT)):
        record_fact(by=office, about=family, kind="dwelling_grade", value=value, as_of=date(2024, 1, 1), source=source)
    client, address = browser(secretary), act(family, "settle", "dwelling_grade")
    asked = body(client.get(address))
    assert "C：本人申报，截至 2024年1月1日" in asked
    assert "A：干部走访" in asked
    assert "必填" in body(client.post(address, {"value": "C", "version": family.version}))
    assert "不在可用的选项" in body(client.post(address, {"value": "B", "reason": "x", "version": family.version}))
    assert client.post(address, {"value": "C", "reason": "入户查看", "version": family.version}).status_code == 302
    assert conflict_about(family, "dwelling_grade") is None
    assert HouseholdFact.objects.latest("pk").source == FactSource.SETTLED
    late = client.post(address, {"value": "A", "reason": "入户查看", "version": family.version}, follow=True)
    assert "已由secretary判定为“C”，依据是：入户查看" in body(late)
    assert HouseholdFact.objects.count() == 3


def test_a_line_is_taken_back_once(browser: Browser, office: User, secretary: User, family: Household) -> None:
    (entry,) = post_entries(by=office, household=family, entries=[NewEntry(quarter(2024, 1), "wage_income", 500_00)])
    client, address = browser(secretary), act(family, "reverse", entry.pk)
    page = reverse("web:household", args=[family.uuid])
    assert address in body(client.get(page))
    assert client.post(address, {"reason": "重复", "version": 1}).status_code == 302
    assert sum(LedgerEntry.objects.values_list("amount_fen", flat=True)) == 0
    assert address not in body(client.get(page))
    again = client.post(address, {"reason": "重复", "version": 1}, follow=True)
    assert "这一笔已由secretary于" in body(again)
    assert LedgerEntry.objects.count() == 2


def test_an_event_is_withdrawn_once(browser: Browser, office: User, secretary: User, family: Household) -> None:
    event = record_event(by=office, household=family, occurred_on=date(2024, 1, 1), cause="因灾")
    client, address = browser(secretary), act(family, "withdraw", event.uuid)
    assert client.post(address, {"reason": "记错户", "version": 1}).status_code == 302
    again = client.post(address, {"reason": "记错户", "version": 1}, follow=True)
    assert "这次变故已由secretary于" in body(again)
    assert Event.objects.count() == 2
    assert "没有登记变故" in body(client.get(reverse("web:household", args=[family.uuid])))


def test_a_file_is_handed_out_as_an_attachment_and_the_reading_recorded(
    browser: Browser, secretary: User, family: Household
) -> None:
    client = browser(secretary)
    page = SimpleUploadedFile("evil.pdf", b"<script>alert(1)</script>")
    refused = client.post(act(family, "document"), {"title": "x", "file": page, "version": 1})
    assert "不是可以保存的类型" in body(refused)
    send(client, family, "document", {})
    document = Document.objects.get()
    answer = client.get(reverse("web:household_document", args=[family.uuid, document.uuid]))
    assert answer.content == b"%PDF-1.4"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Type"] == "application/pdf"
    assert AuditEvent.objects.filter(verb="document.read").count() == 1


def test_a_whole_number_is_shown_for_a_reason_with_a_fresh_proof(
    client: Client, browser: Browser, secretary: User, person: Person, family: Household
) -> None:
    address = reverse("web:household_reveal", args=[family.uuid, person_key(family, "王志强")])
    whole = FAMILY[0].citizen_number
    browser(secretary)
    assert whole not in body(client.get(address))
    assert "必填" in body(client.post(address, {}))
    shown = client.post(address, {"reason": "核对参保"})
    assert whole in body(shown)
    assert "no-store" in shown["Cache-Control"]
    assert "核对参保" in AuditEvent.objects.get(verb="person.revealed").facts
    session = client.session
    session[sessions.PROVED] = (timezone.now() - timedelta(minutes=11)).isoformat()
    session.save()
    assert client.post(address, {"reason": "核对参保"}).status_code == 302
    browser(person("member", "committee_member", "c1"))
    assert client.post(address, {"reason": "核对参保"}).status_code == 404
    listed = body(client.get(reverse("web:household_member", args=[family.uuid, person_key(family, "王志强")])))
    assert address not in listed
    assert AuditEvent.objects.filter(verb="person.revealed").count() == 1


# ---- a new household


def first_people(**more: Any) -> dict[str, Any]:
    return {
        "number": "7T-30", "on": DAY, "p1-name": "孙大山", "p1-relation": HEAD, "p1-shares_budget": "on",
        "p1-citizen_number": number("1971-01-01", 9), "p3-name": "孙小山", "p3-relation": "之子", "p3-shares_budget": "on",
        **more,
    }  # fmt: skip


def test_registering_a_household(browser: Browser, secretary: User, tree: dict[str, Unit]) -> None:
    client, address = browser(secretary), reverse("web:household_new")
    answer = client.post(address, first_people(unit=str(tree["c1"].uuid)))
    assert answer.status_code == 302, body(answer)
    made = Household.objects.get(number="7T-30")
    assert there(made) == {"孙大山": HEAD, "孙小山": "之子"}
    assert set(made.memberships.values_list("joined_on", flat=True)) == {date(2024, 1, 10)}
    again = body(client.post(address, first_people(unit=str(tree["c1"].uuid))))
    assert "已经用过" in again
    assert 'value="孙小山"' in again


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"p1-name": ""}, "成员的“姓名”"),
        ({"p3-relation": ""}, "成员的“与户主关系”"),
        ({"p3-name": "", "p3-birth_date": "2001-01-01"}, "成员的“姓名”"),
        ({"on": "2999-01-01"}, "还没有到"),
        ({"p1-citizen_number": "652901197005200119"}, "没有登记"),
    ],
)
def test_a_household_is_registered_whole_or_not_at_all(
    browser: Browser, secretary: User, tree: dict[str, Unit], change: dict[str, str], said: str
) -> None:
    page = body(
        browser(secretary).post(reverse("web:household_new"), first_people(unit=str(tree["c1"].uuid), **change))
    )
    assert said in page
    assert 'value="7T-30"' in page
    assert not Household.objects.exists()


def test_nobody_registers_a_household_elsewhere(browser: Browser, secretary: User, tree: dict[str, Unit]) -> None:
    page = body(browser(secretary).post(reverse("web:household_new"), first_people(unit=str(tree["c2"].uuid))))
    assert "不在可用的选项" in page
    assert not Household.objects.exists()
