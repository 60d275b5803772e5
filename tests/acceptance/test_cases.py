"""The 26 situations of the acceptance package, through the command a user types, on three dates."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shouwang.cli import main

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


def test_results_are_never_written_over_what_they_are_made_from(tmp_path: Path) -> None:
    package = Path(shutil.copytree(CASES / "package", tmp_path / "package"))
    before = {file.name: file.read_bytes() for file in package.iterdir()}
    for command in (("screen",), ("simulate", "--set", "monitoring_line=8500")):
        done = shouwang(command[0], package, "--as-of", DATES[0], "--out", package, *command[1:])
        assert done.returncode == 2 and "CLI-03" in done.stderr
        assert {file.name: file.read_bytes() for file in package.iterdir()} == before


def test_results_are_not_written_over_another_package_either(tmp_path: Path) -> None:
    """A zip beside the folder it was made of: results must not take the place of the tables in there."""
    other = Path(shutil.copytree(CASES / "package", tmp_path / "package"))
    zipped = shutil.make_archive(str(tmp_path / "package"), "zip", other)
    done = shouwang("screen", zipped, "--as-of", DATES[0], "--out", other)
    assert done.returncode == 2 and "CLI-03" in done.stderr
    assert (other / "households.csv").read_bytes() == (CASES / "package" / "households.csv").read_bytes()


def test_a_year_that_cannot_be_is_a_row_that_cannot_be(tmp_path: Path) -> None:
    package = Path(shutil.copytree(CASES / "package", tmp_path / "package"))
    with (package / "ledger.csv").open("ab") as file:
        file.write("\r\n7T-01,9202Q1,工资性收入,100,否,\r\n".encode("gb18030"))
    done = shouwang("screen", package, "--as-of", DATES[0], "--out", tmp_path / "out")
    assert done.returncode == 1, done.stderr
    (reject,) = csv.DictReader((tmp_path / "out" / "rejects.csv").read_text(encoding="utf-8-sig").splitlines())
    assert (reject["value"], reject["reason"]) == ("9202Q1", "年份9202不可能")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("--as-of", "0001-01-01"), "年份不可能"),
        (("--as-of", DATES[0], "--engine", "foo"), "没有“foo”，可用的有 duckdb、spark"),
        (("--as-of", DATES[0], "more"), "多出来的内容：more"),
        (("--as-of", DATES[0], "--xlsx=1"), "--xlsx 后面不能带值"),
        (("--as-of", DATES[0], "--since", ""), "--since：路径是空的"),
    ],
)
def test_a_wrong_option_is_told_in_chinese_and_nothing_is_written(
    wrong: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    done = shouwang("screen", CASES / "package", *wrong, "--out", tmp_path / "out")
    assert done.returncode == 2 and said in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    done = shouwang("screen", CASES / "package", "--as-of", DATES[0], "--out", tmp_path / "out")
    assert done.returncode == 2 and "是一个文件，不是文件夹" in done.stderr


@pytest.mark.parametrize("command", [(), ("check",), ("screen",), ("explain",), ("simulate",), ("serve",), ("audit",)])
def test_help_is_chinese_throughout(command: tuple[str, ...]) -> None:
    done = shouwang(*command, "--help")
    assert done.returncode == 0
    assert re.findall("Usage|Options|Commands|OPTIONS|ARGS|required|default:|Show|DIRECTORY", done.stdout) == []
    assert "用法：" in done.stdout and "--help" in done.stdout


@pytest.mark.parametrize(
    "interrupt", [KeyboardInterrupt(), RuntimeError("Query interrupted")], ids=["program", "engine"]
)
def test_an_interrupted_run_is_no_fault(
    interrupt: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C reaches us as itself, or as an error of the engine it found at work."""

    def stop(**_: object) -> None:
        raise interrupt

    monkeypatch.setattr(main.cli, "main", stop)
    with pytest.raises(SystemExit) as left:
        main.run()
    assert left.value.code == 130
    assert capsys.readouterr().err == "错误：已中断。没有写完的结果不会留下。\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gbk"])
def test_a_terminal_without_chinese_costs_nothing(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    command = [sys.executable, "-m", "shouwang", "check", str(CASES / "package")]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"ledger.csv" in done.stdout and b"213" in done.stdout


def test_a_fault_of_the_program_is_not_taken_for_a_finished_run(tmp_path: Path) -> None:
    """A store one of whose files is no Parquet any more: nothing the program looks out for."""
    shouwang("intake", CASES / "package", "--out", tmp_path / "facts")
    (tmp_path / "facts" / "members.parquet").write_bytes(b"not what it was")
    done = shouwang("screen", tmp_path / "facts", "--as-of", DATES[0], "--out", tmp_path / "out")
    assert done.returncode == 70 and "SYS-99" in done.stderr
    assert not (tmp_path / "out").exists()


def test_amounts_that_cannot_be_multiplied_exactly_are_refused(tmp_path: Path) -> None:
    """Sixty people and sums near 10^16 fen: beyond what a product of 64 bits holds."""
    package = tmp_path / "package"
    package.mkdir()
    (package / "households.csv").write_text("户编号,连队\n1,一连\n", encoding="utf-8")
    people = "".join(f"1,1-{n},甲\n" for n in range(60))
    (package / "members.csv").write_text(f"户编号,人员编号,姓名\n{people}", encoding="utf-8")
    quarters = [f"{year}Q{number}" for year in (2018, 2019, 2020) for number in range(1, 5)]
    lines = "".join(f"1,{quarter},工资性收入,1000000000\n" for quarter in quarters for _ in range(400))
    (package / "ledger.csv").write_text(f"户编号,季度,类别,金额\n{lines}", encoding="utf-8")
    done = shouwang("screen", package, "--as-of", DATES[0], "--out", tmp_path / "out")
    assert done.returncode == 2 and "ENG-02" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
