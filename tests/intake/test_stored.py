"""Facts stored once give the bytes that the package gives, on any date, and can be carried on from."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from datetime import date
from pathlib import Path

import duckdb
import pytest

from shouwang.intake.facts import OpenQuestion
from shouwang.intake.previous import NoPrevious
from shouwang.intake.screening import Screened, screen_into
from shouwang.intake.session import facts_of, keep
from shouwang.intake.store import ROWS, BadStore, is_store
from shouwang.policy.book import RuleBook
from shouwang.screening import engines
from shouwang.screening.engines import DuckDB
from shouwang.sources.accept import Reject
from tests.intake.conftest import screened
from tests.intake.test_since import FILES, without

DATES = ("2020-05-20", "2020-06-30", "2020-07-01")


def _of(path: Path, out: Path, as_of: str = DATES[0], since: Path | None = None) -> Screened:
    with facts_of(path, lazy=True) as (facts, account):
        book = RuleBook.of("qituan-2020", date.fromisoformat(as_of))
        return screen_into(out, facts, account, book, DuckDB(facts.connection), since=since)


@pytest.fixture(scope="module")
def store(regiment: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stored") / "facts"
    keep(regiment, folder)
    return folder


def _same(one: Path, other: Path) -> None:
    for name in (*FILES, "households.parquet"):
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


@pytest.mark.parametrize("as_of", DATES)
def test_stored_facts_give_the_bytes_of_the_package(regiment: Path, store: Path, tmp_path: Path, as_of: str) -> None:
    _of(regiment, tmp_path / "package", as_of)
    _of(store, tmp_path / "store", as_of)
    _same(tmp_path / "package", tmp_path / "store")


def test_a_screening_of_stored_facts_does_not_read_the_ledger(store: Path, tmp_path: Path) -> None:
    """总和已在入库时算好：台账的逐行只供说明一户，筛查不读。"""
    copy = shutil.copytree(store, tmp_path / "facts")
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM read_parquet('{store}/ledger.parquet') LIMIT 0) TO '{copy}/ledger.parquet'"
        )
    assert _of(copy, tmp_path / "out").written.sha256 == _of(store, tmp_path / "whole").written.sha256


@pytest.mark.parametrize("said", [None, True, 1])
def test_sums_of_an_earlier_intake_or_version_are_not_believed(store: Path, tmp_path: Path, said: object) -> None:
    """没有总和，或是旧版本的总和（那时写的是 true）：改读台账逐行，结果一样。"""
    copy = shutil.copytree(store, tmp_path / "facts")
    index = copy / "facts.json"
    index.write_text(json.dumps(json.loads(index.read_text(encoding="utf-8")) | {"sums": said}), encoding="utf-8")
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT 0 AS hid LIMIT 0) TO '{copy}/ledger_sums.parquet' (FORMAT parquet)")
    assert _of(copy, tmp_path / "out").written.sha256 == _of(store, tmp_path / "whole").written.sha256


def _as_before(store: Path, target: Path) -> Path:
    """A store as earlier versions wrote it: one JSON file with the names of the fields in every row."""
    copy = shutil.copytree(store, target)
    rows = json.loads((copy / ROWS).read_text(encoding="utf-8"))
    index = json.loads((copy / "facts.json").read_text(encoding="utf-8")) | {
        "format": 1,
        "rejects": [asdict(Reject(*one)) for one in rows["rejects"]],
        "questions": [asdict(OpenQuestion(*one)) for one in rows["questions"]],
    }
    (copy / "facts.json").write_text(json.dumps(index, ensure_ascii=False, indent=1), encoding="utf-8")
    (copy / ROWS).unlink()
    return copy


def test_a_store_of_before_gives_the_same(store: Path, tmp_path: Path) -> None:
    """旧版本的事实库，退回的行和疑问写在 facts.json 里：照样可用，结果逐字节相同。"""
    screened_before = _of(_as_before(store, tmp_path / "facts"), tmp_path / "before")
    screened_now = _of(store, tmp_path / "now")
    _same(tmp_path / "before", tmp_path / "now")
    assert list(screened_before.account.rejects) == list(screened_now.account.rejects)
    assert list(screened_before.account.questions) == list(screened_now.account.questions)
    assert len(screened_now.account.rejects) == screened_now.account.rejected > 0
    assert len(screened_now.account.questions) > 0


def test_what_is_told_row_by_row_is_read_by_those_who_ask(store: Path, tmp_path: Path) -> None:
    """退回的行、疑问不在清单里：说明一户不读它们；要写它们时读不出，整个筛查不写。"""
    copy = shutil.copytree(store, tmp_path / "facts")
    (copy / ROWS).write_text("{", encoding="utf-8")
    with facts_of(copy, lazy=True) as (_, account):
        assert account.rejected > 0
        with pytest.raises(BadStore, match="account.json 读不出来"):
            list(account.rejects)
    with pytest.raises(BadStore):
        _of(copy, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_store_that_lacks_its_rows_is_refused(store: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(store, tmp_path / "facts")
    (copy / ROWS).unlink()
    with pytest.raises(BadStore, match="缺少 account.json"), facts_of(copy, lazy=True):
        pass


def test_many_small_parts_give_the_bytes_of_one(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _of(store, tmp_path / "one")
    monkeypatch.setattr(engines, "BATCH_ROWS", 7)
    _of(store, tmp_path / "many")
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "many" / name).read_bytes(), name


def test_carrying_on_compiles_nothing_anew(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """接着算的查询，就是上次全部筛查时编译、记下的那几条。"""
    monkeypatch.setenv("SHOUWANG_CACHE", str(tmp_path / "cache"))
    _of(store, tmp_path / "before")
    remembered = {path.name for path in (tmp_path / "cache").iterdir()}
    _of(store, tmp_path / "again", since=tmp_path / "before")
    assert remembered
    assert {path.name for path in (tmp_path / "cache").iterdir()} == remembered


def test_stored_facts_are_carried_on_from(regiment: Path, store: Path, tmp_path: Path) -> None:
    changed = {f"7T-{number:06d}" for number in range(100, 106)}
    keep(without(regiment, tmp_path / "package", changed), tmp_path / "facts")
    _of(store, tmp_path / "before")
    carried_on = _of(tmp_path / "facts", tmp_path / "carried-on", since=tmp_path / "before")
    whole = _of(tmp_path / "facts", tmp_path / "whole")
    _same(tmp_path / "carried-on", tmp_path / "whole")
    assert carried_on.manifest["counts"] == whole.manifest["counts"]
    assert "5 户" in carried_on.remark
    # What was carried on can be carried on from.
    again = _of(store, tmp_path / "back", since=tmp_path / "carried-on")
    _same(tmp_path / "back", tmp_path / "before")
    assert "6 户" in again.remark


@pytest.mark.parametrize(
    ("name", "edit"), [("households.csv", "longer"), ("households.csv", "other"), ("findings.jsonl", "longer")]
)
def test_edited_results_are_not_carried_on(regiment: Path, tmp_path: Path, name: str, edit: str) -> None:
    """上次的结果被人改过：不接着抄。同样长短的改动，户表有散列，查得出；理由文件只查长短。"""
    screened(regiment, tmp_path / "before")
    path = tmp_path / "before" / name
    body = path.read_bytes()
    path.write_bytes(body + b"x\n" if edit == "longer" else body.replace(b"2019Q2-2020Q1", b"2019Q2-2020Q2", 1))
    with pytest.raises(NoPrevious, match="不是当时写出的"):
        screened(regiment, tmp_path / "out", since=tmp_path / "before")
    assert not (tmp_path / "out" / "households.csv").exists()


def test_results_of_an_earlier_version_are_computed_anew(regiment: Path, tmp_path: Path) -> None:
    screened(regiment, tmp_path / "before")
    state = tmp_path / "before" / "state.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE s AS SELECT household_id, fingerprint, notes FROM '{state}'")
        connection.execute(f"COPY s TO '{state}' (FORMAT parquet)")
    again = screened(regiment, tmp_path / "again", since=tmp_path / "before")
    assert "结果文件的版本不同，已全部重算" in again.remark


def test_what_cannot_be_looked_into_is_no_store() -> None:
    """What cannot be read is said by the reader of packages, which does not blame a file nobody has heard of."""
    assert not is_store(Path("长" * 300))
