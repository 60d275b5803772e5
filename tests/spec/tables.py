"""Small tables as a spec test writes them, read as plain facts.

Columns stand under their Chinese header, their English name, or a short form (`SHORT`); cells are read by the reference
reader of data packages. Beyond that, three conveniences, so that a table shows only what its paragraph is about:

- 户 not mentioned in `members` has one adult; 人口 in `households` gives it that many.
- A ledger row whose 季 is a span (`W`, `P`, `Y`, or `2018Q2-2019Q1`) puts its amount into the first quarter of the span
  and 0 into the others, so that all four are covered. 类 left out is 工资性收入.
- Rows of `medical`, `school` and `insurance` name their 人; with 户 instead they belong to its first member.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from shouwang.sources.cells import read_cell
from shouwang.terms.context import Context
from shouwang.terms.evaluate import Facts, Row
from shouwang.terms.tables import BY_NAME, LEDGER_KINDS, Table
from shouwang.units.periods import Window, read_quarter
from tests.readers.both import MATCHED, row_of

#: Short forms of headers; each names the first of these columns that the table has.
SHORT = {
    "户": ("household_id",),
    "人": ("member_id",),
    "住房": ("dwelling_grade",),
    "饮水": ("water_safe",),
    "出生": ("birth_date",),
    "共同": ("shares_budget",),
    "加入": ("joined_on",),
    "离开": ("left_on",),
    "在校": ("schooling",),
    "医保": ("medical_insurance",),
    "季": ("quarter",),
    "类": ("kind",),
    "日期": ("occurred_on", "settled_on", "as_of"),
    "总": ("total",),
    "基本": ("basic_paid",),
    "大病": ("catastrophic_paid",),
    "救助": ("aid_paid",),
    "自付": ("self_paid",),
    "状态": ("status",),
}
_KINDS = {
    **{header[:2]: header for header in LEDGER_KINDS if header.endswith(("收入", "刚性支出"))},
    "经营": "生产经营性收入",
    "成本": "生产经营性支出",
}
#: What stands in a required column that a paragraph leaves out.
_USUAL: dict[str, dict[str, Any]] = {
    "households": {"unit": "一连"},
    "members": {"name": "某人", "birth_date": date(1980, 1, 1)},
    "ledger": {"kind": "wage_income"},
    "events": {"cause": "因病"},
    "medical": {"total": 0, "self_paid": 0},
    "school": {},
    "insurance": {},
}


def cells_of(text: str) -> list[dict[str, str]]:
    """The rows of an ASCII table: header line first, cells between |."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    if not lines:
        return []
    header = lines[0]
    return [dict(zip(header, line, strict=True)) for line in lines[1:]]


def facts_from(context: Context, tables: dict[str, str], expected: Iterable[object]) -> list[Facts]:
    """The households of a spec test: all that a table or the expectation names."""
    written = {name: cells_of(text) for name, text in tables.items()}
    ids = dict.fromkeys(str(one) for one in expected)
    for name in ("households", "members", "ledger", "events"):
        ids |= dict.fromkeys(row["户"] for row in written[name])
    own = {row["户"]: row for row in written["households"]}
    facts = {one: _household(one, own.get(one, {}), written["members"]) for one in ids}
    for name in ("ledger", "events"):
        for cells in written[name]:
            facts[cells["户"]][name] += [_row(name, row) for row in _spread(context, cells)]
    people = {member["member_id"]: member for one in facts.values() for member in one["members"]}
    for table in MATCHED:
        for cells in written[table.name]:
            whose = people[cells["人"]] if "人" in cells else facts[cells["户"]]["members"][0]
            whose[table.name].append(_row(table.name, {k: v for k, v in cells.items() if k not in ("户", "人")}))
    return list(facts.values())


def _household(one: str, cells: dict[str, str], members: list[dict[str, str]]) -> Facts:
    listed = [_row("members", row) for row in members if row["户"] == one]
    count = int(cells.get("人口", "0" if listed else "1"))
    listed += [
        row_of(BY_NAME["members"], household_id=one, member_id=f"{one}-{i}", **_USUAL["members"]) for i in range(count)
    ]
    own = {header: cell for header, cell in cells.items() if header != "人口"} | {"户": one}
    return {"households": _row("households", own), "members": listed, "ledger": [], "events": []}


def _spread(context: Context, cells: dict[str, str]) -> list[dict[str, str]]:
    """A ledger row over a span as rows of its quarters; any other row as it is."""
    if "季" not in cells or not (span := _span(context, cells["季"])):
        return [cells]
    amounts = [cells["金额"], "0", "0", "0"]
    names = (f"{index // 4}Q{index % 4 + 1}" for index in span.quarters)
    return [cells | {"季": name, "金额": amount} for name, amount in zip(names, amounts, strict=True)]


def _span(context: Context, text: str) -> Window | None:
    if text in context.spans:
        return context.spans[text]
    first, dash, last = text.partition("-")
    return Window(read_quarter(first).value, read_quarter(last).value) if dash else None


def _row(name: str, cells: dict[str, str]) -> Row:
    table = BY_NAME[name]
    read = {_column(table, header): cell for header, cell in cells.items()}
    if "kind" in read:
        read["kind"] = _KINDS.get(read["kind"], read["kind"])
    values = {column: _value(table, column, cell) for column, cell in read.items()}
    usual = {column: value for column, value in _USUAL[name].items() if column not in values}
    if name == "members":
        usual |= {"name": values["member_id"]}
    return row_of(table, **usual, **values)


def _value(table: Table, column: str, cell: str) -> Any:
    reading = read_cell(table.column(column), cell)
    assert not reading.failed, f"{table.name}.{column}: {cell!r}: {reading.reason}"
    return reading.value


def _column(table: Table, header: str) -> str:
    names = [column.name for column in table.columns]
    for name in (*SHORT.get(header, ()), header):
        if name in names:
            return name
    return next(column.name for column in table.columns if column.header == header)
