"""How is a small data package built for a test? Three good tables, to be replaced one by one."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from shouwang.sources.package import Package, StagedTable, open_package

HOUSEHOLDS = "户编号,连队\nH1,一连\nH2,二连\n"
MEMBERS = "户编号,人员编号,姓名\nH1,P1,张三\nH2,P2,李四\n"
LEDGER = "户编号,季度,类别,金额\nH1,2019Q2,工资性收入,100\nH2,2019Q2,工资性收入,200.5\n"
LEDGER_ROWS = [
    ["户编号", "季度", "类别", "金额"],
    ["H1", "2019Q2", "工资性收入", 100],
    ["H2", "2019Q2", "工资性收入", 200.5],
]

Content = str | bytes


def folder(path: Path, **files: Content | None) -> Path:
    """A package folder; `ledger_xlsx=b"…"` writes ledger.xlsx in place of ledger.csv, `ledger=None` leaves it out."""
    tables: dict[str, Content | None] = {"households": HOUSEHOLDS, "members": MEMBERS, "ledger": LEDGER}
    for key, content in files.items():
        name, _, suffix = key.rpartition("_")
        if suffix in ("xlsx", "parquet", "xls"):
            tables.pop(name, None)
            tables[f"{name}.{suffix}"] = content
        else:
            tables[key] = content
    path.mkdir(parents=True, exist_ok=True)
    for key, content in tables.items():
        if content is not None:
            data = content.encode() if isinstance(content, str) else content
            (path / (key if "." in key else f"{key}.csv")).write_bytes(data)
    return path


def opened(tmp_path: Path, **files: Content | None) -> Package:
    """The package of `folder`, staged."""
    return open_package(folder(tmp_path / "包", **files), tmp_path / "scratch")


def rows(staged: StagedTable) -> list[dict[str, object]]:
    """The staged rows, row number under `_row`."""
    found: list[dict[str, object]] = pq.read_table(staged.path).to_pylist()
    return found


def column(staged: StagedTable, name: str) -> list[object]:
    """One staged column."""
    return [row[name] for row in rows(staged)]


def rejects(staged: StagedTable) -> list[tuple[int, str, str]]:
    """Row, column and reason of the early rejects."""
    return [(one.row, one.column, one.reason) for one in staged.early_rejects]


def notices(package: Package) -> str:
    """All notices in one text."""
    return "\n".join(notice.sentence() for notice in package.notices)


def workbook(path: Path, cells: list[list[object]], title: str = "Sheet1", merge: str | None = None) -> bytes:
    """A workbook with one sheet, written by openpyxl (which stores formulas without values)."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in cells:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    return saved(book, path)


def saved(book: openpyxl.Workbook, path: Path) -> bytes:
    """The bytes of a workbook."""
    path.mkdir(parents=True, exist_ok=True)
    book.save(path / "book.xlsx")
    return (path / "book.xlsx").read_bytes()


def parquet(path: Path, table: pa.Table) -> bytes:
    """The bytes of a Parquet file."""
    path.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path / "table.parquet")
    return (path / "table.parquet").read_bytes()


def zipped(target: Path, files: dict[str, Content]) -> Path:
    """A zip with these members."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target
