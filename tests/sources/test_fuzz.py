"""Can any bytes make the guard fail in another way than by refusing? (trust R10: byte mutation, fixed seed)"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from shouwang.sources import guard, workbook
from shouwang.sources.csvfile import stage_csv
from shouwang.sources.package import refuse_disguise
from shouwang.terms.tables import LEDGER
from shouwang.units.errors import ShouwangError

from . import packages
from .hostile import good
from .packages import zipped


def _mutated(data: bytes, dice: random.Random) -> bytes:
    raw = bytearray(data)
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(raw))
        kind = dice.randrange(4)
        if kind == 0:
            raw[at] = dice.randrange(256)
        elif kind == 1:
            raw[at : at + dice.randint(1, 8)] = b""
        elif kind == 2:
            raw[at:at] = dice.randbytes(dice.randint(1, 8))
        else:
            raw[at : at + 4] = dice.choice([b"\xff\xff\xff\xff", b"\0\0\0\0", b"PK\x05\x06", b'"<c '])
    return bytes(raw)


def _survives(data: bytes, path: Path, read: Callable[[Path], object], times: int) -> tuple[int, int]:
    """How many mutations were read, and how many refused. Anything else escapes and fails the test."""
    dice = random.Random(20200520)
    read_well = refused = 0
    for _ in range(times):
        path.write_bytes(_mutated(data, dice))
        try:
            read(path)
            read_well += 1
        except ShouwangError as error:
            refused += error.sentence().endswith("〕")
    return read_well, refused


def _guard_package(path: Path) -> None:
    container = guard.Container(path, guard.PACKAGE, path.name)
    for info in container.entries:
        for _ in container.stream(info):
            pass


def test_mutated_workbooks(tmp_path: Path) -> None:
    plain = packages.workbook(tmp_path, packages.LEDGER_ROWS)
    for data in (good(), plain):
        read_well, refused = _survives(data, tmp_path / "l.xlsx", lambda path: workbook.inspect(path, "l.xlsx"), 150)
        assert read_well + refused == 150
        assert refused > 50


def test_mutated_sheets_inside_a_sound_zip(tmp_path: Path) -> None:
    """A checksum would hide the scanner from the fuzz: here the sheet itself is mutated."""
    dice = random.Random(7)
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><f>1</f><v>2</v></c><c r="B{n}" t="e"><v>#N/A</v></c></row>' for n in range(2, 30)
    )
    for _ in range(200):
        path = tmp_path / "l.xlsx"
        path.write_bytes(good(_mutated(rows.encode(), dice).decode("utf-8", "replace")))
        with suppress(ShouwangError):
            workbook.inspect(path, "l.xlsx")


def test_mutated_packages(tmp_path: Path) -> None:
    files = {"households.csv": packages.HOUSEHOLDS, "ledger.csv": packages.LEDGER}
    data = zipped(tmp_path / "a.zip", files).read_bytes()
    _, refused = _survives(data, tmp_path / "b.zip", _guard_package, 150)
    assert refused > 50


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_mutated_csv(tmp_path: Path, encoding: str) -> None:
    data = (packages.LEDGER * 3).encode(encoding)

    def read(path: Path) -> None:
        refuse_disguise(path.read_bytes()[:64], ".csv", "l.csv")
        stage_csv(path, LEDGER, "l.csv", tmp_path / "l.parquet", None)

    read_well, refused = _survives(data, tmp_path / "l.csv", read, 100)
    assert read_well + refused == 100


@pytest.mark.parametrize("size", [0, 1, 3, 21, 22, 30, 100, 4096])
def test_random_bytes(tmp_path: Path, size: int) -> None:
    path = tmp_path / "l.xlsx"
    path.write_bytes(random.Random(size).randbytes(size))
    with pytest.raises(ShouwangError):
        workbook.inspect(path, "l.xlsx")
