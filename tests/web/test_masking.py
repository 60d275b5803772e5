"""Numbers typed into notes leave masked on every page that shows a note; what is being typed and the recorded reveal do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shouwang.accounts.models import AuditEvent, Unit
from shouwang.casework import actions
from shouwang.casework.models import Case, Clue
from shouwang.registry.actions import NewEntry, post_entries, record_event, record_fact
from shouwang.registry.models import Household, Membership
from shouwang.registry.models.fact import FactSource
from shouwang.units.identity import mask
from shouwang.units.periods import quarter_of
from shouwang.web.masking import masked
from tests.accounts.test_crypto import WANG
from tests.casework.conftest import FORMS, MakeHouse, Staff, do, house, staff
from tests.registry.conftest import number

__all__ = ["house", "staff"]

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db
#: A number in a note, by the place it is typed into, so that a failure names the place.
TYPED = {
    place: number("1981-02-03", serial)
    for serial, place in enumerate(
        ("step note", "statement", "refused signature", "clue", "clue act", "event", "fact", "ledger source", "report",
         "parameter"), start=100)
}  # fmt: skip
PHONE, OLD = "13912345678", "659002600229112"


def told(place: str) -> str:
    return f"他的身份证号{TYPED[place]}，旧号 {OLD}，电话{PHONE}。"


def body(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def home(house: MakeHouse, staff: Staff) -> Household:
    """A household about which everybody types numbers."""
    home, today = house("c1", WANG), timezone.localdate()
    record_event(by=staff.cadre, household=home, occurred_on=today, cause="因病", note=told("event"))
    record_fact(
        by=staff.cadre, about=home, kind="water_safe", value="是", as_of=today, source=FactSource.VISIT, reason=told("fact")
    )  # fmt: skip
    entry = NewEntry(quarter_of(today) - 1, "transfer_income", 120_000, source=told("ledger source"))
    post_entries(by=staff.secretary, household=home, entries=[entry])
    clue = actions.report_clue(by=staff.cadre, household=home, sentence=told("clue"))
    actions.triage_clue(by=staff.secretary, clue=clue, note=told("clue act"), revisit_on=today + timedelta(days=3))
    return home


@pytest.fixture
def case(home: Household, staff: Staff) -> Case:
    """A case whose visit the second visitor has refused to sign."""
    case = actions.open_case_from_clue(by=staff.cadre, clue=Clue.objects.get(household=home))
    do(staff, case, "declare", evidence=FORMS["declare"] | {"statement": told("statement")}, note=told("step note"))
    visit = actions.act(by=staff.cadre, case=case, step="visit", way="visited", evidence=FORMS["visit"], note="看过")
    actions.refuse_to_sign(by=staff.secretary, record=visit, reason=told("refused signature"))
    return case


@pytest.fixture
def pages(home: Household, case: Case, staff: Staff, tree: dict[str, Unit]) -> Iterator[dict[str, tuple[str, str]]]:
    """Address -> who reads it and the place of the note that stands on it."""
    today = timezone.localdate()
    member = Membership.objects.get(household=home)
    sent = actions.report_person(
        by=staff.hospital, citizen_number=number("1970-01-01", 1), person_name="王五", cause="因病", occurred_on=today,
        sentence=told("report"),
    )  # fmt: skip
    change = actions.propose_parameter_change(
        by=staff.office, regiment=tree["r7"], name="severe_line", value="5100", from_date=today + timedelta(days=1),
        reason=told("parameter"),
    )  # fmt: skip
    clue = Clue.objects.get(household=home)
    ledger = home.ledger.get()
    yield {
        reverse("web:case", args=[case.number]): ("cadre", "step note"),
        reverse("web:case_step", args=[case.number, "visit"]): ("cadre", "refused signature"),
        reverse("web:clue", args=[clue.uuid]): ("cadre", "clue"),
        reverse("web:household", args=[home.uuid]): ("cadre", "event"),
        reverse("web:household_ledger", args=[home.uuid]): ("cadre", "ledger source"),
        reverse("web:household_act", args=[home.uuid, "reverse", ledger.pk]): ("secretary", "ledger source"),
        reverse("web:household_act", args=[home.uuid, "fact", "water_safe"]): ("secretary", ""),
        reverse("web:household_member", args=[home.uuid, member.person.uuid]): ("cadre", ""),
        reverse("web:reports"): ("office", "report"),
        reverse("web:report", args=[sent.uuid]): ("office", "report"),
        reverse("web:parameter_change", args=[change.uuid]): ("head", "parameter"),
        reverse("web:inbox"): ("cadre", ""),
        reverse("web:case_papers", args=[case.number]): ("office", ""),
    }


def test_no_page_shows_a_number_somebody_typed(
    browser: Browser, staff: Staff, pages: dict[str, tuple[str, str]]
) -> None:
    shown: set[str] = set()
    for address, (who, place) in pages.items():
        page = body(browser(staff[who]).get(address))
        leaked = [name for name, typed in TYPED.items() if typed in page]
        assert not leaked and PHONE not in page and OLD not in page, (address, leaked)
        shown |= {name for name, typed in TYPED.items() if mask(typed) in page}
        assert not place or mask(TYPED[place]) in page, f"{address} 应显示遮住的号码，否则什么也没试到"
    assert shown == set(TYPED), set(TYPED) - shown


def test_the_audit_trail_shows_none(browser: Browser, person: Any, pages: dict[str, tuple[str, str]]) -> None:
    client = browser(person("auditor", "auditor", "r7"))
    for event in AuditEvent.objects.filter(verb__in=("step.done", "clue.reported", "parameter.proposed")):
        page = body(client.get(reverse("web:event", args=[event.seq])))
        assert not [name for name, typed in TYPED.items() if typed in page], event.verb


def test_what_is_being_typed_comes_back_as_it_was_typed(browser: Browser, staff: Staff, home: Household) -> None:
    """A form refused must not hand back a masked number, or the mask would be saved for the number."""
    address = reverse("web:household_act", args=[home.uuid, "event"])
    note = told("event")
    answer = body(browser(staff.cadre).post(address, {"occurred_on": "", "cause": "因病", "note": note}))
    assert f">\n{note}</textarea>" in answer
    found = body(browser(staff.office).post(reverse("web:person_search"), {"number": WANG[:-1] + "0"}))
    assert f'value="{WANG[:-1]}0"' in found


def test_the_recorded_reveal_still_shows_it_once(browser: Browser, staff: Staff, home: Household) -> None:
    person = Membership.objects.get(household=home).person
    address = reverse("web:household_reveal", args=[home.uuid, person.uuid])
    client = browser(staff.office)
    asked = client.post(address, {"reason": "核对医院账单上的号码"})
    assert WANG in body(asked)
    assert AuditEvent.objects.filter(verb="person.revealed").count() == 1
    assert WANG not in body(client.get(address))


def test_only_the_words_of_a_page_are_touched() -> None:
    page = (
        f'<p title="{WANG}">{WANG}</p><input value="{WANG}"><textarea name="n">\n{WANG}</textarea>'
        f'<a href="/x/{WANG}/">{WANG[:6]}<b>{WANG[6:]}</b></a><script>let n = {OLD};</script>'
        f'<form data-confirm="删除 {WANG}？">{PHONE}</form>'
    )
    assert masked(page) == (
        f'<p title="{mask(WANG)}">{mask(WANG)}</p><input value="{WANG}"><textarea name="n">\n{WANG}</textarea>'
        f'<a href="/x/{WANG}/">{WANG[:6]}<b>{WANG[6:]}</b></a><script>let n = {OLD};</script>'
        f'<form data-confirm="删除 {mask(WANG)}？">139****5678</form>'
    )


@pytest.mark.parametrize(
    "words", ["1,234,567,890.12 元", "a1b2c3d4e5f60718293a", "XJ0107-2026-00001", "ledger.csv 第11257—11269行"]
)
def test_other_figures_stay(words: str) -> None:
    assert masked(f"<p>{words}</p>") == f"<p>{words}</p>"
