"""The results as one Excel workbook: summary, list, reasons, questions, rejected rows. For people who live in Excel.

Every text is a string cell, so no identity number is rounded and nothing is run as a formula. Memory is constant.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from shouwang.intake.account import QUESTIONS, REJECTS
from shouwang.intake.screening import Screened
from shouwang.policy.forms import Outcome
from shouwang.units.errors import ShouwangError
from shouwang.units.exports import plain_cell
from shouwang.units.money import FEN_PER_YUAN

NAME = "results.xlsx"
#: Rows a worksheet can hold, the header aside.
LARGEST = 1_048_575
_FEN = ("net_income_fen", "base_income_fen", "rigid_fen")
_LABELS = {"met": "命中", "suspected": "疑似", "special": "专项", "unknown": "资料不足", "not_met": "不命中"}
_TIERS = {"severe": "较重", "low": "较低", "above": "线上"}


class TooManyRows(ShouwangError):
    """A sheet would be cut off. It is refused aloud instead."""

    code = "XLS-01"
    what = "“{sheet}”有 {rows} 行，超过 Excel 一张表的 {limit} 行，没有写出工作簿。"
    why = "截断的名单会漏掉住户。"
    do = "CSV 和 Parquet 结果是完整的；请按连队分批筛查后再导出 Excel。"


class Book:
    """A workbook being written, one sheet after the other."""

    def __init__(self, path: Path) -> None:
        self.file = xlsxwriter.Workbook(
            str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self.head = self.file.add_format({"bold": True, "bg_color": "#E8F3F1", "border": 1, "text_wrap": True})
        self.money = self.file.add_format({"num_format": "#,##0.00"})
        self.plain = self.file.add_format({})

    def sheet(self, name: str, header: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]]) -> None:
        """A sheet with a frozen, filterable header; `header` is (title, width)."""
        sheet = self.file.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for place, (title, width) in enumerate(header):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, title, self.head)
        last = 0
        for last, row in enumerate(rows, start=1):
            if last > LARGEST:
                raise TooManyRows(sheet=name, rows=f"{last} 以上", limit=LARGEST)
            for place, cell in enumerate(row):
                self._cell(sheet, last, place, cell)
        sheet.autofilter(0, 0, last, len(header) - 1)

    def _cell(self, sheet: Worksheet, row: int, place: int, cell: Any) -> None:
        style: Format = self.plain
        if isinstance(cell, float):
            sheet.write_number(row, place, cell, self.money)
        elif isinstance(cell, int):
            sheet.write_number(row, place, cell, style)
        elif cell is not None:
            sheet.write_string(row, place, str(cell), style)


def write_workbook(screened: Screened, folder: Path) -> Path:
    """Write `results.xlsx` beside the other results, from them. Raises TooManyRows and leaves no file."""
    path = folder / NAME
    draft = folder / f".{NAME}.writing"
    book = Book(draft)
    try:
        book.sheet("汇总", [("项目", 34), ("户", 12), ("人", 12), ("说明", 60)], _summary(screened))
        columns = screened.book.columns
        header = [(_title(column.id, column.meaning), 16) for column in columns]
        book.sheet("名单", header, _households(screened, folder, [column.id for column in columns]))
        reasons = [("户编号", 16), ("规则", 28), ("结果", 10), ("条款", 12), ("说明", 110)]
        book.sheet("逐条理由", reasons, _findings(screened, folder))
        book.sheet("疑问", [("户编号", 16), ("疑问", 24), ("内容", 90)], _rows(folder / QUESTIONS))
        rejected = [("文件", 20), ("行", 8), ("列", 14), ("原值", 24), ("原因", 40), ("怎样改", 60)]
        book.sheet("退回的行", rejected, _rows(folder / REJECTS))
        book.file.close()
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path


def _summary(screened: Screened) -> Iterator[Sequence[Any]]:
    tally, book = screened.written.tally, screened.book
    yield (
        "全部",
        tally.households,
        tally.people,
        f"{book.policy.title}；截至 {book.as_of}；计算期 {book.context.span('W')}",
    )
    for outcome, label in _LABELS.items():
        yield label, tally.outcomes[outcome], tally.outcome_people[outcome], ""
    for name, entry in screened.manifest["parameters"].items():
        remark = f"{name} = {entry['value']} {entry['unit']}（{entry['clause']}）{entry['discretion']}"
        yield f"参数：{book.series(name).label}", None, None, remark + ("（本次改过）" if entry["changed"] else "")
    yield "结果指纹", None, None, screened.written.sha256


def _title(name: str, meaning: str) -> str:
    return meaning.replace("（分）", "（元）") if name in _FEN else meaning


def _households(screened: Screened, folder: Path, columns: list[str]) -> Iterator[Sequence[Any]]:
    titles = {rule.id: rule.title for rule in screened.book.rules}
    for batch in pq.ParquetFile(folder / "households.parquet").iter_batches(columns=columns):
        for row in batch.to_pylist():
            yield [_shown(name, row[name], titles) for name in columns]


def _shown(name: str, value: Any, titles: dict[str, str]) -> Any:
    if value is None:
        return None
    if name in _FEN:
        return value / FEN_PER_YUAN
    if name == "net_income_per_head":
        return float(value)
    if name.startswith("rules_"):
        return "、".join(titles[rule] for rule in value.split(";"))
    return _LABELS.get(value, value) if name == "outcome" else _TIERS.get(value, value) if name == "tier" else value


def _findings(screened: Screened, folder: Path) -> Iterator[Sequence[Any]]:
    titles = {rule.id: rule.title for rule in screened.book.rules}
    with (folder / "findings.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            found = json.loads(line)
            outcome = Outcome(found["outcome"]).label
            yield found["household_id"], titles[found["rule"]], outcome, found["clause"], found["sentence"]


def _rows(path: Path) -> Iterator[Sequence[Any]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for row in rows:
            yield [plain_cell(cell) for cell in row]
