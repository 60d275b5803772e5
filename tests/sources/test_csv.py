"""Is every CSV that departments hand in read right, or refused with the row to look at?"""

from __future__ import annotations

import codecs
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from shouwang.sources import csvfile, decode, staging
from shouwang.sources.errors import (
    BrokenQuotes,
    EncodingMixed,
    EncodingUnknown,
    LineTooLong,
    SourceError,
    Unsafe,
    WrongFormat,
)
from shouwang.sources.package import open_package

from .packages import LEDGER, column, folder, notices, opened, rejects, rows

ENCODINGS = {
    "utf-8": lambda text: text.encode(),
    "utf-8 with a mark": lambda text: text.encode("utf-8-sig"),
    "gb18030": lambda text: text.encode("gb18030"),
    "utf-16 little endian": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "utf-16 big endian": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "utf-16 little endian without a mark": lambda text: text.encode("utf-16-le"),
    "utf-16 big endian without a mark": lambda text: text.encode("utf-16-be"),
}


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_it_reads_every_encoding_and_delimiter(encoding: str, delimiter: str, ending: str, tmp_path: Path) -> None:
    text = LEDGER.replace(",", delimiter).replace("\n", ending)
    ledger = opened(tmp_path, ledger=ENCODINGS[encoding](text)).tables["ledger"]
    assert rows(ledger) == [
        {"_row": 2, "household_id": "H1", "quarter": "2019Q2", "kind": "工资性收入", "amount": "100"},
        {"_row": 3, "household_id": "H2", "quarter": "2019Q2", "kind": "工资性收入", "amount": "200.5"},
    ]


def test_common_characters_are_not_taken_for_the_other_byte_order(tmp_path: Path) -> None:
    """一 is U+4E00: a NUL on the other side of the pair."""
    text = "户编号,连队\n" + "H1,一一一一一一\n" * 50
    households = opened(tmp_path, households=text.encode("utf-16-le")).tables["households"]
    assert set(column(households, "unit")) == {"一一一一一一"}


@pytest.mark.parametrize(
    ("content", "row"),
    [
        (LEDGER.encode("gb18030") + "H3,2019Q2,财产性收入,3\n".encode(), 4),
        (LEDGER.encode() + "H3,2019Q2,财产性收入,3\n".encode("gb18030"), 1),
        (codecs.BOM_UTF8 + LEDGER.encode() + "H3,2019Q2,财产性收入,3\n".encode("gb18030"), 4),
        (LEDGER.encode("gb18030") + "ئالىم,2019Q2,,3\n".encode(), 4),
        (LEDGER.encode("gb18030") + b"H3,2019Q2," + "工资性收入,3\n".encode("gb18030") + "四连".encode() + b",,,\n", 5),
    ],
)
def test_mixed_encodings_are_refused_with_the_row(content: bytes, row: int, tmp_path: Path) -> None:
    with pytest.raises((EncodingMixed, EncodingUnknown), match=f"ledger.csv.*第{row}行"):
        opened(tmp_path, ledger=content)


def test_rare_names_in_gbk_are_not_taken_for_a_mixture(tmp_path: Path) -> None:
    names = ["濮阳婧", "缪琚妍", "淼淼", "栾婷", "潇潇", "娜孜古丽·艾力", "努尔买买提", "喆", "堃", "燚"]
    text = "户编号,人员编号,姓名\n" + "".join(f"H1,P{at},{name}\n" for at, name in enumerate(names * 20))
    members = opened(tmp_path, members=text.encode("gb18030")).tables["members"]
    assert column(members, "name")[: len(names)] == names


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("戶編號,連隊\n".encode("big5") + "H1,第一連隊伍的名稱與說明文字\n".encode("big5") * 20, EncodingUnknown),
        (LEDGER.encode() + b"\0" * 50, WrongFormat),
        (b"\0" * 500, WrongFormat),
        (bytes(range(1, 256)) * 20, SourceError),
        (LEDGER.encode("utf-32"), EncodingUnknown),
        (LEDGER.encode("utf-16") + b"\0\xd8\x00", EncodingUnknown),
        (LEDGER.encode("gb18030") + b"\xff\xff\n", EncodingUnknown),
        ("household_id,unit\nH1,伟\n".encode("gb18030"), EncodingUnknown),
    ],
)
def test_what_cannot_be_decoded_is_refused(content: bytes, error: type[SourceError], tmp_path: Path) -> None:
    with pytest.raises(error, match="households.csv"):
        opened(tmp_path, households=content)


def test_arabic_script_names_without_any_chinese_are_utf8(tmp_path: Path) -> None:
    households = opened(tmp_path, households="household_id,unit\nH1,ئالىم\n").tables["households"]
    assert column(households, "unit") == ["ئالىم"]


def test_arabic_script_names_in_gb18030_are_read(tmp_path: Path) -> None:
    text = "户编号,连队\n" + "H1,ئالىم قۇربان\n" * 30
    households = opened(tmp_path, households=text.encode("gb18030")).tables["households"]
    assert set(column(households, "unit")) == {"ئالىم قۇربان"}


def test_characters_lost_before_are_told(tmp_path: Path) -> None:
    assert "members.csv 第2行：有乱码字符" in notices(opened(tmp_path, members="户编号,人员编号,姓名\nH1,P1,张�\n"))


def test_line_breaks_in_quotes_keep_the_row_numbers_right(tmp_path: Path) -> None:
    text = '户编号,季度,类别,金额,来源\nH1,2019Q2,工资性收入,1,"第一行\n第二行"\n\nH2,2019Q2,工资性收入,2,"a,""b"""\n'
    ledger = opened(tmp_path, ledger=text).tables["ledger"]
    assert column(ledger, "_row") == [2, 4]
    assert column(ledger, "source") == ["第一行\n第二行", 'a,"b"']


@pytest.mark.parametrize(
    ("tail", "row"), [('H3,2019Q2,"工资性收入,3\nH4,2019Q2,工资性收入,4\n', 4), ('H3,2019Q2,"工资"性收入,3\n', 4)]
)
def test_an_unclosed_quote_is_refused_where_it_begins(tail: str, row: int, tmp_path: Path) -> None:
    with pytest.raises(BrokenQuotes, match=f"ledger.csv 从第{row}行开始"):
        opened(tmp_path, ledger=LEDGER + tail)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_line_without_end_is_refused(encoding: str, tmp_path: Path) -> None:
    text = LEDGER + "H3,2019Q2,工资性收入," + "1" * (decode.LONGEST_LINE + 1)
    with pytest.raises(LineTooLong, match="第4行"):
        opened(tmp_path, ledger=text.encode(encoding))


def test_too_many_columns_are_refused_but_empty_ones_are_not(tmp_path: Path) -> None:
    opened(tmp_path / "1", ledger=LEDGER.replace("\n", "," * 300 + "\n"))
    with pytest.raises(Unsafe, match="第4行有 300 列"):
        opened(tmp_path / "2", ledger=LEDGER + ",".join("x" * 300))


def test_text_is_normalised_and_blank_is_null(tmp_path: Path) -> None:
    text = (
        "户编号,季度,类别,金额,来源\n Ｈ１ ,２０１９Q2,工资性收入,1.2万,　\nH2,2019Q2,工资性收入,6.52901E+17,\u200b\n"
    )
    ledger = opened(tmp_path, ledger=text).tables["ledger"]
    assert column(ledger, "household_id") == ["H1", "H2"]
    assert column(ledger, "quarter") == ["2019Q2", "2019Q2"]
    assert column(ledger, "amount") == ["1.2万", "6.52901E+17"]
    assert column(ledger, "source") == [None, None]


def test_short_rows_are_filled_and_blank_rows_are_no_rows(tmp_path: Path) -> None:
    ledger = opened(tmp_path, ledger=LEDGER + "\n , ,\nH3,2019Q2\n,,,\n").tables["ledger"]
    assert ledger.rows_read == 3
    assert rows(ledger)[-1] == {"_row": 6, "household_id": "H3", "quarter": "2019Q2", "kind": None, "amount": None}


def test_an_unquoted_comma_refuses_the_row(tmp_path: Path) -> None:
    ledger = opened(tmp_path, ledger=LEDGER + "H3,2019Q2,工资性收入,12,345.60\nH4,2019Q2,工资性收入,4,,\n").tables[
        "ledger"
    ]
    assert rejects(ledger) == [(4, "", "内容比表头多：表头 4 列，本行 5 列")]
    assert "未加引号的逗号" in ledger.early_rejects[0].advice
    assert (ledger.rows_read, len(rows(ledger))) == (4, 3)


def test_an_unquoted_comma_is_seen_when_the_header_is_padded(tmp_path: Path) -> None:
    text = LEDGER.replace("金额\n", "金额,\n") + "H3,2019Q2,工资性收入,12,345.60\n"
    assert rejects(opened(tmp_path, ledger=text).tables["ledger"])[0][0] == 4


@pytest.mark.parametrize("word", ["合计", "总计", "小计：", "累计", "合 计", "合计金额"])
def test_total_rows_are_refused_and_counted(word: str, tmp_path: Path) -> None:
    ledger = opened(tmp_path, ledger=LEDGER + f"{word},,,300.5\n,,{word},300.5\n").tables["ledger"]
    label = word.replace(" ", "")[:2]
    assert rejects(ledger) == [(4, "户编号", f"是“{label}”行"), (5, "类别", f"是“{label}”行")]
    assert ledger.rows_read == 4


def test_a_total_row_in_an_unknown_column_and_with_all_cells_filled(tmp_path: Path) -> None:
    text = "序号,户编号,连队\n1,H1,一连\n合计,,2连\n2,合计,26户\n"
    households = opened(tmp_path, households=text).tables["households"]
    assert rejects(households) == [(3, "", "是“合计”行")]
    text = "户编号,连队\nH1,一连\n合计,26户\n小计划村,一连\n"
    households = opened(tmp_path / "2", households=text).tables["households"]
    assert rejects(households) == [(3, "户编号", "是“合计”行")]


def test_a_file_of_many_batches_is_read_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvfile, "_ROWS", 7)
    monkeypatch.setattr(staging, "GROUP_ROWS", 20)
    text = "户编号,季度,类别,金额\n" + "".join(f"H{n},2019Q2,工资性收入,{n}\n" for n in range(1000))
    ledger = opened(tmp_path, ledger=text).tables["ledger"]
    assert column(ledger, "_row") == list(range(2, 1002))
    assert column(ledger, "amount") == [str(n) for n in range(1000)]
    groups = pq.ParquetFile(ledger.path).metadata
    assert max(groups.row_group(n).num_rows for n in range(groups.num_row_groups)) <= 20


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    open_package(folder(tmp_path / "包"), tmp_path / "scratch", lambda *event: told.append(event))
    assert ("ledger.csv", 2, None) in told
