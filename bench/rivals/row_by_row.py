"""A row-by-row loop as a web application would write it: SQLite with indices, queries a household, rules in Python.

    python -m bench.rivals.row_by_row PACKAGE OUT AS_OF HOUSEHOLDS

One query a household and table, one a member and departmental table, as an ORM issues them without prefetching; plain
`sqlite3` rows instead of model objects, in its favour. Loading the database and normalising the numbers happen before,
in DuckDB, and are told apart as the stage `load`. It is run over the first HOUSEHOLDS households only; the report
extrapolates and says so. Income, spending, drop, schooling and cover are decided; texts and files are left out.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
from datetime import date
from pathlib import Path
from string import Template
from typing import Any

from bench.rivals import hand_sql
from bench.timing import Stages

STAGES = Stages()
with STAGES.stage("start"):
    import duckdb

INCOME = {"工资性收入": 1, "生产经营性收入": 1, "财产性收入": 1, "转移性收入": 1, "生产经营性支出": -1}
RIGID = ("医疗刚性支出", "教育刚性支出", "灾害刚性支出", "其他刚性支出")
_INDICES = {"household": "household_id", "member": "household_id", "ledger": "household_id", "events": "household_id"}
_TABLES = {
    "household": "SELECT * FROM household",
    "member": "SELECT mid, household_id, name, number, CAST(birth_date AS VARCHAR) AS birth_date, schooling, "
    "medical_insurance, here, here_year_ago FROM member",
    "ledger": "SELECT 户编号 AS household_id, 季度 AS quarter, 类别 AS kind, fen(金额) AS amount "
    "FROM read_parquet('{package}/ledger.parquet') WHERE fen(金额) IS NOT NULL",
    "events": "SELECT 户编号 AS household_id, CAST(发生日期 AS VARCHAR) AS day FROM read_parquet('{package}/events.parquet')",
    "bill": "SELECT * FROM bill",
    "roll": "SELECT * FROM roll",
    "cover": "SELECT * FROM cover",
}


def main(package: str, out: str, as_of: str, households: str) -> None:
    """Load SQLite from the cleaned tables, then loop."""
    target = Path(out)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    store = sqlite3.connect(target / "app.sqlite3")
    store.row_factory = sqlite3.Row
    with STAGES.stage("load"):
        _load(store, package, as_of)
    ids = [row[0] for row in store.execute("SELECT household_id FROM household ORDER BY 1 LIMIT ?", [int(households)])]
    counts: dict[str, int] = {}
    with STAGES.stage("loop"):
        for household in ids:
            outcome = Household(store, household, as_of).outcome()
            counts[outcome] = counts.get(outcome, 0) + 1
    STAGES.tell(households=len(ids), outcomes=counts)


def _load(store: sqlite3.Connection, package: str, as_of: str) -> None:
    source = duckdb.connect()
    source.execute(hand_sql.FLOOR_DIVISION)
    periods = hand_sql.periods(date.fromisoformat(as_of))
    script = Template((Path(__file__).parent / "hand.sql").read_text(encoding="utf-8")).substitute(
        periods, package=package
    )
    source.execute(script[: script.index("CREATE TEMP TABLE family")])
    for name, query in _TABLES.items():
        rows = source.execute(query.format(package=package))
        columns = [column[0] for column in rows.description]
        store.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
        marks = ", ".join("?" * len(columns))
        while batch := rows.fetchmany(50_000):
            store.executemany(f"INSERT INTO {name} VALUES ({marks})", [[_plain(cell) for cell in row] for row in batch])
        store.execute(f"CREATE INDEX {name}_owner ON {name} ({_INDICES.get(name, 'mid')})")
    store.commit()


def _plain(cell: Any) -> Any:
    return cell if cell is None or isinstance(cell, int | float | str) else int(cell)


class Household:
    """One household, its rows fetched as they are asked for."""

    def __init__(self, store: sqlite3.Connection, household: str, as_of: str) -> None:
        self.store, self.as_of = store, as_of
        self.row = self._mine("household", household)[0]
        self.members = self._mine("member", household)
        self.lines = self._mine("ledger", household)
        self.events = self._mine("events", household)
        self.periods = hand_sql.periods(date.fromisoformat(as_of))

    def _mine(self, table: str, household: str) -> list[sqlite3.Row]:
        return self.store.execute(f"SELECT * FROM {table} WHERE household_id = ?", [household]).fetchall()

    def _of(self, table: str, member: sqlite3.Row) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self.store.execute(
            f"SELECT * FROM {table} WHERE mid = ?", [member["mid"]]
        ).fetchone()
        return found

    def net(self, first: int) -> int | None:
        """Net income over four quarters; None where one is missing."""
        seen, total = set(), 0
        for line in self.lines:
            quarter = int(line["quarter"][:4]) * 4 + int(line["quarter"][5]) - 1
            if line["kind"] in INCOME and first <= quarter < first + 4:
                seen.add(quarter)
                total += INCOME[line["kind"]] * line["amount"]
        return total if len(seen) == 4 else None

    def rigid(self, here: list[sqlite3.Row]) -> int:
        """Rigid spending over the window, bills included."""
        w = self.periods["w"]
        assert isinstance(w, int)
        spent = dict.fromkeys(RIGID, 0)
        for line in self.lines:
            quarter = int(line["quarter"][:4]) * 4 + int(line["quarter"][5]) - 1
            if line["kind"] in spent and w <= quarter < w + 4:
                spent[line["kind"]] += line["amount"]
        bills = sum(bill["self"] for member in here if (bill := self._of("bill", member)))
        return max(spent[RIGID[0]], bills) + sum(spent[kind] for kind in RIGID[1:])

    def outcome(self) -> str:
        """The first that applies."""
        w, y = self.periods["w"], self.periods["y"]
        assert isinstance(w, int)
        assert isinstance(y, int)
        here = [member for member in self.members if member["here"]]
        ago = sum(1 for member in self.members if member["here_year_ago"])
        net, before, last = self.net(w), self.net(w - 4), self.net(y)
        cause = any(str(self.periods["window_start"]) <= event["day"] <= self.as_of for event in self.events)
        rules = [
            self._below(net, len(here)),
            self._exceeds(self.rigid(here), last if last is not None else before, cause),
            self._dropped(net, before, len(here), ago, cause),
        ]
        if "met" in rules:
            return "met"
        if "suspected" in rules:
            return "suspected"
        return "special" if self._special(here) else ("unknown" if "unknown" in rules else "not_met")

    def _below(self, net: int | None, heads: int) -> str:
        return "unknown" if net is None or not heads else ("met" if net < 800_000 * heads else "not_met")

    def _exceeds(self, rigid: int, base: int | None, cause: bool) -> str:
        if rigid <= 0:
            return "not_met"
        if base is None:
            return "unknown"
        if base <= 0 or rigid > base:
            return "met" if cause else "suspected"
        return "suspected" if rigid * 100 >= base * 60 else "not_met"

    def _dropped(self, net: int | None, before: int | None, heads: int, ago: int, cause: bool) -> str:
        if net is None or before is None or not heads or not ago:
            return "unknown"
        was, fall = before * heads, before * heads - net * ago
        if was <= 0:
            return "not_met"
        if fall * 100 >= was * 30:
            return "met" if cause else "suspected"
        return "suspected" if fall * 100 >= was * 20 else "not_met"

    def _special(self, here: list[sqlite3.Row]) -> bool:
        for member in here:
            roll, cover = self._of("roll", member), self._of("cover", member)
            age = int(self.as_of[:4]) - int((member["birth_date"] or "1900")[:4])
            status = roll["status"] if roll else member["schooling"]
            if 6 <= age <= 15 and status in ("辍学", "非在校生"):
                return True
            if not cover["covered"] if cover else member["medical_insurance"] == "未参保":
                return True
        return self.row["dwelling_grade"] in ("C", "D") or self.row["water_safe"] == 0


if __name__ == "__main__":
    main(*sys.argv[1:])
