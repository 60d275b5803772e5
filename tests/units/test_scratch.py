"""Scratch folders are private, and gone even when their process was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from shouwang.units.scratch import scratch_folder, sweep

_HOLDER = """
import sys, time
from shouwang.units.scratch import scratch_folder
with scratch_folder("mine-") as folder:
    (folder / "people.csv").write_text("张三")
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)


def _holder() -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen([sys.executable, "-c", _HOLDER], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_a_folder_is_private_and_gone_afterwards() -> None:
    with scratch_folder() as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "a").mkdir()
    assert not folder.exists()


def test_gone_after_an_error_too() -> None:
    with pytest.raises(ZeroDivisionError), scratch_folder() as folder:
        _ = 1 // 0
    assert not folder.exists()


def test_what_a_killed_process_left_is_removed_by_the_next() -> None:
    process, folder = _holder()
    assert sweep() == [] and (folder / "people.csv").exists(), "somebody is at work there"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert (folder / "people.csv").exists(), "a killed process cannot clear up"
    with scratch_folder() as mine:
        assert not folder.exists() and mine.exists()


def test_folders_of_others_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "shouwang-notes").mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".held").touch()
    os.symlink(elsewhere, tmp_path / "shouwang-link")
    assert sweep() == []
    assert (tmp_path / "shouwang-notes").exists() and (elsewhere / ".held").exists()
