"""Small regiments, made once for all tests of this folder."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from shouwang.demo.generate import Summary, generate
from tests.demo import reading

SEED = 20200520


@pytest.fixture(scope="session")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    """2 000 households as offices would send them."""
    return generate(tmp_path_factory.mktemp("spoiled"), 2000, SEED)


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    """The same households without a single fault."""
    return generate(tmp_path_factory.mktemp("clean"), 2000, SEED, faults=False)


@pytest.fixture(scope="session")
def spoiled_package(spoiled: Summary) -> reading.Package:
    return reading.read(spoiled.folder)


@pytest.fixture(scope="session")
def clean_package(clean: Summary) -> reading.Package:
    return reading.read(clean.folder)


def table(path: Path) -> list[dict[str, str]]:
    """A truth file."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))
