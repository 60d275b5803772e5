"""Rows that look like what the ledger holds, side by side: which one, what stands there and where it came from, what is new."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.registry.batch_steps import work_of
from shouwang.registry.batch_stops import like_of
from shouwang.registry.known import ABOUT, SAYS
from shouwang.registry.models import SourceBatch
from shouwang.registry.models.ledger import KINDS
from shouwang.registry.queries.batches import line_of
from shouwang.registry.queries.likeness import Likeness, like_rows, likenesses
from shouwang.terms.tables import BY_NAME, Type
from shouwang.units.periods import quarter_words
from shouwang.web.paging import Keyset
from shouwang.web.tables import Cell, Column, Empty, Row, Table
from shouwang.web.templatetags.ui import count, day, yuan

_BY_ROW = Keyset("row")
_KINDS = dict(KINDS)
#: Columns of the registry that have another name in the tables of a file.
_NAMES = {"amount_fen": "amount"}


def like_table(user: User, batch: SourceBatch, query: Any) -> Table:
    """A page of them, in file order."""
    page = _BY_ROW.page(like_rows(user, batch), query)
    rows = [_row(one, batch.table) for one in likenesses(user, batch, page.rows)]
    columns = [Column("行号", "short"), Column("谁"), Column("哪一笔"), Column("台账里的"), Column("这个文件里的")]
    listed, like = len(work_of(batch).measures["pairs"]), like_of(batch)
    note = f"只列出前 {count(listed)} 行，共 {count(like)} 行。" if listed < like else ""
    empty = Empty("没有这样的行", "台账里没有与这一批相像的。")
    return Table("与台账里的像是同一笔", columns, rows, page, empty, note=note)


def _row(one: Likeness, table: str) -> Row:
    cells = line_of(one.row).cells
    new = {name: one.new[name] for name in SAYS[table]}
    old = {name: getattr(one.old, name) for name in new} if one.old else {}
    differ = [name for name in new if not old or old[name] != new[name]]
    about = [name for name in ABOUT[table] if name != "person_id"]
    return Row(
        [
            Cell(str(one.row.row)),
            Cell(cells.get("name") or cells.get("household_id") or "—", note=cells.get("id_number", "")),
            Cell("，".join(told for name in about if (told := _value(table, name, one.new[name])))),
            _old_cell(one, _figures(table, old, differ) if old else ""),
            Cell(_figures(table, new, differ)),
        ]
    )


def _old_cell(one: Likeness, figures: str) -> Cell:
    if one.old is None:
        return Cell("其他单位报送的，内容不在您的权限内")
    if one.batch is None:
        return Cell(figures, note="不是由您能查看的文件报送的")
    where = f"{one.batch.file_name} 第{getattr(one.old, 'row', None)}行，资料截至{day(one.batch.as_of)}"
    return Cell(figures, note=where, url=reverse("web:batch", args=[one.batch.uuid]))


def _figures(table: str, values: dict[str, Any], names: list[str]) -> str:
    """`总费用 5,000.00 元；个人自付 2,000.00 元`: what differs, and nothing else."""
    columns = BY_NAME[table]
    headed = [(columns.column(_NAMES.get(name, name)).header, name) for name in names]
    return "；".join(f"{header} {_value(table, name, values[name]) or '（空白）'}" for header, name in headed)


def _value(table: str, name: str, value: Any) -> str:
    if name == "quarter":
        return quarter_words(value)
    if name == "kind":
        return _KINDS[value]
    if isinstance(value, date):
        return day(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if BY_NAME[table].column(_NAMES.get(name, name)).type is Type.MONEY:
        return yuan(value)
    return str(value)
