"""The registry in the browser: who sees which household, what the list finds, what the page says, what leaves as Excel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shouwang.accounts.models import AuditEvent, Unit, User
from shouwang.casework.actions import open_case
from shouwang.casework.models import Clue, ClueLine, ClueSource, ScreeningRun
from shouwang.demo.generate import generate
from shouwang.registry.actions import (
    Newcomer,
    NewEntry,
    change_relation,
    post_entries,
    record_document,
    record_event,
    record_fact,
    register_household,
    reverse_entry,
    split_household,
    stage_batch,
)
from shouwang.registry.loading import load_package
from shouwang.registry.models import FactSource, Household, HouseholdFact, LedgerEntry, PersonFact
from shouwang.units.periods import quarter
from shouwang.web.households.acts import ACTS
from shouwang.web.nav import address_of
from tests.accounts.conftest import CONSOLE, Person
from tests.registry.conftest import FAMILY, OPENED, family, member, number, office, secretary

__all__ = ["family", "office", "secretary"]

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 made up"


def body(response: Any) -> str:
    return str(response.content.decode())


def page_of(household: Household) -> str:
    return reverse("web:household", args=[household.uuid])


def act(household: Household, name: str, key: object = "") -> str:
    return reverse("web:household_act", args=[household.uuid, name, *([key] if key != "" else [])])


@pytest.fixture
def neighbours(office: User, tree: dict[str, Unit]) -> Household:
    """A household of the second company."""
    people = (Newcomer("赵铁柱", "户主", number("1980-02-02", 77), joined_on=OPENED),)
    return register_household(by=office, unit=tree["c2"], number="7T-2", on=OPENED, members=people)


def fill(office: User, household: Household) -> dict[str, Any]:
    """Something of everything: lines, facts that differ, an event, a file."""
    head, first = member(household, household.memberships.first().person.name), quarter(2024, 1)  # type: ignore[union-attr]
    lines = [NewEntry(first + n, "wage_income", 100_000 * (n + 1), source="走访：入户") for n in range(4)]
    lines.append(NewEntry(first, "rigid_medical", 1_234_529, person=head.person, source="=1+1"))
    entries = post_entries(by=office, household=household, entries=lines)
    record_fact(
        by=office, about=household, kind="water_safe", value="是", as_of=date(2024, 1, 1), source=FactSource.VISIT
    )
    for value, source in (("健康", FactSource.SELF), ("患有大病", FactSource.VISIT)):
        record_fact(by=office, about=head.person, kind="health", value=value, as_of=date(2024, 1, 1), source=source)
    event = record_event(by=office, household=household, occurred_on=date(2024, 2, 1), cause="因病", note="住院")
    document = record_document(by=office, household=household, title="诊断书", file_name="诊断.pdf", content=PDF)
    return {"entry": entries[-1], "event": event, "document": document, "head": head}


def addresses(household: Household, made: dict[str, Any]) -> list[str]:
    """Every address there is about a household, from the tables the pages are made of."""
    person = made["head"].person.uuid
    last = household.memberships.order_by("pk").last()
    assert last is not None
    keys = {
        "leave": person, "relation": last.person.uuid, "fact": f"{person}:health", "settle": f"{person}:health",
        "reverse": made["entry"].pk, "withdraw": made["event"].uuid,
    }  # fmt: skip
    assert keys.keys() == {name for name, one in ACTS.items() if one.find}
    return [
        page_of(household),
        reverse("web:household_ledger", args=[household.uuid]),
        reverse("web:household_member", args=[household.uuid, person]),
        reverse("web:household_reveal", args=[household.uuid, person]),
        reverse("web:household_document", args=[household.uuid, made["document"].uuid]),
        *(act(household, name, keys.get(name, "")) for name in ACTS),
    ]


def test_another_companys_household_does_not_exist(
    browser: Browser, office: User, secretary: User, family: Household, neighbours: Household
) -> None:
    mine, theirs = fill(office, family), fill(office, neighbours)
    client = browser(secretary)
    opened = {path: client.get(path).status_code for path in addresses(family, mine)}
    # A company has no other company to move a household to, and is told so.
    assert {path: code for path, code in opened.items() if code != 200} == {act(family, "move"): 302}
    before = AuditEvent.objects.exclude(verb="access.denied").count()
    for path in addresses(neighbours, theirs):
        assert client.get(path).status_code == 404, path
        assert client.post(path, {"reason": "x", "version": 1}).status_code == 404, path
    assert AuditEvent.objects.exclude(verb="access.denied").count() == before
    listed = body(client.get(reverse("web:households"), {"unit": str(neighbours.unit.uuid), "name": "铁柱"}))
    assert "7T-2" not in listed


def test_things_of_another_household_are_not_reached_through_ones_own(
    browser: Browser, office: User, secretary: User, family: Household, neighbours: Household
) -> None:
    theirs, client = fill(office, neighbours), browser(secretary)
    person = theirs["head"].person.uuid
    for path in (
        reverse("web:household_member", args=[family.uuid, person]),
        reverse("web:household_reveal", args=[family.uuid, person]),
        reverse("web:household_document", args=[family.uuid, theirs["document"].uuid]),
        act(family, "reverse", theirs["entry"].pk),
        act(family, "withdraw", theirs["event"].uuid),
        act(family, "leave", person),
        act(family, "fact", f"{person}:health"),
        act(family, "fact", "health"),
        act(family, "reverse", "nonsense"),
        act(family, "leave", "nonsense"),
        act(family, "leave"),
        act(family, "nonsense"),
    ):
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize(("role", "at"), [("corps", "bt"), ("system_admin", "r7"), ("department_officer", "hospital")])
def test_who_may_not_see_households_sees_no_page_of_them(
    browser: Browser, person: Person, family: Household, role: str, at: str
) -> None:
    client = browser(person("stranger", role, at))
    for path in (
        reverse("web:households"),
        page_of(family),
        reverse("web:household_export"),
        reverse("web:person_search"),
    ):
        assert client.get(path).status_code == 404, path


def test_a_cadre_records_but_does_not_edit(browser: Browser, person: Person, office: User, family: Household) -> None:
    made = fill(office, family)
    client = browser(person("cadre", "cadre", "c1"))
    page = body(client.get(page_of(family)))
    assert act(family, "event") in page
    for name in ("ledger", "add", "split", "move", "merge", "head"):
        assert act(family, name) not in page
        assert client.get(act(family, name)).status_code == 404
    assert act(family, "settle", f"{made['head'].person.uuid}:health") not in page
    assert reverse("web:household_new") not in body(client.get(reverse("web:households")))
    assert client.get(reverse("web:household_new")).status_code == 404
    asked = body(client.get(act(family, "fact", "dwelling_grade")))
    assert "干部走访" in asked
    assert "本人申报" not in asked


# ---- the list


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"7T-1", "7T-2"}),
        ({"name": "小明"}, {"7T-1"}),
        ({"name": "铁柱"}, {"7T-2"}),
        ({"name": "小柱"}, set()),
        ({"number": "7T-2"}, {"7T-2"}),
        ({"closed": "on"}, {"7T-1", "7T-2", "7T-3"}),
    ],
)
def test_the_list_finds(
    browser: Browser, office: User, family: Household, neighbours: Household, query: dict[str, str], found: set[str]
) -> None:
    gone = register_household(
        by=office, unit=family.unit, number="7T-3", on=OPENED, members=(Newcomer("孙某", "户主", joined_on=OPENED),)
    )
    Household.objects.filter(pk=gone.pk).update(closed_on=date(2024, 1, 1))
    page = body(browser(office).get(reverse("web:households"), query))
    assert {n for n in ("7T-1", "7T-2", "7T-3") if f">{n}<" in page} == found
    assert ("没有符合条件的户" in page) == (not found)


def test_the_list_by_unit_and_by_pages(browser: Browser, office: User, tree: dict[str, Unit]) -> None:
    Household.objects.bulk_create(
        Household(number=f"H-{n:03}", unit=tree[at], **tree[at].scope_columns)
        for n, at in enumerate(["c1"] * 60 + ["c2"] * 5)
    )
    client, address = browser(office), reverse("web:households")
    page = client.get(address, {"unit": str(tree["c1"].uuid)})
    assert "共 60 条" in body(page)
    assert "H-049" in body(page)
    assert "H-050" not in body(page)
    following = client.get(address + page.context["table"].page.next_url)
    assert "H-059" in body(following)
    assert "H-060" not in body(following)
    back = client.get(address + following.context["table"].page.previous_url)
    assert body(back).count(">H-0") == body(page).count(">H-0") == 50


def test_a_citizen_number_never_stands_in_an_address(
    browser: Browser, secretary: User, family: Household, neighbours: Household
) -> None:
    client, address = browser(secretary), reverse("web:person_search")
    found = client.post(address, {"number": FAMILY[0].citizen_number})
    assert "7T-1" in body(found)
    assert "7T-2" not in body(client.post(address, {"number": number("1980-02-02", 77)}))
    assert AuditEvent.objects.filter(verb="person.searched").count() == 2
    assert "没有查询" in body(client.post(address, {"number": "652901197005200119"}))
    asked = body(client.get(address, {"number": FAMILY[0].citizen_number}))
    assert "7T-1" not in asked
    assert AuditEvent.objects.filter(verb="person.searched").count() == 2
    facts = "".join(AuditEvent.objects.values_list("facts", flat=True))
    assert FAMILY[0].citizen_number not in facts


def test_the_first_page_says_how_many(
    browser: Browser, person: Person, office: User, secretary: User, family: Household, neighbours: Household
) -> None:
    told = {user: body(browser(user).get(reverse("web:home"))) for user in (office, secretary)}
    assert [words in told[office] for words in ("2 <small>户</small>", "5 人")] == [True, True]
    assert [words in told[secretary] for words in ("1 <small>户</small>", "4 人")] == [True, True]
    assert "在册" not in body(browser(person("admin", "system_admin", "r7")).get(reverse("web:home")))


# ---- the page


def test_the_page_says_what_is_going_on_and_everything_on_record(
    browser: Browser, person: Person, office: User, secretary: User, family: Household
) -> None:
    made = fill(office, family)
    quiet = body(browser(secretary).get(reverse("web:households")))
    assert "王志强" in quiet
    run = ScreeningRun.objects.create(
        unit=family.regiment, policy="qituan-2020", policy_sha256="0" * 64, as_of=date(2024, 6, 30)
    )
    clue = Clue.objects.create(
        household=family,
        source=ClueSource.SCREENING,
        outcome="met",
        fingerprint="f",
        raised_on=date(2024, 7, 1),
        run=run,
    )
    ClueLine.objects.create(
        clue=clue, source=ClueSource.SCREENING, run=run, rule="medical_burden", outcome="met", clause="二/三/3",
        sentence="经基本医保和大病保险支付后仍负担34,000.00元。", fingerprint="f",
    )  # fmt: skip
    page = body(browser(secretary).get(page_of(family)))
    told = (
        "有一条线索等待处理", "仍负担34,000.00元", "二（三）3", "1 项情况各来源说法不一", "健康（本人申报", "患有大病（干部走访",
        "12,345.29", "走访：入户", "2024年第1季度", "诊断书", "因病", "住院", "没有立过案", "立户",
    )  # fmt: skip
    assert [words for words in told if words not in page] == []
    assert FAMILY[0].citizen_number not in page
    assert FAMILY[0].citizen_number[:4] + "*" in page
    assert AuditEvent.objects.filter(verb="household.read").count() == 1
    assert act(family, "settle", f"{made['head'].person.uuid}:health") in page
    case = open_case(by=person("cadre", "cadre", "c1"), household=family)
    page = body(browser(secretary).get(page_of(family)))
    assert f"个案 {case.number}" in page
    assert "办理中：" in page
    assert "有一条线索等待处理" not in page
    nothing = Household.objects.create(number="7T-9", unit=family.unit, **family.unit.scope_columns)
    empty = body(browser(secretary).get(page_of(nothing)))
    assert "目前没有待办的事" in empty
    assert "还没有登记收支" in empty


def test_who_has_left_for_another_company_is_theirs_to_see(
    browser: Browser, office: User, secretary: User, family: Household, tree: dict[str, Unit]
) -> None:
    fill(office, family)
    daughter = member(family, "王小红")
    split_household(
        by=office, household=family, moving=[daughter], head=daughter, number="7T-8", on=date(2024, 3, 1), reason="分户",
        unit=tree["c2"],
    )  # fmt: skip
    record_fact(
        by=office, about=daughter.person, kind="disability_grade", value="二级", as_of=date(2024, 4, 1),
        source=FactSource.VISIT,
    )  # fmt: skip
    client = browser(secretary)
    page = body(client.get(page_of(family)))
    assert "已离开的成员" in page
    assert "二级" not in page
    assert "二级" not in body(client.get(reverse("web:household_member", args=[family.uuid, daughter.person.uuid])))
    assert client.get(act(family, "fact", f"{daughter.person.uuid}:health")).status_code == 404
    again = client.get(act(family, "leave", daughter.person.uuid), follow=True)
    assert "已经离开本户" in body(again)


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


def test_more_rows_are_not_more_queries(browser: Browser, office: User, family: Household) -> None:
    client, listed = browser(office), reverse("web:households")
    fill(office, family)
    client.get(listed)
    before = queries(client, page_of(family)), queries(client, listed)
    for n in range(5):
        people = tuple(Newcomer(f"某{n}{m}", "户主" if m == 0 else "其他", joined_on=OPENED) for m in range(5))
        register_household(by=office, unit=family.unit, number=f"8T-{n}", on=OPENED, members=people)
    post_entries(
        by=office, household=family,
        entries=[NewEntry(quarter(2023, 1), "wage_income", n) for n in range(9)],
    )  # fmt: skip
    for name in ("李秀兰", "王小明", "王小红"):
        for kind, value in (("health", "健康"), ("labour", "普通劳动力"), ("schooling", "小学")):
            record_fact(
                by=office,
                about=member(family, name).person,
                kind=kind,
                value=value,
                as_of=OPENED,
                source=FactSource.VISIT,
            )
    for n in range(4):
        record_event(by=office, household=family, occurred_on=OPENED, cause="因灾", note=str(n))
    assert (queries(client, page_of(family)), queries(client, listed)) == before
    assert before[0] <= 60
    assert before[1] <= 25


# ---- export


def exported(client: Client, table: str, query: str = "", **more: Any) -> Any:
    answer = client.post(f"{reverse('web:household_export')}{query}", {"table": table, "reason": "核对", **more})
    assert answer["Content-Type"].endswith("sheet"), body(answer)
    assert "no-store" in answer["Cache-Control"]
    return answer


def sheet(answer: Any) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(BytesIO(answer.content))
    return [tuple(cell.value for cell in row) for row in book.worksheets[0].iter_rows()]


def test_the_export_follows_the_filter_and_is_recorded(
    browser: Browser, office: User, family: Household, neighbours: Household
) -> None:
    client = browser(office)
    rows = sheet(exported(client, "list", "?name=铁柱"))
    assert rows[0][:5] == ("户编号", "连队", "户主", "户主身份证号", "人口")
    assert [row[0] for row in rows[1:]] == ["7T-2"]
    assert "*" in rows[1][3]
    event = AuditEvent.objects.filter(verb="registry.exported").get()
    assert '"rows":1' in event.facts
    assert "核对" in event.facts
    assert "没有符合条件的内容" in body(
        client.post(f"{reverse('web:household_export')}?name=没有", {"table": "list", "reason": "x"})
    )
    assert "这个字段是必填项" in body(client.post(reverse("web:household_export"), {"table": "list"}))


def test_nothing_in_an_export_is_run_or_rounded(browser: Browser, office: User, family: Household) -> None:
    fill(office, family)
    client = browser(office)
    book = openpyxl.load_workbook(BytesIO(exported(client, "ledger").content))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert [cell.data_type for cell in cells if cell.value == "=1+1"] == ["s"]
    whole = sheet(exported(client, "members", full_numbers="on"))
    assert whole[1][3] == FAMILY[0].citizen_number
    assert '"full_numbers":true' in AuditEvent.objects.filter(verb="registry.exported").latest("seq").facts


def test_whole_numbers_need_a_permission_of_their_own(browser: Browser, person: Person, family: Household) -> None:
    client = browser(person("division", "division_office", "d1"))
    assert "full_numbers" not in body(client.get(reverse("web:household_export")))
    assert "*" in sheet(exported(client, "members", full_numbers="on"))[1][3]


def test_an_export_wants_a_fresh_proof_and_the_permission(
    client: Client, browser: Browser, office: User, secretary: User, family: Household
) -> None:
    browser(office, proved=False)
    assert client.post(reverse("web:household_export"), {"table": "list", "reason": "x"}).status_code == 302
    browser(secretary)
    assert client.get(reverse("web:household_export")).status_code == 404
    assert not AuditEvent.objects.filter(verb="registry.exported").exists()


@pytest.mark.parametrize("table", ["households", "members", "ledger", "events"])
@pytest.mark.parametrize("full", [False, True])
def test_what_was_exported_may_be_sent_back_and_changes_nothing(
    browser: Browser, office: User, family: Household, neighbours: Household, tree: dict[str, Unit], tmp_path: Path,
    table: str, full: bool,
) -> None:  # fmt: skip
    made = fill(office, family)
    reverse_entry(by=office, entry=made["entry"], reason="重复：记了两次")
    change_relation(by=office, membership=member(family, "王小明"), relation="其他", reason="核对")
    daughter = member(family, "王小红")
    split_household(
        by=office, household=family, moving=[daughter], head=daughter, number="7T-8", on=date(2024, 3, 1), reason="分户"
    )
    path = tmp_path / f"{table}.xlsx"
    path.write_bytes(exported(browser(office), table, **({"full_numbers": "on"} if full else {})).content)
    batch = stage_batch(by=office, unit=tree["r7"], table=table, path=path, file_name=path.name)
    tally = {name: count for name, count in batch.counts.items() if count}
    assert tally == {"read": tally["read"], "unchanged": tally["read"]}
    assert tally["read"] == len(sheet(exported(browser(office), table))) - 1


def test_a_changed_cell_comes_back_as_the_one_change(
    browser: Browser, office: User, family: Household, tree: dict[str, Unit], tmp_path: Path
) -> None:
    fill(office, family)
    book = openpyxl.load_workbook(BytesIO(exported(browser(office), "members").content))
    first = book.worksheets[0]
    column = [cell.value for cell in first[1]].index("劳动技能") + 1
    first.cell(3, column).value = "技能劳动力"
    book.save(tmp_path / "m.xlsx")
    batch = stage_batch(by=office, unit=tree["r7"], table="members", path=tmp_path / "m.xlsx", file_name="m.xlsx")
    assert batch.counts["accepted"] == 1
    assert batch.counts["unchanged"] == 3
    assert (PersonFact.objects.count(), HouseholdFact.objects.count()) == (2, 1)


def test_a_whole_regiment_exported_and_sent_back_is_known_to_the_last_row(
    browser: Browser, office: User, tree: dict[str, Unit], tmp_path: Path
) -> None:
    """Whatever faults the files had that it was loaded from."""
    package = generate(tmp_path / "package", 200, 20200520).folder
    load_package(by=CONSOLE, unit=tree["r7"], path=package, as_of=date(2020, 5, 20), create_units=True)
    client = browser(office)
    for table, least in {"households": 200, "members": 200, "ledger": 200, "events": 1}.items():
        path = tmp_path / f"{table}.xlsx"
        path.write_bytes(exported(client, table).content)
        counts = stage_batch(by=office, unit=tree["r7"], table=table, path=path, file_name=path.name).counts
        assert counts["read"] == counts["unchanged"] >= least, table
    entry = LedgerEntry.objects.exclude(batch=None).select_related("batch", "household").earliest("pk")
    page = body(client.get(act(entry.household, "reverse", entry.pk)))
    assert f"ledger.csv 第 {entry.row} 行" in page
    assert address_of("web:batch", entry.batch.uuid) in page
