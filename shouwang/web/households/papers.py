"""What departments sent about the members: bills, school rolls, insurance rolls."""

from __future__ import annotations

from collections.abc import Sequence

from shouwang.registry.models import InsuranceRecord, MedicalBill, SchoolRecord
from shouwang.registry.queries import HouseholdPage, MemberPage
from shouwang.web.tables import Cell, Column, Row, Table
from shouwang.web.templatetags.ui import amount, day

_BILLS = [
    Column("姓名"), Column("结算日期", "short"), Column("总费用（元）", "number"), Column("基本医保（元）", "number"),
    Column("大病保险（元）", "number"), Column("医疗救助（元）", "number"), Column("个人自付（元）", "number"),
]  # fmt: skip


def tables_of(page: HouseholdPage | MemberPage) -> list[Table]:
    """Those that have rows."""
    tables = [bills(page.bills), school(page.school), insurance(page.insurance)]
    return [table for table in tables if table.rows]


def bills(rows: Sequence[MedicalBill]) -> Table:
    """医疗费用结算, the newest first."""
    lines = [
        Row(
            [
                Cell(one.person.name),
                Cell(day(one.settled_on)),
                *(
                    Cell(amount(fen))
                    for fen in (one.total, one.basic_paid, one.catastrophic_paid, one.aid_paid, one.self_paid)
                ),
            ]
        )
        for one in rows
    ]
    return Table("医疗费用结算", _BILLS, lines, layout="wide", compact=True)


def school(rows: Sequence[SchoolRecord]) -> Table:
    """学籍, the newest first."""
    lines = [
        Row([Cell(one.person.name), Cell(one.status), Cell(one.grade or "—"), Cell(day(one.as_of))]) for one in rows
    ]
    columns = [Column("姓名"), Column("学籍状态", "short"), Column("年级"), Column("截至", "short")]
    return Table("学籍", columns, lines, compact=True)


def insurance(rows: Sequence[InsuranceRecord]) -> Table:
    """参保, the newest first."""
    lines = [Row([Cell(one.person.name), Cell(f"{one.year} 年"), Cell(one.status)]) for one in rows]
    return Table(
        "医疗保险参保", [Column("姓名"), Column("年度", "short"), Column("状态", "short")], lines, compact=True
    )
