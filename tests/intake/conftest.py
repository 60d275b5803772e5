"""A made-up regiment of moderate size, and a screening of it in this process."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shouwang.demo.generate import generate
from shouwang.intake.screening import Screened, screen_into
from shouwang.intake.session import facts_of
from shouwang.policy.book import RuleBook
from shouwang.screening.engines import DuckDB

AS_OF = date(2020, 5, 20)


@pytest.fixture(scope="session")
def regiment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("regiment") / "package"
    generate(folder, 600, 5)
    return folder


def screened(package: Path, out: Path, **options: Any) -> Screened:
    """Screen a package into a folder, as the command does."""
    with facts_of(package, lazy=True) as (facts, account):
        return screen_into(out, facts, account, RuleBook.of("qituan-2020", AS_OF), DuckDB(facts.connection), **options)
