"""Small data packages, written to measure: as many households as wanted, each with its people and its quarters."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

#: The four quarters before 2020-05-20, and the four before those.
QUARTERS = tuple(f"{year}Q{n}" for year in (2018, 2019, 2020) for n in (1, 2, 3, 4))[1:9]
HEADERS = {
    "households": ("户编号", "连队", "住房等级", "饮水安全"),
    "members": ("户编号", "人员编号", "姓名", "与户主关系", "出生日期", "在校生状况", "医疗保险"),
    "ledger": ("户编号", "季度", "类别", "金额"),
}
Rows = Iterable[Sequence[str]]


def write(folder: Path, **tables: Rows) -> Path:
    """A package of these tables; the three that must be there, are."""
    folder.mkdir()
    for name, header in HEADERS.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out).writerows([header, *tables.get(name, ())])
    return folder


def of_size(folder: Path, households: int) -> Path:
    """So many households of one, and one line of the ledger for each."""
    ids = [f"H{n:05}" for n in range(households)]
    return write(
        folder,
        households=[(one, "一连", "A", "是") for one in ids],
        members=[(one, f"{one}-1", "王强", "户主", "1980-01-01", "", "居民") for one in ids],
        ledger=[(one, "2020Q1", "工资性收入", "1000") for one in ids],
    )


def income(household: str, each_quarter: str) -> list[tuple[str, ...]]:
    """The same wage in every quarter that counts."""
    return [(household, quarter, "工资性收入", each_quarter) for quarter in QUARTERS]
