"""Warned at a fifth, refused at a tenth; but a tenth of a large disk is room enough."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from shouwang.units import room
from shouwang.units.room import NoRoom, Room, require_room, room_in

GB = 1 << 30


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.mark.parametrize(
    ("free", "total", "low", "out"),
    [
        (3 * GB, 10 * GB, False, False),
        (2 * GB, 10 * GB, False, False),
        (2 * GB - 1, 10 * GB, True, False),
        (1 * GB, 10 * GB, True, False),
        (1 * GB - 1, 10 * GB, True, True),
        (25 * GB, 500 * GB, False, False),
        (19 * GB, 500 * GB, True, False),
        (2 * GB, 500 * GB, True, False),
        (2 * GB - 1, 500 * GB, True, True),
    ],
)
def test_when_it_is_low_and_when_it_is_out(free: int, total: int, low: bool, out: bool) -> None:
    assert (Room(free, total).low, Room(free, total).out) == (low, out)


def test_a_folder_that_is_not_there_yet_is_on_the_disk_of_the_one_above(tmp_path: Path) -> None:
    assert room_in(tmp_path / "var" / "db").total == room_in(tmp_path).total > 0


def test_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room.shutil, "disk_usage", lambda _: Usage(10 * GB, 10 * GB - GB // 2, GB // 2))
    with pytest.raises(NoRoom) as refused:
        require_room(tmp_path)
    assert "只剩 0.5 GB（5%）" in str(refused.value) and "没有丢失" in str(refused.value)
