"""Amounts that a rule cannot multiply exactly are refused in words; nothing is written and nothing is rounded."""

from __future__ import annotations

from pathlib import Path

import pytest

from shouwang.screening.engines import TooMuch
from tests.intake.conftest import screened

QUARTERS = [f"{year}Q{quarter}" for year in (2018, 2019, 2020) for quarter in range(1, 5)]


def regiment_with(lines: int, folder: Path) -> Path:
    """A household of 60 with so many lines of the largest amount a quarter, and an ordinary one."""
    folder.mkdir()
    ledger = [f"7T-1,{quarter},工资性收入,1000000000" for quarter in QUARTERS for _ in range(lines)]
    ledger += [f"7T-2,{quarter},工资性收入,8000" for quarter in QUARTERS]
    tables = {
        "households": ["户编号,连队", "7T-1,一连", "7T-2,一连"],
        "members": ["户编号,人员编号,姓名", *(f"7T-1,P{n},张三" for n in range(60)), "7T-2,Q1,李四"],
        "ledger": ["户编号,季度,类别,金额", *ledger],
    }
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def test_the_household_is_named(tmp_path: Path) -> None:
    package = regiment_with(300, tmp_path / "package")
    with pytest.raises(TooMuch, match=r"“7T-1”，3600000000000\.00 元"):
        screened(package, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_still_fits_is_screened(tmp_path: Path) -> None:
    assert screened(regiment_with(30, tmp_path / "package"), tmp_path / "out").written.tally.households == 2
