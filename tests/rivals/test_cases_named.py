"""The table of rivals' cases names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "rivals-cases.md"
_ROW = re.compile(r"^\|(?! Case | ---)(.*)\|$", re.MULTILINE)
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_every_case_names_tests_that_exist() -> None:
    rows = _ROW.findall(TABLE.read_text(encoding="utf-8"))
    assert len(rows) >= 26
    for row in rows:
        named = _TEST.findall(row.split(" | ")[-1])
        assert named, row
        for file, test in named:
            assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{test}"
