"""How values are written, and how lists are walked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.http import QueryDict
from django.template import engines

from shouwang.accounts.models import Unit
from shouwang.web import paging, table_rows
from shouwang.web.paging import Keyset
from shouwang.web.tables import Act, Cell, Column, Empty, Row, Table, Tag
from shouwang.web.templatetags import ui


@pytest.mark.parametrize(
    ("fen", "words"),
    [(1234567, "12,345.67 元"), (0, "0.00 元"), (-5, "-0.05 元"), (-123456789, "-1,234,567.89 元"), (None, "—")],
)
def test_money(fen: int | None, words: str) -> None:
    assert ui.yuan(fen) == words


def test_other_words() -> None:
    assert ui.quarter("2020Q2") == "2020年第2季度"
    assert ui.quarter(2020 * 4) == "2020年第1季度"
    assert ui.quarter("whenever") == "whenever"
    assert ui.masked("652901199001012417") == "6529**********2417"
    assert ui.masked("") == "—"
    assert ui.masked_phone("13812345678") == "138****5678"
    assert ui.masked_phone("12345") == "***45"
    assert ui.day(date(2020, 5, 4)) == "2020年5月4日"
    assert ui.moment(datetime(2020, 5, 4, 23, 30, tzinfo=UTC)) == "2020年5月5日 07:30"
    assert ui.moment("2020-05-04T01:05:00+08:00") == "2020年5月4日 01:05"
    assert ui.households_people(1234, 4321) == "1,234 户 4,321 人"
    assert ui.clause_words("二/五/1") == "二（五）1"
    assert ui.clause_words("二/二/p1") == "二（二）第1段"
    assert "对照“两不愁三保障”" in ui.clause_link("二/五/1")
    assert ui.clause_link("九/九") == "九（九）"


def test_a_tag_is_a_shape_and_a_word() -> None:
    assert [Tag("x", tone).shape for tone in ("high", "middle", "low", "none", "plain")] == ["▲", "◆", "■", "●", ""]


def test_a_table_says_when_it_is_empty_and_escapes_what_it_shows() -> None:
    template = engines["django"].get_template("ui/table.html")
    empty = template.render({"table": Table("户", [Column("户主")], [], empty=Empty("没有户"))})
    assert "没有户" in empty
    assert "<table" not in empty
    full = template.render({"table": Table("户", [Column("户主")], [Row([Cell("<b>张</b>")], url="/x/")])})
    assert "&lt;b&gt;张" in full
    assert 'class="row-link" href="/x/"' in full


def test_whatever_a_row_says_is_escaped_wherever_it_is_said() -> None:
    nasty = '"><script>'
    cell = Cell(nasty, note=nasty, tag=Tag(nasty, nasty), url=nasty)
    table = Table("户", [Column(nasty), Column(nasty)], [Row([cell, cell], nasty, nasty)], acts=(Act("查", "/y/"),))
    page = table_rows.body(table)
    assert "<script>" not in page
    assert page.count("&quot;&gt;&lt;script&gt;") == 12


def test_a_row_says_the_kind_of_its_cells_and_which_are_silent() -> None:
    columns = [Column("户"), Column("分", "number"), Column("期限", "short"), Column("为什么")]
    row = Row([Cell("H1"), Cell("90"), Cell("—"), Cell("收入", note="按季", tag=Tag("高", "high"))])
    assert table_rows.body(Table("户", columns, [row])) == (
        '<tr role="row"><th role="rowheader" scope="row" data-label="户">H1</th>'
        '<td role="cell" data-label="分" class="number"><span>90</span></td>'
        '<td role="cell" data-label="期限" class="short silent"><span>—</span></td>'
        '<td role="cell" data-label="为什么"><span><span class="tag tag--high"><span class="tag__shape" aria-hidden="true">▲'
        "</span>高</span> 收入<small>按季</small></span></td></tr>"
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "newest_first"), [("pk", False), ("pk", True), ("level", False), ("level", True), ("code", True)]
)
def test_walking_forth_and_back_shows_every_row_once(tree: dict[str, Unit], column: str, newest_first: bool) -> None:
    keyset = Keyset(column, newest_first, size=5)
    order = ["pk"] if column == "pk" else [column, "pk"]
    expected = list(Unit.objects.order_by(*(f"-{name}" if newest_first else name for name in order)))
    pages, query = [], QueryDict("level=x")
    while True:
        page = keyset.page(Unit.objects.all(), query)
        pages.append(page)
        if not page.next_url:
            break
        assert "level=x" in page.next_url
        query = QueryDict(page.next_url[1:])
    assert [row for page in pages for row in page.rows] == expected
    assert pages[0].count == len(expected)
    assert not pages[0].previous_url
    for index in range(len(pages) - 1, 0, -1):
        back = keyset.page(Unit.objects.all(), QueryDict(pages[index].previous_url[1:]))
        assert back.rows == pages[index - 1].rows
        assert back.next_url
        assert bool(back.previous_url) == (index > 1)


@pytest.mark.django_db
@pytest.mark.parametrize("position", ["after=nonsense", "before=1", "after=" + "x" * 500])
def test_a_position_nobody_signed_is_the_first_page(tree: dict[str, Unit], position: str) -> None:
    page = Keyset("pk", size=5).page(Unit.objects.all(), QueryDict(position))
    assert len(page.rows) == 5


@pytest.mark.django_db
def test_a_count_that_is_known_is_told_in_full_and_not_asked_for_again(
    tree: dict[str, Unit], monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Callable[[int], Any]
) -> None:
    monkeypatch.setattr(paging, "COUNT_UP_TO", 2)
    assert Keyset().page(Unit.objects.all(), {}).count_words == "2 条以上"
    assert Keyset(count_up_to=1).page(Unit.objects.all(), {}).count_words == "1 条以上"
    with django_assert_num_queries(1):
        page = Keyset().page(Unit.objects.all(), {}, 12_345)
    assert page.count_words == "共 12,345 条"
