"""Is a workbook read as the person who filled it in meant it, and refused row by row where that cannot be known?"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from shouwang.sources.child import cell_text
from shouwang.sources.errors import HeaderNotFound, HeaderSpread, SeveralSheets, Unsafe
from shouwang.sources.package import Package

from .hostile import DATA_ROW, HEADER_ROW, good, parts, sheet
from .packages import LEDGER_ROWS, column, notices, opened, rejects, rows, saved, workbook

HEADER = LEDGER_ROWS[0]


def _opened(tmp_path: Path, cells: list[list[object]], merge: str | None = None) -> Package:
    return opened(tmp_path, ledger_xlsx=workbook(tmp_path / "book", cells, merge=merge))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (1.0, "1"),
        (-300.0, "-300"),
        (12345.6, "12345.6"),
        (0.1, "0.1"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e-7, "0.0000001"),
        (999999999999999.0, "999999999999999"),
        (6.590022010010112e17, "6.59002E+17"),
        (True, "是"),
        (False, "否"),
        (dt.date(2020, 5, 14), "2020-05-14"),
        (dt.datetime(2020, 5, 14, 23, 59), "2020-05-14"),
        (dt.time(3, 4), "03:04:00"),
        (dt.timedelta(days=3), "3 days, 0:00:00"),
        ("1.2万", "1.2万"),
        (float("inf"), "INF"),
    ],
)
def test_cells_become_the_text_a_person_would_type(cell: object, text: str) -> None:
    assert cell_text(cell) == text  # type: ignore[arg-type]


def test_a_workbook_is_read(tmp_path: Path) -> None:
    cells = [
        *LEDGER_ROWS,
        ["H3", "2019Q2", "工资性收入", "1.2万"],
        [6.590022010010112e17, dt.date(2020, 5, 14), True, 0.1],
    ]
    ledger = _opened(tmp_path, cells).tables["ledger"]
    assert column(ledger, "amount") == ["100", "200.5", "1.2万", "0.1"]
    assert rows(ledger)[-1] == {
        **{"_row": 5, "household_id": "6.59002E+17", "quarter": "2020-05-14", "kind": "是", "amount": "0.1"}
    }


def test_rows_are_numbered_as_the_spreadsheet_shows_them(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for place, row in zip((4, 5, 9), LEDGER_ROWS, strict=True):
        for at, value in enumerate(row, start=3):
            book.active.cell(place, at, value)
    book.active["C2"] = "七团收支台账"
    package = opened(tmp_path, ledger_xlsx=saved(book, tmp_path / "book"))
    assert column(package.tables["ledger"], "_row") == [5, 9]
    assert package.tables["ledger"].rows_read == 2
    assert "表头在第4行，它上面的 1 行没有读" in notices(package)


def test_a_formula_never_calculated_refuses_its_row(tmp_path: Path) -> None:
    cells = [*LEDGER_ROWS, ["H3", "2019Q2", "工资性收入", "=1+2"], ["H4", "2019Q2", "工资性收入", 4]]
    ledger = _opened(tmp_path, cells).tables["ledger"]
    assert rejects(ledger) == [(4, "金额", "公式没有计算结果")]
    assert "重新计算并保存" in ledger.early_rejects[0].advice
    assert column(ledger, "_row") == [2, 3, 5]


def test_a_calculated_formula_is_read_and_one_elsewhere_does_not_matter(tmp_path: Path) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("收支台账")
    sheet.write_row(0, 0, [*HEADER, "备注"])
    sheet.write_row(1, 0, ["H1", "2019Q2", "工资性收入"])
    sheet.write_formula(1, 3, "=1+2", None, 3)
    sheet.write_formula(1, 4, '=""', None, "")
    book.close()
    ledger = opened(tmp_path, ledger_xlsx=out.getvalue()).tables["ledger"]
    assert (column(ledger, "amount"), ledger.early_rejects) == (["3"], [])


@pytest.mark.parametrize(
    ("cell", "reason", "value"),
    [
        ('<c r="D3" t="e"><v>#REF!</v></c>', "公式出错", "#REF!"),
        ('<c r="D3" t="e"><f>A1/0</f><v>#DIV/0!</v></c>', "公式出错", "#DIV/0!"),
        ("<c t='e' r='D3'><f>A1/0</f><v>#N/A</v></c>", "公式出错", "#N/A"),
        ('<c r="D3"><f>A1</f></c>', "公式没有计算结果", ""),
        ('<c r="D3"><f>A1</f><v/></c>', "公式没有计算结果", ""),
        ('<c r="D3" s="1"> <f t="shared" si="0"/> </c>', "公式没有计算结果", ""),
        ('<c r="D3" t="str"><f>A1</f></c>', "公式没有计算结果", ""),
        ("<c r='D3'><f>A1</f><v></v></c>", "公式没有计算结果", ""),
    ],
)
def test_cells_that_would_be_read_as_blank(cell: str, reason: str, value: str, tmp_path: Path) -> None:
    row = DATA_ROW.replace("2", "3", 1).replace('A2"', 'A3"').replace('B2"', 'B3"').replace('C2"', 'C3"')
    row = row.replace('<c r="D2"><v>100</v></c>', cell)
    ledger = opened(tmp_path, ledger_xlsx=good(HEADER_ROW + DATA_ROW + row)).tables["ledger"]
    assert rejects(ledger) == [(3, "金额", reason)]
    assert ledger.early_rejects[0].value == value
    assert ledger.rows_read == 2


def test_a_formula_whose_result_is_the_empty_text_is_blank(tmp_path: Path) -> None:
    row = '<row r="3"><c r="A3" t="str"><v>H2</v></c><c r="D3" t="str"><f>IF(1,"")</f><v></v></c></row>'
    ledger = opened(tmp_path, ledger_xlsx=good(HEADER_ROW + DATA_ROW + row)).tables["ledger"]
    assert (ledger.early_rejects, column(ledger, "amount")) == ([], ["100", None])


def test_a_row_with_nothing_but_uncalculated_formulas_is_a_row(tmp_path: Path) -> None:
    ledger = _opened(tmp_path, [*LEDGER_ROWS, [None, None, None, "=SUM(D2:D3)"]]).tables["ledger"]
    assert (ledger.rows_read, rejects(ledger)) == (3, [(4, "金额", "公式没有计算结果")])


def test_merged_cells_refuse_the_rows_they_leave_blank(tmp_path: Path) -> None:
    cells = [
        *LEDGER_ROWS,
        [None, "2019Q3", "工资性收入", 3],
        [None, "2019Q4", "工资性收入", 4],
        ["H4", "2019Q3", "工资性收入", 5],
    ]
    package = _opened(tmp_path, cells, merge="A3:A5")
    ledger = package.tables["ledger"]
    assert [one[:2] for one in rejects(ledger)] == [(4, "户编号"), (5, "户编号")]
    assert "合并单元格" in ledger.early_rejects[0].reason
    assert notices(package).count("1 处合并单元格") == 1
    assert column(ledger, "_row") == [2, 3, 6]


def test_cells_merged_sideways_and_over_unknown_columns(tmp_path: Path) -> None:
    cells = [[*HEADER, "备注"], [*LEDGER_ROWS[1], "x"], [*LEDGER_ROWS[2], None]]
    assert rejects(_opened(tmp_path / "1", cells, merge="E2:E3").tables["ledger"]) == []
    assert [one[:2] for one in rejects(_opened(tmp_path / "2", cells, merge="B3:C3").tables["ledger"])] == [(3, "类别")]


def test_merged_title_and_total_rows_are_what_they_are(tmp_path: Path) -> None:
    cells = [["台账", None, None, None], *LEDGER_ROWS, ["合计", None, None, 300.5]]
    book = openpyxl.Workbook()
    for row in cells:
        book.active.append(row)
    book.active.merge_cells("A1:D1")
    book.active.merge_cells("A5:C5")
    ledger = opened(tmp_path, ledger_xlsx=saved(book, tmp_path / "book")).tables["ledger"]
    assert rejects(ledger) == [(5, "户编号", "是“合计”行")]


def test_a_header_merged_over_two_rows_is_called_one(tmp_path: Path) -> None:
    cells = [["户编号", "季度", "收支", None], [None, None, "类别", "金额"], ["H1", "2019Q2", "工资性收入", 1]]
    with pytest.raises(HeaderSpread, match="第1行和第2行"):
        _opened(tmp_path, cells, merge="A1:A2")


def test_remarks_beside_the_table_are_told_and_not_read(tmp_path: Path) -> None:
    package = _opened(tmp_path, [*LEDGER_ROWS, ["H3", "2019Q2", "工资性收入", 3, None, "待核实"]])
    assert "ledger.xlsx 第4行：从这一行起，没有列名的列里有内容，没有读。" in notices(package)
    assert package.tables["ledger"].rows_read == 3


def _book(tmp_path: Path, sheets: dict[str, list[list[object]]], hidden: str = "") -> Package:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, cells in sheets.items():
        sheet = book.create_sheet(name)
        for row in cells:
            sheet.append(row)
        sheet.sheet_state = "hidden" if name == hidden else "visible"
    return opened(tmp_path, ledger_xlsx=saved(book, tmp_path / "book"))


OTHER = [HEADER, ["X", "2019Q2", "工资性收入", 9]]


@pytest.mark.parametrize("name", ["ledger", "Ledger", "收支台账", " 收支台账 "])
def test_the_sheet_named_like_the_table_is_chosen(name: str, tmp_path: Path) -> None:
    package = _book(tmp_path, {"说明": [["说明"]], "旧": OTHER, name: LEDGER_ROWS})
    assert column(package.tables["ledger"], "household_id") == ["H1", "H2"]
    assert "工作表 “说明”、“旧” 不是这张表，没有读" in notices(package)


def test_else_the_only_one_with_a_header(tmp_path: Path) -> None:
    package = _book(tmp_path, {"说明": [["说明"]], "数据": LEDGER_ROWS})
    assert package.tables["ledger"].rows_read == 2


def test_else_they_are_named(tmp_path: Path) -> None:
    with pytest.raises(SeveralSheets, match="“甲”、“乙”"):
        _book(tmp_path / "1", {"甲": LEDGER_ROWS, "乙": OTHER})
    with pytest.raises(HeaderNotFound):
        _book(tmp_path / "2", {"甲": [["a"]], "乙": [["b"]]})
    with pytest.raises(HeaderNotFound):
        _book(tmp_path / "3", {"甲": [["a"]]})


def test_hidden_sheets_are_ignored_and_told(tmp_path: Path) -> None:
    package = _book(tmp_path, {"ledger": OTHER, "数据": LEDGER_ROWS}, hidden="ledger")
    assert column(package.tables["ledger"], "household_id") == ["H1", "H2"]
    assert "工作表 “ledger” 是隐藏的，没有读；读的是“数据”" in notices(package)


def test_flaws_are_asked_of_the_right_sheet(tmp_path: Path) -> None:
    """Sheet order and part names differ; the broken formula of the other sheet must not count."""
    package = _book(tmp_path, {"说明": [*LEDGER_ROWS[:1], ["H1", "q", "k", "=1"]], "ledger": LEDGER_ROWS})
    assert package.tables["ledger"].early_rejects == []


def test_a_sheet_that_cannot_be_tied_to_its_part_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shouwang.sources.workbook.inspect", lambda path, file: {})
    with pytest.raises(Unsafe, match="对不上"):
        _opened(tmp_path, LEDGER_ROWS)


class _Pipe(io.BytesIO):
    """Cannot go back, so zipfile puts sizes after the data, as streaming exporters do."""

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise OSError


def test_a_workbook_written_as_a_stream_is_read(tmp_path: Path) -> None:
    out = _Pipe()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts(sheet(HEADER_ROW + DATA_ROW)).items():
            archive.writestr(name, str(content))
    assert opened(tmp_path, ledger_xlsx=out.getvalue()).tables["ledger"].rows_read == 1


def test_cells_without_addresses_are_placed_as_the_reader_places_them(tmp_path: Path) -> None:
    def cells(*values: str) -> str:
        return "".join(f'<c t="str"><v>{value}</v></c>' for value in values)

    data = f"<row>{cells('户编号', '季度', '类别', '金额')}</row><row>{cells('H1', 'q', 'k')}<c><f>1</f></c></row>"
    ledger = opened(tmp_path, ledger_xlsx=good(data + f"<row>{cells('H2', 'q', 'k', '5')}</row>")).tables["ledger"]
    assert rejects(ledger) == [(2, "金额", "公式没有计算结果")]
    assert column(ledger, "amount") == ["5"]
