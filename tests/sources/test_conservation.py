"""Does every row that is not blank end in exactly one place? (rows read = staged + early rejects)"""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shouwang.sources.csvfile import stage_csv
from shouwang.sources.flaws import SheetFlaws
from shouwang.sources.scan import Merge, SheetScan
from shouwang.sources.staging import Stager
from shouwang.terms.tables import LEDGER
from shouwang.units.text import normalise

from .packages import column

HEADER = ["户编号", "季度", "类别", "金额", "备注"]
CELL = st.sampled_from(
    ["", " ", "　", "H1", "2019Q2", "工资性收入", "1.2万", "合计", "小 计", "a\nb", 'x"y', "1,2", "\u200b"]
)
ROW = st.lists(CELL, max_size=7)
TABLE = st.lists(ROW, max_size=40)
ENCODING = st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"])
SETTINGS = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def _filled(row: list[str]) -> bool:
    return any(map(normalise, row))


@SETTINGS
@given(table=TABLE, encoding=ENCODING, delimiter=st.sampled_from(",\t;"), quoting=st.sampled_from([0, 1]))
def test_every_csv_row_is_staged_or_refused(
    table: list[list[str]], encoding: str, delimiter: str, quoting: int
) -> None:
    if encoding == "gb18030":
        table = [[cell.replace("\u200b", "") for cell in row] for row in table]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\n")  # type: ignore[arg-type]
    writer.writerows([HEADER, *table])
    # As a spreadsheet numbers them: a record is one row, however many lines it takes.
    begins = range(2, 2 + len(table))
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, "ledger.csv")
        path.write_bytes(out.getvalue().encode(encoding))
        staged, _ = stage_csv(path, LEDGER, "ledger.csv", Path(scratch, "ledger.parquet"), None)
        numbers = column(staged, "_row")
    refused = [one.row for one in staged.early_rejects]
    assert sorted([*numbers, *refused]) == [at for at, row in zip(begins, table, strict=True) if _filled(row)]
    assert staged.rows_read == len(numbers) + len(refused)
    assert refused == sorted(refused)


MERGE = st.tuples(st.integers(1, 30), st.integers(1, 5), st.integers(0, 9), st.integers(0, 3)).map(
    lambda m: (m[0], m[1], m[0] + m[2], m[1] + m[3])
)
MARK = st.tuples(st.integers(1, 45), st.integers(1, 6), st.integers(0, 1))


@SETTINGS
@given(table=TABLE, merges=st.lists(MERGE, max_size=6), marks=st.lists(MARK, max_size=6), batch=st.integers(1, 50))
def test_every_sheet_row_is_staged_or_refused(
    table: list[list[str]], merges: list[Merge], marks: list[tuple[int, int, int]], batch: int
) -> None:
    scan = SheetScan("l.xlsx", merges=merges, errors=["", "#REF!"])
    scan.marks.extend(row << 24 | place << 8 | kind for row, place, kind in marks)
    cells = [HEADER, *(row[:5] + [""] * (5 - len(row)) for row in table)]
    numbered = list(range(1, len(cells) + 1))
    batches = [(numbered[at : at + batch], cells[at : at + batch]) for at in range(0, len(cells), batch)]
    with tempfile.TemporaryDirectory() as scratch:
        stager = Stager(LEDGER, "l.xlsx", Path(scratch, "l.parquet"), False, SheetFlaws(scan, "l.xlsx", 1))
        staged, _ = stager.stage(batches)
        numbers = column(staged, "_row")
    refused = {one.row for one in staged.early_rejects}
    marked = {row for row, place, _ in marks if place <= 4 and row > 1}
    filled = {at for at, row in enumerate(cells[1:], start=2) if _filled(row)}
    assert set(numbers) | refused == filled | marked
    assert not set(numbers) & refused
    assert staged.rows_read == len(numbers) + len(refused)
    assert marked <= refused
    for top, left, bottom, right in merges:
        for row in range(max(top, 2), bottom + 1):
            hidden = [c for c in range(left, min(right, 4) + 1) if (row, c) != (top, left)]
            assert not hidden or row not in numbers, "a row blank only by merging must not be read"
