"""What a household earned, quarter by quarter: drawn and as a table. A quarter nobody entered is unknown, never 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shouwang.registry.queries.household import QuarterLine
from shouwang.web.tables import Cell, Column, Row, Table
from shouwang.web.templatetags.ui import amount, quarter

#: Two years: the window of a screening and the year before it.
QUARTERS_SHOWN = 8
COLUMNS = [
    Column("季度", "short"), Column("收入（元）", "number"), Column("生产支出（元）", "number"), Column("纯收入（元）", "number"),
    Column("刚性支出（元）", "number"),
]  # fmt: skip


def income_chart(lines: Sequence[QuarterLine]) -> dict[str, Any] | None:
    """The last quarters up to the newest on record, those without entries too; None for an empty ledger."""
    if not lines:
        return None
    by_quarter = {line.quarter: line for line in lines}
    last = lines[-1].quarter
    shown = [
        by_quarter.get(one, QuarterLine(one))
        for one in range(max(lines[0].quarter, last - QUARTERS_SHOWN + 1), last + 1)
    ]
    series = [
        {"name": "纯收入", "values": [line.net for line in shown]},
        {"name": "刚性支出", "values": [_rigid(line) for line in shown]},
    ]
    return {
        "id": "income-chart",
        "title": "每季度纯收入与刚性支出",
        "note": "纯收入＝四项收入－生产经营性支出；没有登记收入的季度不画，也不当作 0。",
        "drawing": {"kind": "bar", "unit": "元", "labels": [quarter(line.quarter) for line in shown], "series": series},
        "table": Table("图中的数字", COLUMNS, [_row(line) for line in reversed(shown)], layout="wide", compact=True),
    }


def _row(line: QuarterLine) -> Row:
    known = line.known
    return Row(
        [
            Cell(quarter(line.quarter)),
            Cell(amount(line.income) if known else "未登记"),
            Cell(amount(line.cost) if known else "—"),
            Cell(amount(line.net)),
            Cell(amount(_rigid(line))),
        ]
    )


def _rigid(line: QuarterLine) -> int | None:
    """None for a quarter in which nothing at all was entered."""
    return line.rigid if line.kinds else None
