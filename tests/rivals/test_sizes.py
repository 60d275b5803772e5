"""Numbers of rows at which rivals broke: on every way in and out, nothing is cut off, doubled or lost at a lot's edge.

`SHOUWANG_ROWS=9999,10000,15000` tries those numbers in place of 199, 200 and 201.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from shouwang.accounts.models import Unit, User
from shouwang.cli.main import cli
from shouwang.policy.feed import feeds
from shouwang.registry import batch_posting, loading_rows, reading, workbook
from shouwang.registry.actions import confirm_batch, undo_batch
from shouwang.registry.batch_jobs import work_off
from shouwang.registry.loading import load_package
from shouwang.registry.models import Household, LedgerEntry, Membership, SourceBatch
from shouwang.registry.models.batch import TAKEN, RowOutcome
from shouwang.registry.publish import MODELS
from shouwang.registry.reading import read_row
from shouwang.terms.tables import Column, Type
from shouwang.web.files import taking
from tests.accounts.conftest import CONSOLE
from tests.registry.conftest import FAMILY
from tests.rivals import packages
from tests.web.test_files import text_of

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db
AS_OF = date(2020, 5, 20)
SIZES = [int(size) for size in os.environ.get("SHOUWANG_ROWS", "199,200,201").split(",")]
FATHER = FAMILY[0].citizen_number
Row = tuple[str, ...]
#: Table → its headings, and its n-th row: no two alike.
ROWS: dict[str, tuple[Row, Callable[[int], Row]]] = {
    "medical": (("身份证号", "结算日期", "总费用", "个人自付"), lambda n: (FATHER, "2020-03-01", f"{n + 1}", "1")),
    "school": (("身份证号", "学籍状态", "年级", "截至日期"), lambda n: (FATHER, "在读", f"{n}班", "2020-03-01")),
    "insurance": (("身份证号", "姓名", "年度", "参保状态"), lambda n: (FATHER, f"王{n}", f"{2000 + n % 20}", "参保")),
    "ledger": (("户编号", "季度", "类别", "金额"), lambda n: ("7T-1", "2020Q1", "工资性收入", f"{n + 1}")),
    "events": (("户编号", "发生日期", "事由", "说明"), lambda n: ("7T-1", f"{AS_OF - timedelta(n)}", "因病", "住院")),
    "members": (("户编号", "人员编号", "姓名", "在校生状况"), lambda n: ("7T-1", "7T-1-1", "王志强", f"{n}")),
    "households": (("户编号", "连队", "饮水安全"), lambda n: ("7T-1", "c1", "是否"[n % 2])),
}  # fmt: skip


def through_the_page(client: Client, office: User, table: str, count: int) -> SourceBatch:
    """A department's file of so many rows, from the form to the registry."""
    header, row = ROWS[table]
    file = SimpleUploadedFile(f"{count}.csv", text_of(header, [row(n) for n in range(count)]))
    sent = client.post(reverse("web:source_feed", args=[table]), {"file": file, "as_of": AS_OF})
    work_off()
    batch = SourceBatch.objects.get(uuid=sent["Location"].rstrip("/").rsplit("/", 1)[-1])
    confirm_batch(by=office, batch=batch, reason="首批")
    batch.refresh_from_db()
    return batch


def check(batch: SourceBatch, count: int) -> None:
    """Every row is there once, in order, and so is its fact."""
    assert batch.state == "confirmed"
    assert batch.counts["read"] == count == sum(batch.counts[one] for one in RowOutcome.values)
    assert list(batch.rows.values_list("row", flat=True)) == list(range(2, count + 2))
    assert batch.rows.filter(outcome__in=TAKEN).count() == count
    facts = MODELS[batch.table]._default_manager.filter(batch=batch)
    assert list(facts.order_by("row").values_list("row", flat=True)) == list(range(2, count + 2))


@pytest.mark.parametrize("table", ROWS)
def test_at_the_edges_of_a_lot(
    browser: Browser, office: User, family: Household, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    """The same edges as at 500 rows and its multiples (10,000 is one), with a lot of four."""
    monkeypatch.setattr(reading, "_LOT", 4)
    monkeypatch.setattr(batch_posting, "_LOT", 4)
    client = browser(office)
    for count in (3, 4, 5, 8, 9):
        batch = through_the_page(client, office, table, count)
        check(batch, count)
        undo_batch(by=office, batch=batch, reason="下一次")


@pytest.mark.parametrize("table", ROWS)
def test_rows_through_the_page(browser: Browser, office: User, family: Household, table: str) -> None:
    client = browser(office)
    for count in SIZES:
        batch = through_the_page(client, office, table, count)
        check(batch, count)
        undo_batch(by=office, batch=batch, reason="下一次")


@pytest.mark.parametrize("count", SIZES)
def test_households_as_a_package(tree: dict[str, Unit], tmp_path: Path, count: int) -> None:
    """Loaded into the registry, and screened on the command line."""
    folder = packages.of_size(tmp_path / "package", count)
    loaded = load_package(by=CONSOLE, unit=tree["r7"], path=folder, as_of=AS_OF, create_units=True)
    assert (loaded.read, loaded.accepted, loaded.households, loaded.people) == (3 * count, 3 * count, count, count)
    assert Household.objects.count() == Membership.objects.count() == LedgerEntry.objects.standing().count() == count
    out = tmp_path / "out"
    done = CliRunner().invoke(cli, ["screen", str(folder), "--as-of", str(AS_OF), "--out", str(out)])
    assert done.exit_code == 0, done.output
    with (out / "households.csv").open(encoding="utf-8-sig", newline="") as file:
        found = [row["household_id"] for row in csv.DictReader(file)]
    assert found == [f"H{n:05}" for n in range(count)]


@pytest.mark.parametrize("count", [3, 4, 5])
def test_a_package_at_the_edges_of_a_lot(
    tree: dict[str, Unit], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(loading_rows, "_LOT", 4)
    folder = packages.of_size(tmp_path / "package", count)
    load_package(by=CONSOLE, unit=tree["r7"], path=folder, as_of=AS_OF, create_units=True)
    assert LedgerEntry.objects.standing().count() == Household.objects.count() == count


# ---- out


def test_30001_rows_leave_whole() -> None:
    """Kobo #2370: exports were cut at 30,000."""
    out = BytesIO()
    workbook.write(out, "名单", [("户", 10), ("元", 10)], ((f"H{n}", n) for n in range(30_001)))
    sheet = ZipFile(out).read("xl/worksheets/sheet1.xml").decode()
    assert len(re.findall("<row ", sheet)) == 30_002
    assert "H30000" in sheet


def test_a_sheet_that_would_be_cut_is_refused_aloud(monkeypatch: pytest.MonkeyPatch) -> None:
    """1,048,577 rows with the heading are one more than a sheet holds; a smaller sheet shows the same."""
    assert workbook.LARGEST + 1 == 1_048_576
    monkeypatch.setattr(workbook, "LARGEST", 3)
    whole = BytesIO()
    workbook.write(whole, "名单", [("户", 10)], [["H"]] * 3)
    assert ZipFile(whole).read("xl/worksheets/sheet1.xml").count(b"<row ") == 4
    with pytest.raises(workbook.SheetFull, match=r"超过 Excel 一张表的 3 行，没有导出"):
        workbook.write(BytesIO(), "名单", [("户", 10)], [["H"]] * 4)


# ---- long lists


def test_a_code_list_of_more_than_256_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list too long for a cell's rule is not dropped from the template: it stands on a sheet, and is read back."""
    codes = {f"事项{n:03}": f"c{n}" for n in range(300)}
    feed = next(one for one in feeds().values() if one.id == "hospital_diagnoses")
    long = Column("cause", "事项", Type.CHOICE, "从单子里选", required=True, choices=codes)
    feed = replace(feed, columns=(*feed.columns, long), fixed={})
    book = openpyxl.load_workbook(BytesIO(taking.template_of(feed)))
    assert book.sheetnames[0] == feed.title
    (rule,) = [one for one in book.worksheets[0].data_validations.dataValidation if "选项" in one.formula1]
    name, where = rule.formula1.split("!")
    assert [cell.value for (cell,) in book[name][where.replace("$", "")]] == list(codes)
    row: dict[str, Any] = {"occurred_on": "2020-03-01", "note": "住院", "cause": "事项299"}
    assert read_row(feed.reading, 2, row).values["cause"] == "c299"
    refused = read_row(feed.reading, 2, row | {"cause": "事项300"})
    assert "没有这一选项" in refused.reason


def test_short_lists_stay_in_the_cells() -> None:
    """Every feed there is: no template has lost a list, none has a sheet it does not need."""
    for feed in feeds().values():
        book = openpyxl.load_workbook(BytesIO(taking.template_of(feed)))
        wanted: Sequence[Column] = [one for one in feed.reading.columns if taking.choices_of(one)]
        assert len(book.worksheets[0].data_validations.dataValidation) == len(wanted), feed.id
        assert len(book.sheetnames) == 2, feed.id
