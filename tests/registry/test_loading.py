"""The registry, loaded with a package, gives what the command line gives for the package itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from shouwang.accounts.crypto import CITIZEN_NUMBER
from shouwang.accounts.models import Unit
from shouwang.accounts.scope import AccessDenied
from shouwang.demo.generate import generate
from shouwang.intake.facts import Facts
from shouwang.intake.session import connect, facts_of
from shouwang.policy.book import RuleBook
from shouwang.registry.facts import facts_of_household
from shouwang.registry.loading import HouseholdsKnown, Loaded, UnitsUnknown, load_package
from shouwang.registry.models import (
    Household,
    LedgerEntry,
    Membership,
    Person,
    PersonFact,
    RowOutcome,
    SourceBatch,
    SourceRow,
)
from shouwang.registry.snapshot import write_facts
from shouwang.screening.engines import DuckDB
from shouwang.screening.explain import Explainer
from shouwang.screening.household import load_household
from shouwang.screening.run import screen
from tests.accounts.conftest import CONSOLE
from tests.accounts.conftest import Person as MakePerson
from tests.registry.conftest import last_seq, verbs

AS_OF = date(2020, 5, 20)
HOUSEHOLDS = 300


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a thousand made-up households, as offices would send them: faults and all."""
    return generate(tmp_path_factory.mktemp("package"), HOUSEHOLDS, 20200520).folder


@pytest.fixture
def loaded(package: Path, tree: dict[str, Unit]) -> Loaded:
    return load_package(by=CONSOLE, unit=tree["r7"], path=package, as_of=AS_OF, create_units=True)


@pytest.fixture
def facts(package: Path) -> Iterator[Facts]:
    with facts_of(package, lazy=False) as (found, _):
        yield found


@pytest.mark.parametrize("day", [AS_OF, date(2020, 7, 1)])
def test_screening_the_registry_equals_screening_the_package(
    day: date, loaded: Loaded, facts: Facts, tmp_path: Path
) -> None:
    book = RuleBook.of("qituan-2020", day, {})
    for name in ("package", "registry"):
        (tmp_path / name).mkdir()
    of_package = screen(book, DuckDB(facts.connection), tmp_path / "package")
    with connect(tmp_path) as connection:
        write_facts(tmp_path / "facts", connection, day)
        of_registry = screen(book, DuckDB(connection), tmp_path / "registry")
    assert of_registry.sha256 == of_package.sha256
    lines = [(tmp_path / name / "findings.jsonl").read_bytes() for name in ("package", "registry")]
    assert lines[0] == lines[1]


def test_the_fact_files_are_those_of_an_intake(loaded: Loaded, facts: Facts, tmp_path: Path) -> None:
    with connect(tmp_path) as connection:
        write_facts(tmp_path / "facts", connection, AS_OF)
        for name in ("households", "members", "ledger", "events", "medical", "school", "insurance"):
            shape = f"DESCRIBE {name}"
            ours, theirs = connection.execute(shape).fetchall(), facts.connection.execute(shape).fetchall()
            assert [row[:2] for row in ours] == [row[:2] for row in theirs], name
            count = f"SELECT count(*), sum(row) FROM {name}"
            assert connection.execute(count).fetchall() == facts.connection.execute(count).fetchall(), name
        exported = connection.execute("SELECT count(*) FROM members WHERE id_number IS NOT NULL").fetchone()
        assert exported == (0,), "身份证号不离开数据库"


def test_the_explanation_on_the_page_is_that_of_the_command_line(loaded: Loaded, facts: Facts) -> None:
    explainer = Explainer(RuleBook.of("qituan-2020", AS_OF, {}))
    files = {name: facts.file_of(name) for name in facts.accepted}
    for household in Household.objects.order_by("number")[:25]:
        wanted = explainer.explain(load_household(facts.connection, household.number, files))
        assert explainer.explain(facts_of_household(household, AS_OF)) == wanted, household.number


def test_every_row_is_accounted_for(loaded: Loaded) -> None:
    assert loaded.read == loaded.accepted + loaded.rejected
    for name, model in (("ledger", LedgerEntry), ("members", Membership), ("households", Household)):
        batch = loaded.batches[name]
        assert model.objects.filter(batch=batch).count() == batch.counts["accepted"], name
        assert SourceRow.objects.filter(batch=batch, outcome=RowOutcome.REJECTED).count() == batch.counts["rejected"]
    for name in ("medical", "school", "insurance"):
        batch = loaded.batches[name]
        for outcome in ("unmatched", "ambiguous", "duplicate"):
            assert SourceRow.objects.filter(batch=batch, outcome=outcome).count() == batch.counts[outcome], name


def test_numbers_are_sealed_and_found_blind(loaded: Loaded, facts: Facts) -> None:
    query = "SELECT id_number, member_id FROM members WHERE id_number IS NOT NULL ORDER BY mid LIMIT 1"
    number, member = facts.connection.execute(query).fetchall()[0]
    found = Person.objects.get(citizen_index__in=CITIZEN_NUMBER.tokens(number))
    assert found.citizen == number
    assert found.memberships.get().member_number == member
    assert found.sex
    rejected = SourceRow.objects.first()
    assert rejected is not None
    assert "S1$" not in rejected.cells


def test_the_same_package_twice_does_nothing_and_says_so(loaded: Loaded, package: Path, tree: dict[str, Unit]) -> None:
    before = last_seq(), LedgerEntry.objects.count(), SourceBatch.objects.count()
    again = load_package(by=CONSOLE, unit=tree["r7"], path=package, as_of=AS_OF, create_units=True)
    assert again.repeated
    assert "没有重复导入" in again.sentence()
    assert (last_seq(), LedgerEntry.objects.count(), SourceBatch.objects.count()) == before


def test_another_package_with_known_households_is_refused_whole(
    loaded: Loaded, tree: dict[str, Unit], tmp_path: Path
) -> None:
    other = generate(tmp_path / "other", 3, 20200520, faults=False).folder
    people = Person.objects.count()
    with pytest.raises(HouseholdsKnown, match="已经登记"):
        load_package(by=CONSOLE, unit=tree["r7"], path=other, as_of=AS_OF, create_units=True)
    assert Person.objects.count() == people


def test_unknown_companies_are_named_and_nothing_is_stored(
    package: Path, tree: dict[str, Unit], person: MakePerson
) -> None:
    with pytest.raises(UnitsUnknown, match="团部社区"):
        load_package(by=CONSOLE, unit=tree["r7"], path=package, as_of=AS_OF)
    with pytest.raises(AccessDenied):
        load_package(by=person("c", "cadre", "c1"), unit=tree["r7"], path=package, as_of=AS_OF)
    assert not Household.objects.exists()


def test_one_audit_event_tells_of_the_load(package: Path, tree: dict[str, Unit]) -> None:
    load_package(by=CONSOLE, unit=tree["r7"], path=package, as_of=AS_OF, create_units=True)
    assert verbs().count("package.loaded") == 1


def test_throughput(package: Path, tree: dict[str, Unit], capsys: pytest.CaptureFixture[str]) -> None:
    """Printed, not asserted: machines differ."""
    began = time.perf_counter()
    loaded = load_package(by=CONSOLE, unit=tree["r7"], path=package, as_of=AS_OF, create_units=True)
    seconds = time.perf_counter() - began
    with capsys.disabled():
        print(f"\n整包导入 {loaded.read} 行，{seconds:.1f} 秒，每秒 {loaded.read / seconds:.0f} 行")
    assert PersonFact.objects.standing().exists()
