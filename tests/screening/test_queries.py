"""A remembered query is the query that would be compiled now, or it is not used."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from shouwang.policy.book import RuleBook
from shouwang.screening import queries
from shouwang.screening.queries import FOLDER, query_for, relation
from shouwang.terms.tables import TABLES
from tests.readers import both

DAY = date(2020, 5, 20)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(FOLDER, str(tmp_path / "remembered"))
    return tmp_path / "remembered"


@pytest.fixture(scope="module")
def relations() -> queries.Relations:
    connection = both.bulk().connection
    return {table.name: relation(connection, table.name) for table in TABLES}


def book(day: date = DAY, **overrides: str) -> RuleBook:
    return RuleBook.of(both.POLICY, day, overrides)


def never(*_: object) -> str:
    raise AssertionError("compiled again")


def test_a_query_is_compiled_once(folder: Path, relations: queries.Relations, monkeypatch: pytest.MonkeyPatch) -> None:
    first = query_for("households", (book(),), relations)
    monkeypatch.setattr(queries, "import_module", never)
    assert query_for("households", (book(),), relations) == first
    assert len(list(folder.glob("*.sql"))) == 1


def test_line_breaks_of_every_kind_are_remembered(
    folder: Path, relations: queries.Relations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """理由的查询里有回车和换行（JSON 转义用），原样记住。"""
    connection = both.bulk().connection
    connection.execute(f"CREATE TEMP VIEW screened AS {query_for('households', (book(),), relations)}")
    listed = {"rows": relation(connection, "screened")}
    first = query_for("findings", (book(),), listed)
    assert "\r" in first
    monkeypatch.setattr(queries, "import_module", never)
    assert query_for("findings", (book(),), listed) == first


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(lambda: book(date(2020, 5, 21)), id="date"),
        pytest.param(lambda: book(monitoring_line="8500"), id="parameter"),
        pytest.param(lambda: replace(book(), questions=()), id="terms"),
    ],
)
def test_what_changes_is_compiled_anew(folder: Path, relations: queries.Relations, other: object) -> None:
    assert callable(other)
    first = query_for("households", (book(),), relations)
    assert query_for("households", (other(),), relations) != first
    assert len(list(folder.glob("*.sql"))) == 2


def test_other_columns_are_another_query(folder: Path, relations: queries.Relations) -> None:
    query_for("households", (book(),), relations)
    name, columns = relations["ledger"]
    query_for("households", (book(),), {**relations, "ledger": (name, {**columns, "more": "BIGINT"})})
    assert len(list(folder.glob("*.sql"))) == 2


def test_a_change_of_the_compiler_or_a_library_is_another_query(
    folder: Path, relations: queries.Relations, monkeypatch: pytest.MonkeyPatch
) -> None:
    query_for("households", (book(),), relations)
    for change in ("version", "sources"):
        queries._machinery.cache_clear()
        with monkeypatch.context() as changed:
            if change == "version":
                changed.setattr(queries, "version", lambda library: "0")
            else:
                changed.setattr(queries, "_FLOORS", ("units", "terms"))
            query_for("households", (book(),), relations)
    queries._machinery.cache_clear()
    assert len(list(folder.glob("*.sql"))) == 3


def test_a_damaged_memory_is_not_run(folder: Path, relations: queries.Relations) -> None:
    """半个文件、改过的文件：重新编译，不拿来运行。"""
    first = query_for("households", (book(),), relations)
    (kept,) = folder.glob("*.sql")
    whole = kept.read_text(encoding="utf-8")
    for damaged in (whole[: len(whole) // 2], whole.replace("met", "not_met"), ""):
        kept.write_text(damaged, encoding="utf-8")
        assert query_for("households", (book(),), relations) == first
    assert kept.read_text(encoding="utf-8") == whole


def test_a_folder_that_others_may_write_to_is_not_trusted(folder: Path, relations: queries.Relations) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    query_for("households", (book(),), relations)
    assert not list(folder.iterdir())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_costs_time_only(folder: Path, relations: queries.Relations) -> None:
    folder.mkdir(mode=0o500)
    assert query_for("households", (book(),), relations)


def test_old_queries_are_forgotten(folder: Path, relations: queries.Relations, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "KEPT", 2)
    for line in ("8100", "8200", "8300"):
        query_for("households", (book(monitoring_line=line),), relations)
    assert len(list(folder.glob("*.sql"))) == 2


_SCREENING = """
import sys
from datetime import date
from pathlib import Path
import duckdb
from shouwang.policy.book import RuleBook
from shouwang.screening.engines import DuckDB
from shouwang.screening.run import screen
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    screen(RuleBook.of("qituan-2020", date(2020, 5, 20)), DuckDB(connection), Path(sys.argv[2]))
print("ibis" in sys.modules)
"""


def test_screening_by_remembered_queries_does_not_load_the_compiler(folder: Path, tmp_path: Path) -> None:
    """记得查询时，筛查不必载入 Ibis：它比一万户的筛查还慢。"""
    facts = tmp_path / "facts.db"
    with duckdb.connect(str(facts)) as connection:
        for table in TABLES:
            rows = both.bulk().connection.sql(f"SELECT * FROM {table.name} LIMIT 0").to_arrow_table()
            connection.register("incoming", rows)
            connection.execute(f"CREATE TABLE {table.name} AS SELECT * FROM incoming")
    loaded = []
    for turn in ("first", "again"):
        (tmp_path / turn).mkdir()
        words = [sys.executable, "-c", _SCREENING, str(facts), str(tmp_path / turn)]
        loaded.append(subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip())
    assert loaded == ["True", "False"]
    assert (tmp_path / "first" / "households.csv").read_bytes() == (tmp_path / "again" / "households.csv").read_bytes()
