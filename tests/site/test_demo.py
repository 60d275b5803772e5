"""`make demo` as a newcomer meets it: prepared once, gone on with, served with its worker, stopped without leftovers."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import openpyxl
import pytest

HOUSEHOLDS = "60"
_PASSWORD = re.compile(r"│ (\w+) +│.*│ (\w{4}(?:-\w{4}){3}) +│")
#: What the tests of this process have set for themselves must not reach the program.
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("SHOUWANG", "DJANGO"))}


def demo(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "shouwang", "demo", str(folder), "--households", HOUSEHOLDS, *more]
    return subprocess.run(command, capture_output=True, text=True, env=CLEAN, timeout=300, check=False)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("demo")
    done = demo(folder, "--no-serve")
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def test_every_role_gets_an_account_with_a_password_of_its_own(prepared: tuple[Path, str]) -> None:
    passwords = dict(_PASSWORD.findall(prepared[1]))
    assert {"ganbu1", "shuji", "yiyuan", "tuanban1", "lingdao", "shishi", "xitong", "anquan", "shenji"} <= set(
        passwords
    )
    assert len(set(passwords.values())) == len(passwords)


def test_the_hospitals_file_opens_and_holds_the_faults_such_files_hold(prepared: tuple[Path, str]) -> None:
    (path,) = prepared[0].glob("*.xlsx")
    rows = list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))
    assert rows[0][:2] == ("身份证号", "姓名") or rows[0][:2] == ("姓名", "身份证号")
    assert any(str(row[2]).endswith("-02-30") for row in rows)
    assert all(isinstance(cell, str) for row in rows for cell in row)


def test_a_second_start_goes_on_with_what_is_there(prepared: tuple[Path, str]) -> None:
    folder, first = prepared
    database = folder / "site" / "shouwang.sqlite3"
    again = demo(folder, "--no-serve")
    assert again.returncode == 0, again.stderr
    assert dict(_PASSWORD.findall(again.stdout)).keys() == dict(_PASSWORD.findall(first)).keys()
    assert database.exists()


@pytest.fixture
def served(prepared: tuple[Path, str]) -> Iterator[tuple[subprocess.Popen[str], int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "shouwang",
        "demo",
        str(prepared[0]),
        "--households",
        HOUSEHOLDS,
        "--port",
        str(port),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=CLEAN, start_new_session=True)
    yield process, port
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def test_it_serves_and_stops_with_its_worker(served: tuple[subprocess.Popen[str], int]) -> None:
    process, port = served
    page = _opened(f"http://127.0.0.1:{port}/", process)
    assert "登录" in page
    process.send_signal(signal.SIGINT)
    assert process.wait(40) in (0, 130)
    assert _group_is_gone(process.pid)


def _opened(address: str, process: subprocess.Popen[str]) -> str:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(address, timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.3)
    raise AssertionError("the server did not answer")


def _group_is_gone(group: int) -> bool:
    """Whether no process of the group is left a few seconds later."""
    until = time.monotonic() + 25
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.3)
    return False


def test_a_worker_that_dies_is_started_again(served: tuple[subprocess.Popen[str], int]) -> None:
    process, port = served
    _opened(f"http://127.0.0.1:{port}/", process)
    first = _worker_of(process.pid, other_than=0)
    os.kill(first, signal.SIGKILL)
    assert _worker_of(process.pid, other_than=first)


def _worker_of(group: int, other_than: int) -> int:
    """The process of the worker, once there is one that is not `other_than`."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        listed = subprocess.run(["ps", "-eo", "pid,pgid,args"], capture_output=True, text=True, check=True).stdout
        found = re.findall(rf"^ *(\d+) +{group} .*-m shouwang work$", listed, re.MULTILINE)
        for pid in map(int, found):
            if pid != other_than:
                return pid
        time.sleep(0.3)
    raise AssertionError(f"no worker was started; there are:\n{listed}")
