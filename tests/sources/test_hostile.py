"""Is every known attack refused, in Chinese, before a reader starts, and quickly?"""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest

from shouwang.sources import guard, limited, scan, workbook
from shouwang.sources.errors import ReaderDied, SourceError, Unsafe
from shouwang.sources.package import open_package

from .hostile import DATA_ROW, HEADER_ROW, REFUSED, book, good, parts, sheet
from .packages import column, folder, opened, zipped


@pytest.mark.usefixtures("no_child")
@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_before_any_reader_starts(name: str, tmp_path: Path) -> None:
    build, message = REFUSED[name]
    path = folder(tmp_path / "包", ledger_xlsx=build())
    with pytest.raises(SourceError) as refusal:
        open_package(path, tmp_path / "scratch")
    sentence = str(refusal.value)
    assert "ledger.xlsx" in sentence
    assert message in sentence
    assert refusal.value.code.startswith("SRC-")
    assert refusal.value.part(refusal.value.do), "a refusal says what to do"


@pytest.mark.parametrize("name", [name for name in REFUSED if "bomb" in name or "sparse" in name])
def test_refusing_takes_a_second_and_little_memory(name: str, tmp_path: Path) -> None:
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(REFUSED[name][0]())
    assert path.stat().st_size < 3 << 20, "small on disk"
    start = time.process_time()  # of this process: what else the machine does is not measured
    with pytest.raises(SourceError):
        workbook.inspect(path, path.name)
    assert time.process_time() - start < 1
    tracemalloc.start()
    with pytest.raises(SourceError):
        workbook.inspect(path, path.name)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 50 << 20


def test_a_lying_dimension_is_read_right(tmp_path: Path) -> None:
    lying = good(before='<dimension ref="A1:XFD1048576"/>')
    ledger = opened(tmp_path, ledger_xlsx=lying).tables["ledger"]
    assert (ledger.rows_read, column(ledger, "amount")) == (1, ["100"])


def test_cells_are_limited_over_all_sheets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_CELLS", 12)
    path = tmp_path / "ledger.xlsx"
    rows = HEADER_ROW + DATA_ROW
    path.write_bytes(book(parts(sheet(rows)) | {"xl/worksheets/sheet2.xml": sheet(rows)}))
    with pytest.raises(Unsafe, match="各工作表合计超过 12 个单元格"):
        workbook.inspect(path, path.name)
    monkeypatch.setattr(scan, "MAX_CELLS", 7)
    with pytest.raises(Unsafe, match="超过 7 个单元格"):
        workbook.inspect(path, path.name)


def test_a_file_over_the_limit_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "ledger.xlsx"
    with path.open("wb") as handle:
        handle.truncate((64 << 20) + 1)
    with pytest.raises(Unsafe, match="超过 64 MB"):
        workbook.inspect(path, path.name)


@pytest.mark.parametrize(
    ("sheet_xml", "problem"),
    [
        (sheet(HEADER_ROW + '<row r="2"><c r="A2" t="s"><v>9</v></c></row>'), "工作簿内部已损坏"),
        (sheet(HEADER_ROW)[:-30], "工作簿内部已损坏"),
    ],
)
def test_what_the_guard_cannot_see_ends_in_the_child(sheet_xml: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=problem):
        opened(tmp_path, ledger_xlsx=book(parts(sheet_xml)))


def test_a_child_out_of_memory_or_time_is_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guard off, the sparse box reaches calamine, which aborts; the parent lives and says so."""
    monkeypatch.setattr(workbook, "inspect", lambda path, file: {})
    with pytest.raises(ReaderDied, match="读取进程中止"):
        opened(tmp_path, ledger_xlsx=REFUSED["sparse_to_XFD1048576"][0]())
    monkeypatch.setattr(limited, "WALL_SECONDS", 0.01)
    with pytest.raises(ReaderDied, match="读取超过"):
        opened(tmp_path, ledger_xlsx=good())


def test_a_child_that_says_too_much_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "LINE_BYTES", 20)
    with pytest.raises(ReaderDied):
        opened(tmp_path, ledger_xlsx=good())
    monkeypatch.setattr(limited, "LINE_BYTES", 1 << 20)
    monkeypatch.setattr(limited, "ANSWER_BYTES", 20)
    with pytest.raises(ReaderDied, match="展开后过大"):
        opened(tmp_path, ledger_xlsx=good())


@pytest.mark.usefixtures("no_child")
@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"ledger.csv": b"\0" * (20 << 20)}, "压缩比"),
        ({"../ledger.csv": ""}, "越出"),
        ({"a/ledger.csv": "", "b/members.csv": ""}, "分散"),
        ({"a/b/ledger.csv": ""}, "太深"),
        ({"a/old.zip": ""}, "还有压缩文件"),
    ],
)
def test_a_hostile_package_is_refused(files: dict[str, bytes], problem: str, tmp_path: Path) -> None:
    path = zipped(tmp_path / "包.zip", files)
    with pytest.raises(Unsafe, match=problem):
        open_package(path, tmp_path / "scratch")
    assert not list((tmp_path / "scratch").rglob("*.csv"))


def test_a_zip_that_unpacks_to_more_than_it_says_is_stopped_while_unpacking(tmp_path: Path) -> None:
    path = tmp_path / "包.zip"
    data = bytearray(zipped(path, {"ledger.csv": "x" * 1000}).read_bytes())
    central = data.rfind(b"PK\x01\x02")
    data[22:26] = data[central + 24 : central + 28] = (10).to_bytes(4, "little")
    path.write_bytes(data)
    container = guard.Container(path, guard.PACKAGE, "包.zip")
    with pytest.raises(Unsafe, match="不符"):
        list(container.stream(container.entries[0]))
