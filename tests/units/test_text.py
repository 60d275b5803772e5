"""One spelling for text, and what a spreadsheet may not do to a cell."""

from __future__ import annotations

import errno
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.units.errors import Notice, Reading, ShouwangError, system_words
from shouwang.units.exports import plain_cell, safe_cell
from shouwang.units.text import blank, normalise, reading_order


@pytest.mark.parametrize(
    ("raw", "text"),
    {
        "  张三 ": "张三",
        "\t李四\r\n": "李四",
        "　王五　": "王五",
        "７Ｔ－０１": "7T-01",
        "Ａ": "A",
        "（一连）": "(一连)",
        "买买提·吐尔逊": "买买提·吐尔逊",
        "\ufeff户编号": "户编号",
        "张\u200b三": "张三",
        "①": "1",
        "H\x081": "H1",
        "一\x00连\x7f": "一连",
        "a\tb\nc": "a\tb\nc",
        "": "",
        "\xa0一连\xa0": "一连",
    }.items(),
)
def test_normalise(raw: str, text: str) -> None:
    """去掉首尾空白和看不见的字符，全角变半角。"""
    assert normalise(raw) == text


@given(st.text())
def test_normalise_once_is_enough(raw: str) -> None:
    """规范过的再规范一次不变；等价的写法规范后相同。"""
    text = normalise(raw)
    assert normalise(text) == text
    assert normalise(f"  {raw}\n") == text
    assert unicodedata.is_normalized("NFKC", text)


@pytest.mark.parametrize(("raw", "nothing"), [(None, True), ("", True), (" \t　", True), ("0", False), ("无", False)])
def test_blank(raw: str | None, nothing: bool) -> None:
    """空白就是什么也没有，或只有空白字符；0和“无”不是空白。"""
    assert blank(raw) is nothing


@given(st.text(max_size=30))
def test_a_safe_cell_is_no_formula_and_can_be_read_back(text: str) -> None:
    """写进 CSV 的格子不会被表格软件当公式运行；去掉所加的记号就是原文。"""
    cell = safe_cell(text)
    assert cell == text or cell[1:] == text
    assert not cell or (cell[0] not in "=@＝＋－＠\r" and (cell[0] != "\t" or text[0].isdigit()))
    assert cell[:1] not in ("+", "-") or re.fullmatch("[0-9.,]*", cell[1:])
    assert plain_cell(cell) == text or cell == text


@pytest.mark.parametrize(
    ("text", "cell"),
    {
        "=1+1": "'=1+1",
        "-5": "-5",
        "-1,234.567": "-1,234.567",
        "-5+1": "'-5+1",
        "-A1": "'-A1",
        "+-5": "'+-5",
        "-5\n=1": "'-5\n=1",
        "@x": "'@x",
        "\tx": "'\tx",
        "\rx": "'\rx",
        "＝1": "'＝1",
        "＋1": "'＋1",
        "－1": "'－1",
        "＠x": "'＠x",
        "652901198003011018": "\t652901198003011018",
        "65290119800301101X": "\t65290119800301101X",
        "123456789012": "\t123456789012",
        "12345678901": "12345678901",
        "7T-01": "7T-01",
        "": "",
    }.items(),
)
def test_safe_cells(text: str, cell: str) -> None:
    """像公式的前面加撇号，长数字前面加制表符，其余照原样。"""
    assert safe_cell(text) == cell


class Tried(ShouwangError):
    code = "TST-01"
    what = "{file} 第{row}行不对。"
    why = "会算错。"
    do = "请改第{row}行。"


def test_an_error_is_a_sentence_with_a_code() -> None:
    """错误说出什么、为什么、怎么办和编号；少给一个事实是程序错，当场暴露。"""
    assert str(Tried(file="户.csv", row=3)) == "户.csv 第3行不对。会算错。请改第3行。〔TST-01〕"
    with pytest.raises(KeyError):
        Tried(file="户.csv")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "磁盘已满"),
        (PermissionError(errno.EACCES, "Permission denied"), "没有权限"),
        (OSError(errno.ENOTEMPTY, "Directory not empty"), "Directory not empty"),
        (OSError("odd"), "OSError"),
    ],
    ids=str,
)
def test_what_the_system_refuses_is_said_in_chinese(error: OSError, words: str) -> None:
    """系统拒绝读写的常见原因用中文说；少见的照系统的原话。"""
    assert system_words(error) == words


def test_readings_and_notices() -> None:
    """读数要么有值要么有原因；通知写明文件，知道行号的写行号。"""
    assert not Reading(0).failed
    assert Reading(reason="不是数字").failed
    assert Notice("户.csv", "跳过标题").sentence() == "户.csv：跳过标题"
    assert Notice("户.csv", "合计行", 9).sentence() == "户.csv 第9行：合计行"


def test_units_stand_in_the_order_people_count_them() -> None:
    names = "十一连 园艺二连 二连 2连 十连 一连 团部社区 园艺一连 二十一连 10连 一百零三连".split()
    wanted = "一连 二连 2连 十连 10连 十一连 二十一连 一百零三连 团部社区 园艺一连 园艺二连".split()
    assert sorted(names, key=reading_order) == wanted


@given(st.lists(st.text("一二三十百〇零0129连社", max_size=8)))
def test_any_names_can_be_put_in_order(names: list[str]) -> None:
    once = sorted(names, key=reading_order)
    assert sorted(once, key=reading_order) == once
