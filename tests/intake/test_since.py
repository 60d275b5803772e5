"""Carrying on from earlier results gives the same bytes as screening everybody, at the cost of those who changed."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from random import Random

import numpy as np
import pytest

from shouwang.intake.previous import NoPrevious
from shouwang.intake.splice import FRESH, KEPT, LEFT_OUT, interleaved
from tests.intake.conftest import screened

FILES = ("households.csv", "findings.jsonl", "questions.csv", "rejects.csv", "matching.csv")


def without(package: Path, target: Path, households: set[str]) -> Path:
    """A copy of a package in which some households have lost their last ledger line, and one is gone altogether."""
    shutil.copytree(package, target)
    gone = min(households)
    for name in ("households", "ledger", "members", "events"):
        path = target / f"{name}.csv"
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                rows = list(csv.reader(path.read_text(encoding=encoding).splitlines()))
                break
            except UnicodeDecodeError:
                continue
        last = {row[0]: place for place, row in enumerate(rows)} if name == "ledger" else {}
        kept = [
            row
            for place, row in enumerate(rows)
            if row[0] != gone and not (row[0] in households and last.get(row[0]) == place)
        ]
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(kept)
    return target


def test_the_same_bytes_as_a_whole_screening(regiment: Path, tmp_path: Path) -> None:
    screened(regiment, tmp_path / "before")
    changed = {f"7T-{number:06d}" for number in range(100, 106)}
    package = without(regiment, tmp_path / "package", changed)
    carried_on = screened(package, tmp_path / "carried-on", since=tmp_path / "before")
    whole = screened(package, tmp_path / "whole")
    for name in FILES:
        assert (tmp_path / "carried-on" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
    assert carried_on.manifest["counts"] == whole.manifest["counts"]
    assert carried_on.manifest["result_sha256"] == whole.manifest["result_sha256"]
    assert "5 户" in carried_on.remark  # six touched, one of them gone


def test_nothing_changed_computes_nobody(regiment: Path, tmp_path: Path) -> None:
    screened(regiment, tmp_path / "before")
    again = screened(regiment, tmp_path / "again", since=tmp_path / "before")
    assert "0 户" in again.remark
    assert (tmp_path / "again" / "households.csv").read_bytes() == (tmp_path / "before" / "households.csv").read_bytes()


def test_other_premises_compute_everybody(regiment: Path, tmp_path: Path) -> None:
    screened(regiment, tmp_path / "before")
    manifest = tmp_path / "before" / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"as_of": "2020-05-20"', '"as_of": "2020-05-19"'))
    again = screened(regiment, tmp_path / "again", since=tmp_path / "before")
    assert "截至日期不同，已全部重算" in again.remark


@pytest.mark.parametrize("name", ["households.csv", "findings.jsonl", "questions.csv", "households.parquet"])
def test_a_file_edited_to_the_same_length_is_not_copied(regiment: Path, tmp_path: Path, name: str) -> None:
    screened(regiment, tmp_path / "before")
    file = tmp_path / "before" / name
    whole = file.read_bytes()
    last = whole.rstrip()[-1:]
    file.write_bytes(whole[: whole.rindex(last)] + b"X" + whole[whole.rindex(last) + 1 :])
    with pytest.raises(NoPrevious, match=name):
        screened(regiment, tmp_path / "out", since=tmp_path / "before")
    assert not (tmp_path / "out").exists()


def test_results_of_a_version_that_told_no_hashes_are_computed_anew(regiment: Path, tmp_path: Path) -> None:
    screened(regiment, tmp_path / "before")
    manifest = tmp_path / "before" / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("findings_sha256", "unheard_of"))
    again = screened(regiment, tmp_path / "again", since=tmp_path / "before")
    assert "已全部重算" in again.remark


@pytest.mark.parametrize("turn", range(40))
def test_lines_are_interleaved_in_the_order_of_households(turn: int) -> None:
    """旧文件逐行用完、新文件逐行用完，留下的各行按现在的次序：与逐户排好的一样。"""
    random = Random(turn)
    before, now = (sorted(random.sample(range(30), random.randrange(31))) for _ in range(2))
    changed = {household for household in before if random.random() < 0.3}
    kept = [household for household in now if household in before and household not in changed]
    random.shuffle(kept)
    fresh = [place for place, household in enumerate(now) if household not in kept]
    sources, order = interleaved(
        np.array([now.index(household) for household in kept], int),
        np.array([before.index(household) for household in kept], int),
        len(before),
        np.array(fresh, int),
    )
    lines = [*before, *(now[place] for place in fresh)]
    in_turn = [(lines[which], source) for which, source in zip(order.tolist(), sources.tolist(), strict=True)]
    assert [household for household, source in in_turn if source != FRESH] == before
    assert [household for household, source in in_turn if source == LEFT_OUT] == sorted(set(before) - set(kept))
    assert [household for household, source in in_turn if source != LEFT_OUT] == now
    assert [household for household, source in in_turn if source == KEPT] == sorted(kept)


def test_a_folder_without_results_is_refused(regiment: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoPrevious, match="缺少"):
        screened(regiment, tmp_path / "out", since=tmp_path / "empty")
    assert not (tmp_path / "out").exists()
