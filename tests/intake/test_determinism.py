"""Row order, file format and number of threads change nothing in the results; what was planted is found."""

from __future__ import annotations

import csv
import random
import shutil
from pathlib import Path

from shouwang.demo.generate import generate
from tests.intake.conftest import screened


def _shuffled(package: Path, target: Path) -> Path:
    """A copy whose ledger, members and events stand in another order. Duplicate ids were dropped, for order decides them."""
    shutil.copytree(package, target)
    for name in ("ledger", "members", "events"):
        path = target / f"{name}.csv"
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
        body = rows[1:]
        random.Random(3).shuffle(body)
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([rows[0], *body])
    return target


def _clean_utf8(folder: Path) -> Path:
    generate(folder, 300, 9, faults=False)
    for path in folder.glob("*.csv"):
        raw = path.read_bytes()
        for encoding in ("utf-8-sig", "gb18030", "utf-16"):
            try:
                text = raw.decode(encoding)
                break
            except UnicodeError:
                continue
        path.write_text(text, encoding="utf-8", newline="")
    return folder


def test_row_order_does_not_matter(tmp_path: Path) -> None:
    package = _clean_utf8(tmp_path / "package")
    one = screened(package, tmp_path / "one")
    other = screened(_shuffled(package, tmp_path / "shuffled"), tmp_path / "other")
    assert one.written.sha256 == other.written.sha256
    assert (tmp_path / "one" / "findings.jsonl").read_bytes() == (tmp_path / "other" / "findings.jsonl").read_bytes()


def test_every_format_gives_the_same_result(tmp_path: Path) -> None:
    hashes = set()
    for form in ("csv", "xlsx", "parquet"):
        generate(tmp_path / form, 120, 4, form, faults=False)
        hashes.add(screened(tmp_path / form, tmp_path / f"out-{form}").written.sha256)
    assert len(hashes) == 1


def test_what_was_planted_is_found(regiment: Path, tmp_path: Path) -> None:
    screened(regiment, tmp_path / "out")
    with (regiment / "truth.csv").open(encoding="utf-8-sig", newline="") as file:
        truth = {row["household_id"]: row for row in csv.DictReader(file) if row["recoverable"] == "是"}
    with (tmp_path / "out" / "households.csv").open(encoding="utf-8-sig", newline="") as file:
        found = {row["household_id"]: row for row in csv.DictReader(file)}
    assert len(truth) > 500
    for household, row in truth.items():
        got = found[household]
        assert (got["outcome"], got["route"], got["members"], got["net_income_fen"]) == (
            row["expected_outcome"],
            row["expected_route"],
            row["expected_members"],
            row["expected_net_income_fen"],
        ), household


def test_every_row_read_is_accounted_for(regiment: Path, tmp_path: Path) -> None:
    account = screened(regiment, tmp_path / "out").account
    with (tmp_path / "out" / "rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        rejected = list(csv.DictReader(file))
    assert {file.file for file in account.files} >= {"households.csv", "members.csv", "ledger.csv"}
    for file in account.files:
        assert file.read == file.accepted + file.rejected
        assert file.rejected == sum(1 for row in rejected if row["file"] == file.file)
    with (tmp_path / "out" / "matching.csv").open(encoding="utf-8-sig", newline="") as file:
        linked = [row["file"] for row in csv.DictReader(file)]
    for name in ("medical", "school", "insurance"):
        (count,) = [file for file in account.files if file.table == name]
        assert linked.count(count.file) == count.accepted
        assert sum(account.links[name].values()) == count.accepted
