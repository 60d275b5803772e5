"""Who sees what through every read: list, count, search, page, ledger, batch, row, workbench."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from shouwang.accounts.models import AuditEvent, Unit, User
from shouwang.accounts.roles import ROLES, Permission
from shouwang.accounts.scope import AccessDenied, Scope
from shouwang.registry.actions import Newcomer, confirm_batch, register_household, stage_batch
from shouwang.registry.models import BadRowsBook, Household, SourceRow
from shouwang.registry.queries import (
    HouseholdFilter,
    batch_for,
    batches_for,
    household_for,
    household_page,
    households_for,
    ledger_page,
    rows_for,
    workbench_rows,
)
from shouwang.registry.queries.lists import visible
from tests.accounts.conftest import CONSOLE, home_of
from tests.accounts.conftest import Person as MakePerson
from tests.registry.conftest import BILL, OPENED, last_seq, number, verbs

COMPANIES = ("c1", "c2", "c81", "c211")
#: Whose households each role sees from its place in the test tree.
EXPECTED: dict[str, set[str]] = {
    "cadre": {"c1"},
    "company_secretary": {"c1"},
    "committee_member": {"c1"},
    "regiment_office": {"c1", "c2"},
    "leading_group_member": {"c1", "c2"},
    "leading_group_head": {"c1", "c2"},
    "division_office": {"c1", "c2", "c81"},
    "corps": set(),
    "department_officer": set(),
    "system_admin": set(),
    "security_admin": set(),
    "auditor": set(),
}


def citizen(place: int) -> str:
    return number("1980-01-01", place)


@pytest.fixture
def everywhere(tree: dict[str, Unit], sent: Callable[..., Path]) -> dict[str, Household]:
    """A household of one 王伟 in every company, and one confirmed file of each hospital."""
    made = {}
    for place, code in enumerate(COMPANIES):
        head = Newcomer("王伟", "户主", citizen(place), joined_on=OPENED)
        made[code] = register_household(by=CONSOLE, unit=tree[code], number=f"{code}-1", on=OPENED, members=[head])
    rows = [(citizen(0), "王伟", "", "2020-01-01", "1", "1"), ("", "王伟", "1980-01-02", "2020-01-01", "1", "1")]
    batch = stage_batch(
        by=CONSOLE, unit=tree["hospital"], table="medical", path=sent("m.csv", BILL, rows), file_name="m.csv",
        department="hospital", as_of=date(2020, 5, 1),
    )  # fmt: skip
    confirm_batch(by=CONSOLE, batch=batch, reason="有一个外来人")
    return made


def test_every_role_is_in_the_table() -> None:
    assert set(EXPECTED) == set(ROLES)


@pytest.mark.parametrize("role", EXPECTED)
def test_no_household_leaks(role: str, person: MakePerson, everywhere: dict[str, Household]) -> None:
    user, seen = person("who", role, home_of(role)), EXPECTED[role]
    wanted = {f"{code}-1" for code in seen}
    for asked in (HouseholdFilter(), HouseholdFilter(name="王伟"), HouseholdFilter(name="伟")):
        page = households_for(user, asked)
        assert {line.household.number for line in page.rows} == wanted
        assert page.count == len(wanted)
    for code, household in everywhere.items():
        assert households_for(user, HouseholdFilter(unit=household.unit)).count == (code in seen)
        assert households_for(user, HouseholdFilter(number=household.number)).count == (code in seen)
        if code in seen:
            assert household_page(user, household.uuid).members[0].masked_number.count("*") == 10
        else:
            for read in (household_for, household_page):
                with pytest.raises(Http404):
                    read(user, household.uuid)
            assert not ledger_page(user, household).count


@pytest.mark.parametrize("role", EXPECTED)
def test_no_file_leaks(role: str, person: MakePerson, everywhere: dict[str, Household], tree: dict[str, Unit]) -> None:
    user = person("who", role, home_of(role))
    may = role in ("department_officer", "regiment_office")
    assert batches_for(user).count == may
    batch = batches_for(person("office", "regiment_office", "r7")).rows[0]
    assert rows_for(user, batch).count == 2 * may
    assert workbench_rows(user).count == (role == "regiment_office")
    if not may:
        with pytest.raises(Http404):
            batch_for(user, batch.uuid)


def test_departments_see_their_own_files_only(person: MakePerson, everywhere: dict[str, Household]) -> None:
    assert batches_for(person("t", "department_officer", "school")).count == 0
    assert batches_for(person("r8", "regiment_office", "r8")).count == 0


def test_search_by_citizen_number_is_exact_scoped_and_on_record(
    person: MakePerson, everywhere: dict[str, Household]
) -> None:
    office = person("office", "regiment_office", "r7")
    before = last_seq()
    assert [line.household for line in households_for(office, HouseholdFilter(citizen_number=citizen(0))).rows] == [
        everywhere["c1"]
    ]
    assert households_for(office, HouseholdFilter(citizen_number=citizen(2))).count == 0, "别的团的人查不到"
    assert verbs(before) == ["person.searched"] * 2
    assert citizen(0) not in "".join(AuditEvent.objects.values_list("facts", flat=True))
    with pytest.raises(AccessDenied):
        households_for(person("cadre", "cadre", "c1"), HouseholdFilter(citizen_number=citizen(0)))


def test_reading_a_household_is_on_record(person: MakePerson, everywhere: dict[str, Household]) -> None:
    before = last_seq()
    household_page(person("cadre", "cadre", "c1"), everywhere["c1"].uuid)
    assert verbs(before)[-1] == "household.read"


def test_nobody_in_particular_sees_nothing(everywhere: dict[str, Household]) -> None:
    assert households_for(AnonymousUser()).count == 0  # type: ignore[arg-type]
    assert not visible(AnonymousUser(), HouseholdFilter()).exists()  # type: ignore[arg-type]
    assert batches_for(AnonymousUser()).count == 0  # type: ignore[arg-type]


def test_every_table_of_the_registry_declares_its_scope() -> None:
    for model in apps.get_app_config("registry").get_models():
        assert isinstance(model.scope, Scope), model  # type: ignore[attr-defined]
        # The workbook of bad rows holds whole numbers: whoever may only look at a batch does not see it.
        views = (
            (Permission.SOURCE_UPLOAD,) if model is BadRowsBook else (Permission.HOUSEHOLD_VIEW, Permission.SOURCE_VIEW)
        )
        assert model.scope.view in views  # type: ignore[attr-defined]
        assert len(model._meta.local_concrete_fields) <= 16, f"{model} 字段太多"


def test_pages_follow_on_without_gap_or_repeat(tree: dict[str, Unit], person: MakePerson) -> None:
    columns = {"unit": tree["c1"], **tree["c1"].scope_columns}
    Household.objects.bulk_create(Household(number=f"N-{i:03d}", **columns) for i in range(25))
    cadre: User = person("cadre", "cadre", "c1")
    seen, after, pages = [], "", []
    while after is not None:
        page = households_for(cadre, after=after, size=10)
        pages.append(page)
        seen += [line.household.number for line in page.rows]
        after = page.after
    assert seen == [f"N-{i:03d}" for i in range(25)]
    back = households_for(cadre, before=pages[2].before, size=10)
    assert [line.household.number for line in back.rows] == seen[10:20]
    assert (pages[0].before, pages[0].count, pages[0].capped) == (None, 25, False)


def test_sealed_cells_do_not_open_elsewhere(everywhere: dict[str, Household]) -> None:
    one, other = SourceRow.objects.order_by("pk")[:2]
    SourceRow.objects.filter(pk=other.pk).update(cells=SourceRow.objects.get(pk=one.pk).__dict__["cells"])
    with pytest.raises(Exception, match="无法解开"):
        _ = SourceRow.objects.get(pk=other.pk).cells


def test_reading_and_acting_load_no_engine() -> None:
    """A web process must not carry DuckDB and Ibis (contract 4)."""
    script = (
        "import sys, django; django.setup(); import shouwang.registry.queries, shouwang.registry.actions, "
        "shouwang.registry.facts; sys.exit(bool({'duckdb', 'ibis', 'pyspark'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False, env=os.environ).returncode == 0
