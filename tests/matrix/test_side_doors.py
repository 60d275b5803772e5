"""The doors beside the pages: filters, searches, exports, charts, related records, counts (rivals leak there)."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from shouwang.accounts.models import AuditEvent
from shouwang.accounts.roles import ROLES
from shouwang.casework import actions, queries
from shouwang.casework.models import Case, Clue, ReliefKind, VisitKind
from shouwang.registry.actions import record_event
from shouwang.registry.models import Household, Membership
from shouwang.registry.queries import HouseholdFilter, households_for, registry_counts
from tests.casework.conftest import FORMS
from tests.matrix.allowed import WHEN_ASKED, foreign_words
from tests.matrix.reading import words_of
from tests.matrix.walk import exported, visitor, who
from tests.matrix.world import COMPANIES, HOUSEHOLDS, SHARED_NAME, World

pytestmark = pytest.mark.django_db
#: Lists with the names their filters go by.
LISTS = {
    "web:households": ("unit", "name", "number"),
    "web:cases": ("unit", "text"),
    "web:clues": ("unit", "text"),
    "web:people": ("unit", "name"),
    "web:statistics": ("unit",),
    "web:screening_compare": ("unit",),
    "web:conflicts": ("unit", "name"),
    "web:sources": ("unit",),
    "web:api:households": ("unit", "name", "number"),
    "web:api:cases": ("unit", "text"),
    "web:api:clues": ("unit", "text"),
    "web:trail": ("unit", "target", "person"),
}
#: Whose households each role sees.
SEES = {
    "cadre": ("c1",), "company_secretary": ("c1",), "committee_member": ("c1",), "regiment_office": ("c1", "c2"),
    "leading_group_member": ("c1", "c2"), "leading_group_head": ("c1", "c2"), "division_office": ("c1", "c2", "c81"),
}  # fmt: skip


def _clean(words: str, role: str, at: str) -> None:
    met = {whose for mark, whose in foreign_words(role).items() if mark in words} - WHEN_ASKED.get(role, set())
    assert not met, f"{role} {at} says something of {met}"


@pytest.mark.parametrize("role", ROLES)
def test_no_filter_reaches_beyond_what_is_seen(world: World, role: str) -> None:
    """Asked for a foreign unit, number or a name that everywhere has, a list shows what it would show anyway."""
    client = visitor(world, role)
    for name, fields in LISTS.items():
        for code in COMPANIES:
            asked = {"unit": str(world.units[code].uuid), "number": f"{code}-1", "target": "household"}
            for field in fields:
                shown_anyway = {} if ":api:" in name else {"state": "all"}
                response = client.get(reverse(name), {field: asked.get(field, SHARED_NAME), **shown_anyway})
                assert response.status_code in (200, 404), (name, field)
                _clean(words_of(response), role, f"{name}?{field} of {code}")


@pytest.mark.parametrize("role", ["company_secretary", "committee_member", "regiment_office"])
def test_a_search_by_number_says_nothing_of_other_units(world: World, role: str) -> None:
    """A number that lives elsewhere is answered as one that nobody has."""
    client, said = visitor(world, role), {}
    for code in COMPANIES:
        page = client.post(reverse("web:person_search"), {"number": world.companies[code].citizens[0]})
        _clean(words_of(page), role, f"search of {code}")
        said[code] = f"{code}-1" in page.content.decode()
    assert said == {code: code in SEES[role] for code in COMPANIES}


@pytest.mark.parametrize("role", ["regiment_office", "leading_group_head", "division_office"])
def test_exports_hold_what_the_lists_hold(world: World, role: str) -> None:
    words = exported(visitor(world, role))
    _clean(words, role, "exports")
    for code in COMPANIES:
        for place in range(HOUSEHOLDS[code]):
            assert (f"{code}-{place + 1}" in words) == (code in SEES[role]), code
    assert not world.citizens & set(words.split()), "numbers are masked unless asked for in full"


@pytest.mark.parametrize("role", ROLES)
def test_numbers_count_only_what_is_seen(world: World, role: str) -> None:
    """Counts and facets, by the queries the pages take them from."""
    user = who(world, role)
    seen = [world.companies[code] for code in SEES.get(role, ())]
    here = Household.objects.filter(unit__in=[one.unit for one in seen])
    assert households_for(user).count == len(here) == sum(HOUSEHOLDS[code] for code in SEES.get(role, ()))
    assert households_for(user, HouseholdFilter(name=SHARED_NAME)).count == len(here)
    assert registry_counts(user) == (len(here), Membership.objects.filter(household__in=here).count())
    cases = Case.objects.filter(household__in=here)
    assert sum(queries.case_counts(user).values()) - queries.case_counts(user)["overdue"] == len(cases) == 3 * len(seen)
    clues = queries.clue_list(user, gone=True)
    assert set(clues) == set(Clue.objects.filter(household__in=here))
    assert sum(queries.clue_states(clues).values()) == 2 * len(seen)
    assert queries.off_book(user).count() == len(seen)
    assert queries.should_be_covered(user).count() == len(here) - 2 * len(seen)
    inbox = queries.inbox_of(user)
    assert len(inbox.tasks(limit=1000)) == sum(one.total for one in inbox.counts.values())


def test_a_whole_number_is_shown_where_it_is_asked_for_and_nowhere_else(world: World) -> None:
    """One's own unit, a reason, a fresh proof; and it is on record."""
    shown = {}
    for role in ("cadre", "company_secretary", "regiment_office", "division_office"):
        client = visitor(world, role)
        for code, company in world.companies.items():
            path = reverse("web:household_reveal", args=[company.households[0].uuid, company.member.person.uuid])
            page = client.post(path, {"reason": "与医保局核对参保"})
            shown[role, code] = page.status_code == 200 and company.citizens[0] in page.content.decode()
    assert {at for at, is_shown in shown.items() if is_shown} == {
        ("company_secretary", "c1"), ("regiment_office", "c1"), ("regiment_office", "c2"),
    }  # fmt: skip
    assert AuditEvent.objects.filter(verb="person.revealed").count() == 3


def test_a_number_typed_into_a_text_is_masked_for_programs(world: World) -> None:
    """People write numbers into notes; what a program takes away is read by nobody knows whom (C5)."""
    home, number = world.companies["c1"].households[0], world.companies["c1"].citizens[0]
    cadre, secretary = world.staff["cadre.c1"], world.staff["secretary.c1"]
    typed = f"本人身份证{number}，电话13912345678"
    record_event(by=cadre, household=home, occurred_on=date(2020, 4, 1), cause="因残", note=typed)
    actions.record_visit(by=cadre, household=home, kind=VisitKind.DAILY, found=typed)
    actions.record_relief(by=cadre, household=home, kind=ReliefKind.GOODS, amount=1, note=typed)
    clue = actions.report_clue(by=cadre, household=home, sentence=typed)
    actions.dismiss_clue(by=secretary, clue=clue, reason=typed)
    case = actions.open_case(by=cadre, household=world.companies["c1"].households[4])
    form = {**FORMS["declare"], "statement": typed}
    actions.act(by=cadre, case=case, step="declare", way="declared", evidence=form, note=typed)
    client = visitor(world, "regiment_office")
    pages = {
        "api household": reverse("web:api:household", kwargs={"uuid": home.uuid}),
        "api clue": reverse("web:api:clue", kwargs={"uuid": clue.uuid}),
        "api case": reverse("web:api:case", kwargs={"number": case.number}),
    }
    shown = {name: words_of(client.get(path)) for name, path in pages.items()}
    assert "139****5678" in shown["api case"], "the text itself is there"
    assert {name for name, words in shown.items() if number in words or "13912345678" in words} == set()
