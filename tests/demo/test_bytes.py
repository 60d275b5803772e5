"""The same seed gives the same bytes, and a small regiment is the beginning of a large one."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from shouwang.demo import generate as module
from shouwang.demo.files import DIALECTS
from shouwang.demo.generate import OutOfRange, generate
from tests.demo.reading import decode


def _digests(folder: Path) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("format", ["csv", "parquet", "xlsx"])
def test_same_seed_same_bytes(tmp_path: Path, format: str) -> None:
    generate(tmp_path / "one", 120, 5, format)
    program = "import sys,pathlib;from shouwang.demo.generate import generate as g;g(pathlib.Path(sys.argv[1]),120,5,sys.argv[2])"
    environment = {**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": os.pathsep.join(sys.path), "TZ": "Asia/Urumqi"}
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "two"), format], check=True, env=environment)
    generate(tmp_path / "other", 120, 6, format)
    assert len(_digests(tmp_path / "one")) == 9
    assert _digests(tmp_path / "one") == _digests(tmp_path / "two")
    assert _digests(tmp_path / "one") != _digests(tmp_path / "other")


@pytest.mark.parametrize("faults", [True, False])
def test_a_smaller_run_is_the_beginning_of_a_larger_one(tmp_path: Path, faults: bool) -> None:
    generate(tmp_path / "small", 1000, 5, faults=faults)
    generate(tmp_path / "large", 1300, 5, faults=faults)
    for name in DIALECTS:
        small, large = (decode((tmp_path / size / f"{name}.csv").read_bytes()) for size in ("small", "large"))
        lines = [line for line in small.splitlines() if "合计" not in line]
        assert large.splitlines()[: len(lines)] == lines


def test_a_cut_chunk_is_the_beginning_of_the_whole_one(tmp_path: Path) -> None:
    generate(tmp_path / "small", 300, 5, "parquet", faults=False)
    generate(tmp_path / "large", 1000, 5, "parquet", faults=False)
    for name in DIALECTS:
        small, large = (pq.read_table(tmp_path / size / f"{name}.parquet") for size in ("small", "large"))
        assert large.slice(0, small.num_rows).equals(small)


def test_a_chunk_needs_no_other_chunk() -> None:
    alone, after = module.make_world(5, 3), [module.make_world(5, chunk) for chunk in range(4)][3]
    assert (alone.fen == after.fen).all()
    assert (alone.people.numbers() == after.people.numbers()).all()


def test_parquet_is_typed(tmp_path: Path) -> None:
    generate(tmp_path, 300, 5, "parquet")
    types = {name: str(kind) for name, kind in zip(*_schema(tmp_path / "ledger.parquet"), strict=True)}
    assert types["amount"] == "double"
    assert types["one_off"] == "bool"
    assert types["quarter"] == "string"
    assert str(pq.read_schema(tmp_path / "medical.parquet").field("settled_on").type) == "date32[day]"


def _schema(path: Path) -> tuple[list[str], list[object]]:
    schema = pq.read_schema(path)
    return schema.names, schema.types


def test_offices_save_files_each_in_its_own_way(tmp_path: Path) -> None:
    generate(tmp_path, 50, 5)
    start = {name: (tmp_path / f"{name}.csv").read_bytes()[:3] for name in DIALECTS}
    assert start["households"] == b"\xef\xbb\xbf"
    assert start["medical"][:2] == b"\xff\xfe"
    assert start["ledger"].decode() == "户"
    assert (tmp_path / "members.csv").read_bytes().decode("gb18030").startswith("户编号,人员编号")


def test_progress_is_told_and_numbers_out_of_range_are_refused(tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    generate(tmp_path, 1500, 5, "parquet", progress=lambda _, done, total: told.append((done, total)))
    assert told == [(1000, 1500), (1500, 1500)]
    with pytest.raises(OutOfRange, match="户数"):
        generate(tmp_path, 0, 5)
