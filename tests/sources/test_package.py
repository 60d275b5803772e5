"""Is a package taken as a folder or a zip, and refused (exit status 2) when something is missing or in doubt?"""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from shouwang.sources.errors import (
    NestedColumn,
    NotAPackage,
    OutsideLink,
    PackageNotFound,
    ReaderDied,
    SourceError,
    TableMissing,
    TableTwice,
    Unsafe,
    UnsupportedFormat,
    WrongFormat,
)
from shouwang.sources.package import open_package

from . import packages
from .packages import column, folder, notices, opened, parquet, zipped

FILES: dict[str, packages.Content] = {
    "households.csv": packages.HOUSEHOLDS,
    "members.csv": packages.MEMBERS,
    "ledger.csv": packages.LEDGER,
}
NATIVE = pa.table({"户编号": ["H1"], "quarter": ["2019Q2"], "类别": ["工资性收入"], "金额": [1.5], "备注": ["x"]})


def test_a_folder(tmp_path: Path) -> None:
    package = opened(tmp_path)
    assert package.name == "包"
    assert list(package.tables) == ["households", "members", "ledger"]
    assert [table.rows_read for table in package.tables.values()] == [2, 2, 2]
    assert package.notices == []
    assert not any(table.native for table in package.tables.values())
    assert all(table.path.is_relative_to(tmp_path / "scratch") for table in package.tables.values())


@pytest.mark.parametrize("top", ["", "数据包/"])
def test_a_zip_of_a_folder(top: str, tmp_path: Path) -> None:
    extra = {"__MACOSX/._ledger.csv": b"\0", f"{top}~$ledger.xlsx": "", f"{top}.DS_Store": ""}
    path = zipped(tmp_path / "包.zip", {top + name: text for name, text in FILES.items()} | extra)
    package = open_package(path, tmp_path / "scratch")
    assert (package.name, list(package.tables)) == ("包", ["households", "members", "ledger"])
    assert package.notices == []


def test_an_old_copy_deeper_in_the_zip_is_told_and_not_read(tmp_path: Path) -> None:
    files = {f"包/{name}": text for name, text in FILES.items()} | {"包/旧/ledger.csv": "x"}
    package = open_package(zipped(tmp_path / "包.zip", files), tmp_path / "scratch")
    assert notices(package) == "包/旧/ledger.csv：不是数据包的表，没有读。"


def test_a_zip_made_by_chinese_windows(tmp_path: Path) -> None:
    """Folder names in GBK without the UTF-8 flag."""
    path = zipped(tmp_path / "a.zip", {f"folder/{name}": text for name, text in FILES.items()} | {"folder/xx.txt": ""})
    path.write_bytes(
        path.read_bytes().replace(b"folder", "数据包".encode("gbk")).replace(b"xx.", "注".encode("gbk") + b".")
    )
    package = open_package(path, tmp_path / "scratch")
    assert len(package.tables) == 3
    assert notices(package) == "注.txt：不是数据包的表，没有读。"


def test_a_zip_with_a_workbook_and_a_parquet_file(tmp_path: Path) -> None:
    book = packages.workbook(tmp_path / "book", packages.LEDGER_ROWS)
    households = parquet(tmp_path / "p", pa.table({"户编号": ["H1"], "连队": ["一连"]}))
    files = FILES | {"ledger.xlsx": book, "households.parquet": households}
    del files["ledger.csv"], files["households.csv"]
    package = open_package(zipped(tmp_path / "a.zip", files), tmp_path / "scratch")
    assert package.tables["ledger"].rows_read == 2
    assert package.tables["households"].native


def test_unknown_files_are_told_and_known_strangers_are_not(tmp_path: Path) -> None:
    strangers = {"台账.csv": "", "说明.docx": "", "truth.csv": "", "README.md": "", "readme.txt": "", ".hidden": ""}
    path = folder(tmp_path / "包", **strangers)
    (path / "旧").mkdir()
    package = open_package(path, tmp_path / "scratch")
    assert [notice.file for notice in package.notices] == ["台账.csv", "旧", "说明.docx"]


def test_names_in_capitals_are_the_same_names(tmp_path: Path) -> None:
    path = folder(tmp_path / "包", ledger=None, **{"Ledger.CSV": packages.LEDGER})
    assert open_package(path, tmp_path / "scratch").tables["ledger"].file == "Ledger.CSV"


@pytest.mark.parametrize("table", ["households", "members", "ledger"])
def test_a_missing_table_is_named(table: str, tmp_path: Path) -> None:
    with pytest.raises(TableMissing, match=rf"缺少：\S+（{table}）.*包里现有：") as missing:
        opened(tmp_path, **{table: None})
    assert missing.value.code == "SRC-03"


def test_a_table_in_two_formats_is_refused(tmp_path: Path) -> None:
    path = folder(tmp_path / "包")
    (path / "ledger.xlsx").write_bytes(b"")
    with pytest.raises(TableTwice, match="“收支台账”表在数据包里有不止一份：ledger.csv、ledger.xlsx"):
        open_package(path, tmp_path / "scratch")


@pytest.mark.parametrize("suffix", ["xls", "xlsm", "et", "txt"])
def test_another_format_is_refused_when_it_is_all_there_is(suffix: str, tmp_path: Path) -> None:
    path = folder(tmp_path / "包", **{f"medical.{suffix}": "x"})
    with pytest.raises(UnsupportedFormat, match=f"medical.{suffix}.*另存为 xlsx"):
        open_package(path, tmp_path / "scratch")
    (path / "medical.csv").write_text("姓名,出生日期,结算日期,总费用,个人自付\n")
    assert f"medical.{suffix}：不是数据包的表" in notices(open_package(path, tmp_path / "scratch"))


def test_what_is_no_package(tmp_path: Path) -> None:
    with pytest.raises(PackageNotFound, match="找不到数据包"):
        open_package(tmp_path / "没有", tmp_path / "scratch")
    single = tmp_path / "ledger.xlsx"
    single.write_bytes(b"PK\x03\x04")
    with pytest.raises(NotAPackage):
        open_package(single, tmp_path / "scratch")
    fake = tmp_path / "a.zip"
    fake.write_text("x")
    with pytest.raises(NotAPackage, match="内容却不是"):
        open_package(fake, tmp_path / "scratch")
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    with pytest.raises(TableMissing, match="没有文件"):
        open_package(tmp_path / "empty.zip", tmp_path / "scratch")


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("ledger.csv", b"PK\x03\x04" + bytes(50), "xlsx"),
        ("ledger.csv", b"\xd0\xcf\x11\xe0" + bytes(50), "xls"),
        ("ledger.csv", b"PAR1" + bytes(50), "Parquet"),
        ("ledger.csv", b"<html><body>", "网页"),
        ("ledger.parquet", packages.LEDGER.encode(), "PAR|Parquet"),
        ("ledger.parquet", b"PAR1" + bytes(50), "一半"),
        ("ledger.parquet", b"", "一半"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(name: str, content: bytes, problem: str, tmp_path: Path) -> None:
    path = folder(tmp_path / "包", ledger=None, **{name: content})
    with pytest.raises(WrongFormat, match=problem):
        open_package(path, tmp_path / "scratch")


def test_links_out_of_the_package_are_refused_and_links_inside_are_not(tmp_path: Path) -> None:
    path = folder(tmp_path / "包", ledger=None)
    (path / "台账").mkdir()
    (path / "台账" / "l.csv").write_text(packages.LEDGER)
    (path / "ledger.csv").symlink_to(path / "台账" / "l.csv")
    assert open_package(path, tmp_path / "scratch").tables["ledger"].rows_read == 2
    (path / "events.csv").symlink_to("/etc/passwd")
    with pytest.raises(OutsideLink, match="events.csv 是指向文件夹以外的链接"):
        open_package(path, tmp_path / "scratch")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = folder(tmp_path / "包", ledger=None)
    os.mkfifo(path / "ledger.csv")
    with pytest.raises(OutsideLink, match="不是普通文件"):
        open_package(path, tmp_path / "scratch")


def test_a_file_that_cannot_be_opened_is_an_error_in_words(tmp_path: Path) -> None:
    path = folder(tmp_path / "包", ledger=None)
    (path / "ledger.csv").symlink_to(path / "没有.csv")
    with pytest.raises(SourceError, match="无法读取（找不到）.*SRC-20"):
        open_package(path, tmp_path / "scratch")


def test_parquet_is_taken_as_it_is(tmp_path: Path) -> None:
    package = opened(tmp_path, ledger_parquet=parquet(tmp_path / "p", NATIVE))
    ledger = package.tables["ledger"]
    assert (ledger.native, ledger.rows_read, ledger.path) == (True, 1, tmp_path / "包" / "ledger.parquet")
    assert ledger.columns == {"household_id": "户编号", "quarter": "quarter", "kind": "类别", "amount": "金额"}
    assert "有 1 列不认识，没有读：备注" in notices(package)


def test_parquet_with_a_nested_column_is_refused(tmp_path: Path) -> None:
    nested = NATIVE.set_column(3, "金额", pa.array([[1.5]]))
    with pytest.raises(NestedColumn, match="“金额”是嵌套类型（list"):
        opened(tmp_path / "1", ledger_parquet=parquet(tmp_path / "p", nested))
    elsewhere = NATIVE.set_column(4, "备注", pa.array([[1.5]]))
    assert opened(tmp_path / "2", ledger_parquet=parquet(tmp_path / "q", elsewhere)).tables["ledger"].rows_read == 1


def test_parquet_without_a_required_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"缺少必需的列：金额（amount）"):
        opened(tmp_path, ledger_parquet=parquet(tmp_path / "p", NATIVE.drop_columns(["金额"])))


def test_a_broken_parquet_footer_costs_a_child(tmp_path: Path) -> None:
    data = parquet(tmp_path / "p", NATIVE)
    size = int.from_bytes(data[-8:-4], "little")
    broken = data[: -8 - size] + b"\xff" * size + data[-8:]
    with pytest.raises(ReaderDied, match="Parquet 目录已损坏"):
        opened(tmp_path / "1", ledger_parquet=broken)
    with pytest.raises(Unsafe, match="目录长度"):
        opened(tmp_path / "2", ledger_parquet=data[:-8] + b"\xff\xff\xff\x7fPAR1")


def test_staged_text_is_one_spelling(tmp_path: Path) -> None:
    package = opened(tmp_path, households="户编号,连队\n　Ｈ１,一连\n")
    assert column(package.tables["households"], "household_id") == ["H1"]
