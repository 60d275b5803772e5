"""The rows of a batch by outcome: row number, column, what stood there, why, and what to do. Numbers are masked."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.registry.feeds import reading_of
from shouwang.registry.models import RowOutcome, SourceBatch, SourceRow
from shouwang.registry.models.batch import BAD
from shouwang.registry.queries import line_of, row_list
from shouwang.terms.tables import Table as FactTable
from shouwang.web.files.words import OUTCOME_HELP
from shouwang.web.paging import Keyset
from shouwang.web.tables import Cell, Column, Empty, Row, Table, Tag
from shouwang.web.worklists.tabs import Tab

_BY_ROW = Keyset("row")
_TONES = {RowOutcome.REJECTED: "high", RowOutcome.UNMATCHED: "middle", RowOutcome.AMBIGUOUS: "middle"}


def tabs_of(batch: SourceBatch, outcomes: dict[str, int], asked: str, like: int = 0) -> list[Tab]:
    """像已有的 where there are any, 要处理的, each outcome there is, 全部."""
    address = reverse("web:batch", args=[batch.uuid])
    named = [(one.value, one.label, outcomes[one.value]) for one in OUTCOME_HELP if outcomes[one.value]]
    shown = [("bad", "要处理的", sum(outcomes[one] for one in BAD)), *named, ("all", "全部", sum(outcomes.values()))]
    if like:
        shown = [("like", "像已有的", like), *shown]
    return [Tab(label, n, f"{address}?show={name}#rows", name == asked) for name, label, n in shown]


def rows_table(user: User, batch: SourceBatch, asked: str, query: Any) -> Table:
    """A page of them, in file order."""
    wanted = BAD if asked == "bad" else (asked,) if asked in RowOutcome.values else ()
    page = _BY_ROW.page(row_list(user, batch, wanted), query)
    reading = reading_of(batch)
    columns = [
        Column("行号", "short"), Column("谁"), Column("结果", "short"), Column("列", "short"), Column("原值"), Column("原因"),
        Column("怎样改"),
    ]  # fmt: skip
    empty = Empty("没有这样的行", "这一批里没有要处理的行。" if asked == "bad" else "换一个结果再看。")
    return Table("逐行结果", columns, [_row(one, reading) for one in page.rows], page, empty)


def _row(row: SourceRow, reading: FactTable) -> Row:
    cells = line_of(row).cells
    column = next((c for c in reading.columns if c.header == row.column), None)
    outcome = RowOutcome(row.outcome)
    return Row(
        [
            Cell(str(row.row)),
            Cell(cells.get("name") or cells.get("household_id") or "—", note=cells.get("id_number", "")),
            Cell(tag=Tag(outcome.label, _TONES.get(outcome, "plain"))),
            Cell(row.column or "—"),
            Cell(cells.get(column.name, "（空白）") if column else "—"),
            Cell(row.reason or row.how or "—"),
            Cell(row.advice or "—"),
        ]
    )
