"""The comparison workbench: who may, what is shown and what is not, deciding and taking back, two people at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouwang.accounts.models import AuditEvent, Unit, User
from shouwang.registry.actions import Newcomer, Verdict, confirm_batch, decide_match, register_household, undo_batch
from shouwang.registry.models import Household, MedicalBill, RowOutcome, SourceBatch, SourceRow
from tests.accounts.conftest import Person as MakePerson
from tests.registry.conftest import BILL, OPENED, family, last_seq, member, number, office, sent, verbs
from tests.registry.test_batches import FATHER, MOTHER, doctor, stage

__all__ = ["doctor", "family", "office", "sent", "stage"]

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db

#: A wrong digit in the father's number, a namesake's slip, a stranger; and a row that is matched.
WRONG = FATHER[:17] + str((int(FATHER[17]) + 1) % 10 if FATHER[17] != "X" else 1)
STRANGER = number("1960-01-01", 5)
ROWS = [
    (WRONG, "王志刚", "", "2020-03-01", "5000", "1200.50"),
    ("", "李秀芝", "1972-03-01", "2020-03-02", "90", "90"),
    (STRANGER, "外地人", "", "2020-03-03", "70", "70"),
    (MOTHER, "李秀兰", "", "2020-03-04", "60", "60"),
]


@pytest.fixture
def batch(family: Household, stage: Callable[..., SourceBatch], sent: Callable[..., Path]) -> SourceBatch:
    return stage(sent("住院.csv", BILL, ROWS))


@pytest.fixture
def colleague(person: MakePerson) -> User:
    return person("colleague", "regiment_office", "r7")


def row_of(batch: SourceBatch, name: str) -> SourceRow:
    place = next(place for place, row in enumerate(ROWS) if row[1] == name)
    return SourceRow.objects.get(batch=batch, row=place + 2)


def body(response: Any) -> str:
    return str(response.content.decode())


def decide(client: Client, row: SourceRow, choice: object, **more: Any) -> Any:
    return client.post(reverse("web:matching_decide", args=[row.uuid]), {"choice": str(choice)}, **more)


def shown_row(page: str) -> int:
    found = re.search(r'id="bench-title">[^<]*第 (\d+) 行', page)
    return int(found[1]) if found else 0


def test_a_doubtful_row_stands_beside_the_people_it_may_be_about(
    browser: Browser, office: User, batch: SourceBatch
) -> None:
    page = body(browser(office).get(reverse("web:matching")))
    assert shown_row(page) == 2
    assert "还有 <b>3</b> 行" in page
    assert "机器为什么没有定：身份证号不对" in page
    first = page[page.index('class="panel candidate"') :]
    assert "王志强" in first[: first.index("</h3>")]
    assert "差 1 位" in first
    assert "差 1 个字" in first
    assert "<mark>刚</mark>" in first
    assert "<mark>强</mark>" in first
    assert "李秀兰（配偶）" in first, "同户的人是旁证"
    assert "c1，户" in first


def test_no_full_number_is_ever_on_the_page(browser: Browser, office: User, batch: SourceBatch) -> None:
    client = browser(office)
    stray = SourceRow.objects.get(batch=batch, row=3)
    stray.cells = stray.cells.replace("李秀芝", f"李秀芝{MOTHER}")
    stray.save(update_fields=["cells"])
    pages = [body(client.get(reverse("web:matching"), {"row": str(one.uuid)})) for one in batch.rows.all()[:3]]
    pages.append(body(client.post(reverse("web:matching_find", args=[stray.uuid]), {"text": MOTHER})))
    for page in pages:
        for canary in (FATHER, MOTHER, WRONG, STRANGER):
            assert canary not in page
            assert canary[4:14] not in page


def test_only_the_office_of_the_regiment(
    browser: Browser, person: MakePerson, doctor: User, batch: SourceBatch, family: Household
) -> None:
    row, father = row_of(batch, "王志刚"), member(family, "王志强").person
    far = person("far", "regiment_office", "r8")
    for user in (doctor, person("cadre", "cadre", "c1"), person("division", "division_office", "d1")):
        client = browser(user)
        assert client.get(reverse("web:matching")).status_code == 404
        assert decide(client, row, father.uuid).status_code == 404
    client = browser(far)
    page = body(client.get(reverse("web:matching")))
    assert "住院.csv" not in page
    assert "没有等待判定的行" in page
    for query in ({"row": str(row.uuid)}, {"batch": str(batch.uuid)}, {"row": "x"}):
        assert client.get(reverse("web:matching"), query).status_code == 404
    assert decide(client, row, father.uuid).status_code == 404
    for name in ("web:matching_take_back", "web:matching_find"):
        assert client.post(reverse(name, args=[row.uuid]), {"text": "王志强"}).status_code == 404
    assert SourceRow.objects.get(pk=row.pk).outcome == RowOutcome.UNMATCHED


def test_nobody_of_another_regiment_is_chosen(
    browser: Browser, office: User, batch: SourceBatch, person: MakePerson, tree: dict[str, Unit]
) -> None:
    elsewhere = person("r8", "regiment_office", "r8")
    newcomer = Newcomer("王志刚", "户主", number("1970-05-20", 13))
    far = register_household(by=elsewhere, unit=tree["c81"], number="8T-1", on=OPENED, members=[newcomer])
    row, client = row_of(batch, "王志刚"), browser(office)
    assert decide(client, row, member(far, "王志刚").person.uuid).status_code == 404
    found = client.post(reverse("web:matching_find", args=[row.uuid]), {"text": "王志刚"})
    assert "没有查到这个人" in body(found)


def test_a_decision_counts_and_the_next_row_follows(
    browser: Browser, office: User, doctor: User, batch: SourceBatch, family: Household
) -> None:
    confirm_batch(by=doctor, batch=batch, reason="核对过原件")
    client, before = browser(office), last_seq()
    page = body(decide(client, row_of(batch, "王志刚"), member(family, "王志强").person.uuid, follow=True))
    assert "第2行：是 王志强" in page
    assert shown_row(page) == 3
    assert MedicalBill.objects.standing().filter(person__name="王志强").count() == 1
    page = body(decide(client, row_of(batch, "李秀芝"), "later", follow=True))
    assert shown_row(page) == 4
    page = body(decide(client, row_of(batch, "外地人"), "nobody", follow=True))
    assert shown_row(page) == 3, "待查的排在最后"
    assert "其中 1 行待查" in page
    assert row_of(batch, "外地人").outcome == RowOutcome.REFUSED
    assert verbs(before).count("match.decided") == 3


def test_a_script_gets_the_part_that_changes(browser: Browser, office: User, batch: SourceBatch) -> None:
    response = decide(browser(office), row_of(batch, "王志刚"), "nobody", headers={"HX-Request": "true"})
    page = body(response)
    assert response.status_code == 200
    assert page.lstrip().startswith('<div id="bench"')
    assert "第2行：都不是" in page
    assert shown_row(page) == 3
    assert response["HX-Replace-Url"] == f"{reverse('web:matching')}?batch={batch.uuid}"


def test_taken_back_it_counts_no_longer_and_is_decided_anew(
    browser: Browser, office: User, doctor: User, batch: SourceBatch, family: Household
) -> None:
    confirm_batch(by=doctor, batch=batch, reason="核对过原件")
    client, row, father = browser(office), row_of(batch, "王志刚"), member(family, "王志强").person
    decide(client, row, father.uuid)
    assert MedicalBill.objects.standing().filter(person=father).exists()
    before = last_seq()
    page = body(client.post(reverse("web:matching_take_back", args=[row.uuid]), follow=True))
    assert "已撤回第2行的判定" in page
    assert shown_row(page) == 2
    assert not MedicalBill.objects.standing().filter(person=father).exists()
    assert MedicalBill.objects.filter(person=father).count() == 1, "记录还在，只是不再计入"
    assert verbs(before)[:1] == ["match.taken_back"]
    mother = member(family, "李秀兰").person
    decide(client, row, mother.uuid)
    assert MedicalBill.objects.standing().filter(person=mother, row=row.row).count() == 1
    assert not MedicalBill.objects.standing().filter(person=father, row=row.row).exists(), "只计给现在判定的人"


def test_taken_back_before_the_batch_counts_it_may_be_anybody(
    browser: Browser, office: User, doctor: User, batch: SourceBatch, family: Household
) -> None:
    client, row = browser(office), row_of(batch, "李秀芝")
    decide(client, row, member(family, "王小红").person.uuid)
    client.post(reverse("web:matching_take_back", args=[row.uuid]))
    decide(client, row, member(family, "李秀兰").person.uuid)
    confirm_batch(by=doctor, batch=batch, reason="核对过原件")
    assert MedicalBill.objects.standing().filter(person__name="李秀兰").count() == 2
    assert not MedicalBill.objects.filter(person__name="王小红").exists()


def test_two_at_once_one_wins_and_the_other_is_told_who(
    browser: Browser, office: User, colleague: User, batch: SourceBatch, family: Household
) -> None:
    row = row_of(batch, "王志刚")
    client = browser(office)
    assert shown_row(body(client.get(reverse("web:matching")))) == 2
    decide_match(by=colleague, row=row, verdict=Verdict.NOBODY)
    page = body(decide(client, row, member(family, "王志强").person.uuid, follow=True))
    assert re.search(rf"第2行已由{colleague.display_name}于\d\d月\d\d日 \d\d:\d\d判定为“判定不是”", page)
    assert shown_row(page) == 3
    assert SourceRow.objects.get(pk=row.pk).decided_by == colleague


def test_a_decision_made_anew_is_not_taken_back_unseen(
    browser: Browser, office: User, colleague: User, batch: SourceBatch
) -> None:
    row = row_of(batch, "王志刚")
    seen = decide_match(by=office, row=row, verdict=Verdict.NOBODY).decided_at
    client = browser(office)
    address = reverse("web:matching_take_back", args=[row.uuid])
    client.post(address, {"decided_at": seen.isoformat()})
    assert "不需要撤回" in body(client.post(address, {"decided_at": seen.isoformat()}, follow=True))
    decide_match(by=colleague, row=SourceRow.objects.get(pk=row.pk), verdict=Verdict.NOBODY)
    assert "第2行已由" in body(client.post(address, {"decided_at": seen.isoformat()}, follow=True))
    assert SourceRow.objects.get(pk=row.pk).outcome == RowOutcome.REFUSED


def test_somebody_else_is_found_by_name_or_number_and_it_is_on_record(
    browser: Browser, office: User, batch: SourceBatch, family: Household
) -> None:
    client, row = browser(office), row_of(batch, "外地人")
    address, before = reverse("web:matching_find", args=[row.uuid]), last_seq()
    page = body(client.post(address, {"text": "小红"}))
    assert "查到 1 人" in page
    assert str(member(family, "王小红").person.uuid) in page
    page = body(client.post(address, {"text": FATHER}))
    assert str(member(family, "王志强").person.uuid) in page
    assert "没有查到这个人" in body(client.post(address, {"text": "张三丰"}))
    assert client.post(address, {"text": "王"}).status_code == 422
    assert verbs(before).count("person.searched") == 3
    assert FATHER not in "".join(AuditEvent.objects.values_list("facts", flat=True))


def test_a_row_decided_before_leads_on(browser: Browser, office: User, batch: SourceBatch) -> None:
    row = row_of(batch, "王志刚")
    decide_match(by=office, row=row, verdict=Verdict.NOBODY)
    page = body(browser(office).get(reverse("web:matching"), {"row": str(row.uuid)}, follow=True))
    assert "第2行已经判定：都不是" in page
    assert shown_row(page) == 3


def test_a_batch_taken_out_meanwhile_is_not_decided(
    browser: Browser, office: User, doctor: User, batch: SourceBatch
) -> None:
    client, row = browser(office), row_of(batch, "王志刚")
    assert client.get(reverse("web:matching"), {"row": str(row.uuid)}).status_code == 200
    undo_batch(by=doctor, batch=batch, reason="送错")
    page = body(decide(client, row, "nobody", follow=True))
    assert "这一批现在是“已撤销”，不能判定" in page
    assert "没有等待判定的行" in page
    page = body(client.get(reverse("web:matching"), {"row": str(row.uuid)}, follow=True))
    assert "所在的批次现在不能判定" in page


def test_when_all_are_decided_it_says_so(browser: Browser, office: User, batch: SourceBatch) -> None:
    for name in ("王志刚", "李秀芝", "外地人"):
        decide_match(by=office, row=row_of(batch, name), verdict=Verdict.NOBODY)
    client = browser(office)
    assert "没有等待判定的行" in body(client.get(reverse("web:matching")))
    page = body(client.get(reverse("web:matching"), {"batch": str(batch.uuid)}))
    assert page.count("撤回<span") == 3, "判定完的一批仍可撤回"
