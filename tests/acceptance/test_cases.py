"""The 26 situations of the acceptance package, through the command a user types, on three dates."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

CASES = Path(__file__).parents[1] / "cases"
DATES = ("2020-05-20", "2020-06-30", "2020-07-01")


def shouwang(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does."""
    command = [sys.executable, "-m", "shouwang", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("as_of", DATES)
def test_every_situation_is_judged_as_expected(as_of: str, tmp_path: Path) -> None:
    done = shouwang("screen", CASES / "package", "--as-of", as_of, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    expected = (CASES / f"expected-{as_of}.csv").read_text(encoding="utf-8-sig")
    written = (tmp_path / "households.csv").read_text(encoding="utf-8-sig")
    assert list(csv.DictReader(written.splitlines())) == list(csv.DictReader(expected.splitlines()))


def test_the_same_facts_give_the_same_hash_from_a_store(tmp_path: Path) -> None:
    assert shouwang("intake", CASES / "package", "--out", tmp_path / "facts").returncode == 0
    for name, source in (("a", CASES / "package"), ("b", tmp_path / "facts")):
        done = shouwang("screen", source, "--as-of", DATES[0], "--out", tmp_path / name)
        assert done.returncode == 0, done.stderr
    a, b = (json.loads((tmp_path / name / "manifest.json").read_text(encoding="utf-8")) for name in "ab")
    assert a["result_sha256"] == b["result_sha256"]
    assert a["counts"] == b["counts"]
    assert (tmp_path / "a" / "matching.csv").read_bytes() == (tmp_path / "b" / "matching.csv").read_bytes()


def test_a_package_that_cannot_be_used_writes_nothing(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "households.csv").write_text("户编号,连队\n1,一连\n", encoding="utf-8")
    done = shouwang("screen", package, "--as-of", DATES[0], "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "members" in done.stderr or "人员" in done.stderr
    assert not (tmp_path / "out").exists()
