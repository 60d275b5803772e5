"""Which feed is a batch's, how are its columns called in the file, and what do a row's cells say in the fact table?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from shouwang.policy.feed import Feed, feed_of
from shouwang.registry.models import SourceBatch
from shouwang.sources.cells import read_cell
from shouwang.terms.tables import Column, Table, Type
from shouwang.units.errors import ShouwangError
from shouwang.units.periods import quarter_of

Values = Mapping[str, Any]
#: The column our own workbooks of bad rows end with; it is never read.
REASON_HEADER = "退回原因"
#: The sheet of our templates that holds what cells are chosen from, where the list is long.
CHOICES_SHEET = "选项"


class FeedUnknown(ShouwangError):
    code = "BAT-02"
    what = "没有“{feed}”这种资料。"
    do = "请从“部门文件”里选择要上报的资料。"


def find_feed(id_: str) -> Feed:
    """The feed or standard table of that id. Raises FeedUnknown."""
    found = feed_of(id_)
    if found is None:
        raise FeedUnknown(feed=id_)
    return found


def feed_of_batch(batch: SourceBatch) -> Feed:
    """The feed a batch came by; a standard table where it names none. Raises FeedUnknown for one since withdrawn."""
    return find_feed(batch.feed or batch.table)


def reading_of(batch: SourceBatch) -> Table:
    """The table a batch's cells are read by, its headers as in the file where somebody has assigned them."""
    return relabelled(feed_of_batch(batch).reading, batch.mapping)


def relabelled(table: Table, mapping: Mapping[str, str]) -> Table:
    """A table with the file's own headers, without the columns nothing was assigned to; as it is without a mapping."""
    if not mapping:
        return table
    columns = (replace(c, header=mapping[c.name]) for c in table.columns if c.name in mapping)
    return replace(table, columns=tuple(columns))


def facts_reader(feed: Feed) -> Callable[[Values], dict[str, Any]]:
    """A function from the values of a row to those of the fact table: fixed ones added, days made quarters."""
    if feed.is_standard:
        return dict
    given = {column.name: column for column in feed.columns}
    fixed = {name: read_cell(feed.table.column(name), text).value for name, text in feed.fixed.items()}
    still = {c.name: fixed.get(c.name, c.default) for c in feed.table.columns if c.name not in given}
    turns = [(name, _turn(column, feed.table.column(name))) for name, column in given.items()]

    def read(values: Values) -> dict[str, Any]:
        found = still | {name: turn(values.get(name)) for name, turn in turns}
        if feed.table.name == "ledger":
            found["source"] = _source(fixed.get("source"), values, feed)
        return found

    return read


def _turn(given: Column, target: Column) -> Callable[[Any], Any]:
    """How a value of the file's column becomes one of the fact table's."""
    if given.type is Type.DATE and target.type is Type.QUARTER:
        return lambda value: quarter_of(value) if isinstance(value, date) else None
    if given.type is Type.CHOICE and target.type is not Type.CHOICE:
        read = {kept: read_cell(target, kept).value for kept in given.choices.values()}
        return lambda value: read.get(value, target.default)
    return lambda value: target.default if value is None else value


def _source(fixed: str | None, values: Values, feed: Feed) -> str:
    """`补贴发放：棉花补贴（2020-02-05）`. The day stays visible: of two payments in a quarter neither is the other again."""
    parts = "：".join(part for part in (fixed, values.get("source")) if part)
    day = values.get("quarter")
    return f"{parts}（{day.isoformat()}）" if feed.dated_quarter and isinstance(day, date) else parts
