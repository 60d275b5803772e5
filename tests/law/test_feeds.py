"""What departments deliver, as declared: cited, complete, and readable into the fact tables."""

from __future__ import annotations

from datetime import date

import pytest

from shouwang.policy.clauses import clause
from shouwang.policy.feed import (
    AS_NEEDED,
    DEPARTMENT_NAMES,
    HOUSEHOLD,
    MONTHLY,
    PERSON,
    POLICY,
    REACHED,
    STANDARD,
    TERMLY,
    Feed,
    feed_of,
    feeds,
)
from shouwang.sources.cells import read_cell
from shouwang.sources.headers import FEWEST_NAMES, bare_header
from shouwang.terms.tables import TABLES

FEEDS = list(feeds().values())


def name_of(feed: Feed) -> str:
    return feed.id


def test_each_of_the_nine_departments_delivers_something() -> None:
    """二/四/2、四/一 点名的九个部门，每个至少有一种资料。"""
    assert len(DEPARTMENT_NAMES) == 9
    assert {feed.department for feed in FEEDS} == set(DEPARTMENT_NAMES)


def test_ids_and_titles_are_unique() -> None:
    """资料的编号不重复，也不与标准表重名；同一部门的资料名称不重复。"""
    assert len(FEEDS) == len({feed.id for feed in FEEDS})
    assert not {feed.id for feed in FEEDS} & set(STANDARD)
    assert len({(feed.department, feed.title) for feed in FEEDS}) == len(FEEDS)


def test_the_tables_of_a_package_are_deliverable_as_they_are() -> None:
    """七张标准表仍可上报，列不变。"""
    assert [STANDARD[table.name].reading for table in TABLES] == list(TABLES)
    assert feed_of("", "ledger") is STANDARD["ledger"]
    assert feed_of("no_such_feed") is None


@pytest.mark.parametrize("feed", FEEDS, ids=name_of)
def test_its_clause_resolves(feed: Feed) -> None:
    """依据的条款查得到。"""
    assert clause(POLICY, feed.clause).text


@pytest.mark.parametrize("feed", FEEDS, ids=name_of)
def test_every_column_becomes_one_of_its_table(feed: Feed) -> None:
    """每一列、每个固定值都是事实表的一列；一列不给两次。"""
    target = {column.name for column in feed.table.columns}
    given = [column.name for column in feed.columns]
    assert set(given) <= target
    assert set(feed.fixed) <= target
    assert len(given) == len(set(given))
    assert not set(given) & REACHED
    assert feed.key in (PERSON, HOUSEHOLD)


@pytest.mark.parametrize("feed", FEEDS, ids=name_of)
def test_what_its_table_requires_is_supplied(feed: Feed) -> None:
    """事实表必需的列，或由文件给出且必填，或是固定值，或由户和人得知。"""
    given = {column.name: column for column in feed.columns}
    for column in feed.table.columns:
        if column.required and column.name not in REACHED:
            assert column.name in feed.fixed or given[column.name].required, column.name


@pytest.mark.parametrize("feed", FEEDS, ids=name_of)
def test_fixed_values_and_choices_are_readable(feed: Feed) -> None:
    """固定值和选项所代表的词，事实表都读得懂。"""
    for name, text in feed.fixed.items():
        assert not read_cell(feed.table.column(name), text).failed, text
    for column in feed.columns:
        for kept in column.choices.values():
            assert not read_cell(feed.table.column(column.name), kept).failed, kept


@pytest.mark.parametrize("feed", FEEDS, ids=name_of)
def test_its_header_is_found_and_each_heading_is_one(feed: Feed) -> None:
    """列名互不相同，至少有一列必填，表头找得到。"""
    columns = feed.reading.columns
    assert len({bare_header(column.header) for column in columns}) == len(columns) >= FEWEST_NAMES
    assert any(column.required for column in columns)
    assert all(column.meaning for column in columns)
    assert feed.purpose.endswith("。")


@pytest.mark.parametrize(
    ("delivered", "today", "late"),
    [
        (None, date(2020, 5, 20), True),
        (date(2020, 4, 9), date(2020, 5, 9), False),
        (date(2020, 4, 10), date(2020, 5, 10), True),
        (date(2020, 4, 11), date(2020, 5, 20), False),
        (date(2020, 5, 11), date(2020, 6, 9), False),
        (date(2019, 12, 10), date(2020, 1, 10), True),
    ],
)
def test_a_delivery_is_late_when_the_last_due_day_was_missed(delivered: date | None, today: date, late: bool) -> None:
    """每月10日前报：上一个到期日以后没有报过的，算到期未报。"""
    assert MONTHLY.is_late(delivered, today) is late


def test_what_is_reported_when_it_happens_is_never_late() -> None:
    """发生后才报的，不催。"""
    assert not AS_NEEDED.is_late(None, date(2020, 5, 20))
    assert TERMLY.last_due(date(2020, 9, 9)) == date(2020, 3, 10)
    assert TERMLY.last_due(date(2020, 9, 10)) == date(2020, 9, 10)
