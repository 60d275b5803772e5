"""The acceptance package as facts: read once, shared by the tests of this folder."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import pytest

from shouwang.intake.facts import Facts, Intake
from shouwang.policy.book import RuleBook
from shouwang.screening.explain import Explainer
from shouwang.screening.household import load_household
from shouwang.screening.reasons import Explanation, HouseholdFacts
from shouwang.sources.package import open_package

CASES = Path(__file__).parents[1] / "cases"
DATES = ("2020-05-20", "2020-06-30", "2020-07-01")
HOUSEHOLDS = tuple(f"7T-{number:02d}" for number in range(1, 27))


def expected(as_of: str) -> dict[str, dict[str, str]]:
    """The expected household rows of a date, by id."""
    with (CASES / f"expected-{as_of}.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["household_id"]: row for row in csv.DictReader(file)}


@cache
def book_of(as_of: str) -> RuleBook:
    return RuleBook.of("qituan-2020", date.fromisoformat(as_of))


@cache
def explainer_of(as_of: str) -> Explainer:
    return Explainer(book_of(as_of))


@pytest.fixture(scope="session")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Facts]:
    """The acceptance package, taken in."""
    scratch = tmp_path_factory.mktemp("cases")
    with duckdb.connect() as connection:
        yield Intake(connection, scratch).take_in(open_package(CASES / "package", scratch / "staged"))


@pytest.fixture(scope="session")
def household(cases: Facts) -> Callable[[str], HouseholdFacts]:
    """The facts of one household of the package."""
    files = {name: cases.file_of(name) for name in cases.accepted}
    return cache(lambda household_id: load_household(cases.connection, household_id, files))


@pytest.fixture(scope="session")
def explained(household: Callable[[str], HouseholdFacts]) -> Callable[[str, str], Explanation]:
    """The explanation of one household on a date."""
    return cache(lambda household_id, as_of: explainer_of(as_of).explain(household(household_id)))
