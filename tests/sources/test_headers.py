"""Are headers found where people put them, and refused with a hint when they are not there?"""

from __future__ import annotations

from pathlib import Path

import pytest

from shouwang.sources.errors import ColumnMissing, ColumnTwice, HeaderNotFound, HeaderSpread
from shouwang.sources.headers import column_of
from shouwang.terms.tables import HOUSEHOLDS, LEDGER, TABLES

from . import packages
from .packages import column, notices, opened


@pytest.mark.parametrize(
    "text",
    ["金额", "amount", "Amount", " 金额 ", "金额(元)", "金额（元）", "*金额", "金额*", "金额（必填）", "金额[元](必填)"]
    + ["金 额", "金额\n（元）", "金额【必填】", "ａｍｏｕｎｔ", "\ufeff金额", "金额：", "*金额（元）*"],
)
def test_a_header_is_known_in_all_its_dress(text: str) -> None:
    assert column_of(text, LEDGER) == "amount"


@pytest.mark.parametrize("text", ["", "金额合计", "(金额)", "户", "金额" * 60, "(a)" * 40_000, "总金额"])
def test_other_text_is_not_a_header(text: str) -> None:
    assert column_of(text, LEDGER) is None


def test_both_names_of_every_column_are_known() -> None:
    for table in TABLES:
        for one in table.columns:
            assert column_of(one.name, table) == column_of(one.header, table) == one.name


def test_any_order_any_language_and_unknown_columns_told_once(tmp_path: Path) -> None:
    text = "备注,amount（元）,类别,*季度,户编号（必填）,经办人\nx,5,工资性收入,2019Q2,H1,y\n"
    package = opened(tmp_path, ledger=text)
    ledger = package.tables["ledger"]
    assert ledger.columns == {name: name for name in ("amount", "kind", "quarter", "household_id")}
    assert column(ledger, "amount") == ["5"]
    assert notices(package) == "ledger.csv：有 2 列不认识，没有读：备注、经办人。"


def test_title_rows_are_skipped_and_told(tmp_path: Path) -> None:
    text = "七团收支台账,,,\n\n填报单位：一连,,,填报日期：2020-05-14\n" + packages.LEDGER
    package = opened(tmp_path, ledger=text)
    assert column(package.tables["ledger"], "_row") == [5, 6]
    assert "ledger.csv 第4行：表头在第4行，它上面的 2 行没有读。" in notices(package)


def test_a_title_below_row_twenty_is_not_looked_for(tmp_path: Path) -> None:
    with pytest.raises(HeaderNotFound, match="ledger.csv 的前20行里找不到表头.*户编号（household_id）"):
        opened(tmp_path, ledger="x\n" * 20 + packages.LEDGER)


@pytest.mark.parametrize("text", ["", "\n\n", "H1,2019Q2,工资性收入,100\n", "户编号\nH1\n"])
def test_no_header_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(HeaderNotFound):
        opened(tmp_path, ledger=text)


def test_a_missing_column_is_named_with_its_likeness(tmp_path: Path) -> None:
    with pytest.raises(ColumnMissing) as missing:
        opened(tmp_path, ledger="户编号,季度,收支类别,金 额 数\nH1,2019Q2,工资性收入,1\n")
    sentence = str(missing.value)
    assert "ledger.csv 第1行的表头缺少必需的列：类别（kind）、金额（amount）。" in sentence
    assert "把“收支类别”改为“类别”" in sentence


def test_one_column_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ColumnTwice, match="“户编号”和“household_id” 是同一列“户编号”"):
        opened(tmp_path, ledger="户编号,季度,类别,金额,household_id\n")


def test_a_header_over_two_rows_is_called_one(tmp_path: Path) -> None:
    with pytest.raises(HeaderSpread, match="第2行和第3行两层"):
        opened(tmp_path, ledger="台账,,,\n户编号,季度,收支,\n,,类别,金额\nH1,2019Q2,工资性收入,1\n")


def test_a_header_alone_is_an_empty_table(tmp_path: Path) -> None:
    ledger = opened(tmp_path, ledger="户编号,季度,类别,金额\n").tables["ledger"]
    assert (ledger.rows_read, packages.rows(ledger)) == (0, [])


def test_required_columns_only_are_asked_for() -> None:
    assert [one.name for one in HOUSEHOLDS.columns if one.required] == ["household_id", "unit"]
