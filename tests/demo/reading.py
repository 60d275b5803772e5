"""A slow, plain reading of the contract, from files to outcomes: a second opinion on the generator's own truth.

It shares nothing with `shouwang.demo` and only the smallest words (money, dates, numbers) with the product.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from shouwang.terms.tables import BY_NAME, INCOME_KINDS, RIGID_KINDS, Column, Type
from shouwang.units.identity import birth_date, is_valid, spell
from shouwang.units.money import read_money
from shouwang.units.periods import (
    age_on,
    last_year,
    quarter_of,
    read_date,
    read_quarter,
    rolling_window,
    year_before,
    years_before,
)
from shouwang.units.text import normalise

Row = dict[str, Any]
READERS = {Type.MONEY: read_money, Type.DATE: read_date, Type.QUARTER: read_quarter}


@dataclass
class Package:
    """What was accepted, by table; `rejected` counts the rest. Each row keeps its `row` number in the file."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    rejected: list[tuple[str, int]] = field(default_factory=list)
    matched: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)


def decode(raw: bytes) -> str:
    """UTF-16 and UTF-8 by their marks, else UTF-8, else GB18030."""
    if raw[:2] == b"\xff\xfe":
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")


def raw_rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Rows by Chinese header with their row numbers; lines above the header are titles."""
    text = decode(path.read_bytes())
    separator = max("\t;,", key=text[:2000].count)
    lines = list(csv.reader(io.StringIO(text), delimiter=separator))
    wanted = {column.header for column in BY_NAME[path.stem].columns}
    top = next(k for k, line in enumerate(lines) if set(line) == wanted)
    return [(top + 2 + k, dict(zip(lines[top], line, strict=True))) for k, line in enumerate(lines[top + 1 :])]


@cache
def _read_text(kind: Type, text: str) -> Any:
    reading = READERS[kind](text)
    if reading.failed:
        raise ValueError(text)
    return reading.value


def read_cell(column: Column, text: str) -> Any:
    """The value of a cell; raises ValueError where the row must be rejected."""
    text = normalise(text)
    if not text:
        if column.required:
            raise ValueError(column.name)
        return column.default
    if column.type in READERS:
        return _read_text(column.type, text)
    if column.type is Type.YES_NO:
        return {"是": True, "否": False}[text]
    if column.type is Type.YEAR:
        return int(text)
    if column.type is Type.CHOICE and text not in column.choices:
        raise ValueError(column.name)
    return column.choices.get(text, text)


def read(folder: Path) -> Package:
    """Read, check and match a package of CSV files."""
    package, known = Package(), set[str]()
    for name, table in BY_NAME.items():
        seen: set[str] = set()
        package.tables[name] = []
        for number, raw in raw_rows(folder / f"{name}.csv"):
            try:
                row = {column.name: read_cell(column, raw[column.header]) for column in table.columns}
                keys = [row[column.name] for column in table.columns if column.unique]
                stray = name in ("members", "ledger", "events") and row["household_id"] not in known
                if stray or seen & set(keys):
                    raise ValueError("id")
                seen |= set(keys)
            except ValueError:
                package.rejected.append((f"{name}.csv", number))
                continue
            package.tables[name].append(row | {"row": number})
        known = known or {row["household_id"] for row in package.tables["households"]}
    _match(package)
    return package


def _match(package: Package) -> None:
    by_number, by_name = defaultdict(list), defaultdict(list)
    for member in package.tables["members"]:
        number = spell(member["id_number"] or "")
        member["number"] = number if is_valid(number) else ""
        member["born"] = member["birth_date"] or (birth_date(number) if member["number"] else None)
        if member["number"]:
            by_number[member["number"]].append(member)
        by_name[member["name"], member["born"]].append(member)
    for name in ("medical", "school", "insurance"):
        seen: set[tuple[Any, ...]] = set()
        for row in package.tables[name]:
            number = spell(row["id_number"] or "")
            key = (number, *(value for column, value in row.items() if column not in ("row", "id_number")))
            found = by_number[number] if is_valid(number) else by_name[row["name"], row["birth_date"]]
            if not is_valid(number) and row["birth_date"] is None:
                found = []
            outcome = {0: "unmatched", 1: "matched"}.get(len(found), "ambiguous")
            outcome = "duplicate" if key in seen else outcome
            seen.add(key)
            row["member"] = found[0] if outcome == "matched" else None
            package.matched[f"{name}.csv", row["row"]] = (outcome, found[0]["member_id"] if row["member"] else "")


@dataclass
class Case:
    """The rows of one household."""

    row: Row
    members: list[Row] = field(default_factory=list)
    ledger: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    papers: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))


def cases(package: Package) -> dict[str, Case]:
    """Every household with its rows."""
    found = {row["household_id"]: Case(row) for row in package.tables["households"]}
    for name in ("members", "ledger", "events"):
        for row in package.tables[name]:
            getattr(found[row["household_id"]], name).append(row)
    for name in ("medical", "school", "insurance"):
        for row in package.tables[name]:
            if row["member"]:
                found[row["member"]["household_id"]].papers[name].append(row)
    return found


def members_on(case: Case, on: date) -> list[Row]:
    return [
        m
        for m in case.members
        if m["shares_budget"] is not False
        and (m["joined_on"] is None or m["joined_on"] <= on)
        and (m["left_on"] is None or m["left_on"] > on)
    ]


def _net(case: Case, window: Any) -> int | None:
    rows = [r for r in case.ledger if r["quarter"] in window.quarters]
    counted = [r for r in rows if r["kind"] in (*INCOME_KINDS, "production_cost")]
    if {r["quarter"] for r in counted} != set(window.quarters):
        return None
    return sum(int(-r["amount"] if r["kind"] == "production_cost" else r["amount"]) for r in counted)


def judge(case: Case, on: date) -> dict[str, Any]:
    """What a screening should say of one household (contract 3 and 4)."""
    window = rolling_window(on)
    here = members_on(case, on)
    n, m = len(here), len(members_on(case, years_before(on, 1)))
    now, before = _net(case, window), _net(case, year_before(window))
    base = _net(case, last_year(on))
    base = before if base is None else base
    spent = dict.fromkeys((*RIGID_KINDS, "claim_income"), 0)
    for r in case.ledger:
        if r["quarter"] in window.quarters and r["kind"] in spent:
            spent[r["kind"]] += r["amount"]
    ids = {member["member_id"] for member in here}
    papers = {
        name: [r for r in case.papers[name] if r["member"]["member_id"] in ids]
        for name in ("medical", "school", "insurance")
    }
    bills = [r for r in papers["medical"] if quarter_of(r["settled_on"]) in window.quarters]
    medical = max(spent["rigid_medical"], sum(r["self_paid"] for r in bills))
    rigid = medical + sum(spent[kind] for kind in RIGID_KINDS if kind != "rigid_medical")
    cause = any(window.starts <= e["occurred_on"] <= on for e in case.events)
    met, suspected, unknown = _shocks(now, before, base, rigid, n, m, cause)
    if now is not None and n and now >= 800000 * n and now + spent["claim_income"] - medical < 800000 * n:
        suspected.append("income_after_medical_below_line")
    met += _assurances(case, here, papers, bills, now, spent["rigid_education"], on)
    routes = [r for r, rules in (("A", met[:1] == ["income_below_line"]), ("B", {*_B} & {*met})) if rules]
    outcome = "met" if routes else "suspected" if suspected else "special" if met else "unknown" if unknown else ""
    return {
        "expected_members": str(n),
        "expected_net_income_fen": "" if now is None else str(now),
        "expected_outcome": outcome or "not_met",
        "expected_route": "+".join(routes),
        "expected_rules_met": ";".join(met),
        "expected_rules_suspected": ";".join(suspected),
    }


_B = ("rigid_spending_exceeds_income", "income_dropped")


def _shocks(
    now: int | None, before: int | None, base: int | None, rigid: int, n: int, m: int, cause: bool
) -> tuple[list[str], list[str], bool]:
    met: list[str] = []
    suspected: list[str] = []
    unknown = False
    if now is None or not n:
        unknown = True
    elif now < 800000 * n:
        met.append("income_below_line")
    if rigid > 0:
        if base is None:
            unknown = True
        elif base <= 0 or rigid > base:
            (met if cause else suspected).append(_B[0])
        elif rigid * 10 >= base * 6:
            suspected.append(_B[0])
    if now is None or before is None or not n or not m:
        unknown = True
    elif before > 0:
        fall = before * n - now * m
        if fall * 10 >= before * n * 3:
            (met if cause else suspected).append(_B[1])
        elif fall * 10 >= before * n * 2:
            suspected.append(_B[1])
    return met, suspected, unknown


def _assurances(
    case: Case, here: list[Row], papers: dict[str, list[Row]], bills: list[Row], now: int | None, fees: int, on: date
) -> list[str]:
    met = []
    after = sum(r["total"] - r["basic_paid"] - r["catastrophic_paid"] for r in bills)
    if after > (500000 if now is not None and now < 1000000 * len(here) else 2000000):
        met.append("medical_burden")
        met += ["medical_aid_not_received"] * (sum(r["aid_paid"] for r in bills) == 0)
    if any(_out_of_school(m, papers["school"], on) for m in here):
        met.append("child_out_of_school")
    stages = ("普通高中", "中职", "高职高专", "技师学院", "本科", "硕士")
    if fees > 1000000 and any((m["schooling"] or "").startswith(stages) for m in here):
        met.append("tuition_burden")
    if any(_uninsured(m, papers["insurance"], on.year) for m in here):
        met.append("member_uninsured")
    met += ["dwelling_unsafe"] * (case.row["dwelling_grade"] in ("C", "D"))
    return met + ["water_unsafe"] * (case.row["water_safe"] is False)


def _out_of_school(member: Row, school: list[Row], on: date) -> bool:
    if member["born"] is None or not 6 <= age_on(member["born"], on) <= 15:
        return False
    rows = [r for r in school if r["member"] is member and r["as_of"] <= on]
    latest = [r for r in rows if r["as_of"] == max(x["as_of"] for x in rows)]
    if latest:
        return any(r["status"] == "辍学" for r in latest)
    return member["schooling"] in ("非在校生", "辍学")


def _uninsured(member: Row, insurance: list[Row], year: int) -> bool:
    rows = [r["status"] for r in insurance if r["member"] is member and r["year"] == year]
    if rows:
        return "参保" not in rows
    return bool(member["medical_insurance"] == "未参保")
