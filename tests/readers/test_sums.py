"""Sums kept with stored facts say what the lines say: same terms, same households, with the sums and without."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import ibis
import pytest

from shouwang.intake import sums as kept
from shouwang.screening.compile import Compiler
from shouwang.terms import nodes as n
from shouwang.terms.build import Rows, Term
from shouwang.terms.context import WINDOW, YEAR_BEFORE
from shouwang.terms.sums import SUMS, asked, fen_of
from shouwang.terms.tables import LEDGER, LEDGER_KINDS
from shouwang.units.periods import quarter
from tests.readers import both

KINDS = sorted(set(LEDGER_KINDS.values()))
KEY: both.Key = (date(2020, 5, 20), ())
#: At the turn of 2025 a new word of bits begins: spans lie in one word, in two, and in the next.
KEYS: list[both.Key] = [KEY, *((date(year, 10, 20), ()) for year in (2024, 2025, 2026, 2027))]
ledger = Rows(LEDGER)
_costs = ledger.where(ledger.kind.is_in("production_cost", "wage_income"))
TERMS = {
    "total": ledger.where(ledger.quarter.within(WINDOW)).total(ledger.amount),
    "some": _costs.where(ledger.quarter.within(YEAR_BEFORE)).total(ledger.amount),
    "nobody's": ledger.where(ledger.kind.is_in("claim_income") & ledger.quarter.within(WINDOW)).count(),
    "lines": _costs.where(ledger.quarter.within(WINDOW)).count(),
    "missing": _costs.quarters(ledger.quarter).missing_from(WINDOW),
    "covered": ledger.quarters(ledger.quarter).cover(YEAR_BEFORE),
    "seen in a span": ledger.where(ledger.quarter.within(WINDOW)).quarters(ledger.quarter).missing_from(YEAR_BEFORE),
}
#: Quarters in and out of the spans, and one so far back that no span knows it.
QUARTERS = [quarter(1931, 2), *range(quarter(2017, 4), quarter(2020, 4))]
AMOUNTS = [0, 1, -1, 10**11, -(10**11), 123456]


def _lines(seed: int, many: int, later: int) -> list[tuple[int, int, str, int]]:
    """Household, quarter (so many years later), kind and amount of some lines; nobody has a claim."""
    dice, kinds = Random(seed), [kind for kind in KINDS if kind != "claim_income"]
    quarters = [index + 4 * later for index in QUARTERS]
    return [(dice.randrange(4), dice.choice(quarters), dice.choice(kinds), dice.choice(AMOUNTS)) for _ in range(many)]


def _household(hid: int, lines: list[tuple[int, int, str, int]]) -> dict[str, object]:
    rows = [
        both.row_of(LEDGER, household_id="", quarter=q, kind=k, amount=a) for owner, q, k, a in lines if owner == hid
    ]
    house = {"household_id": f"H{hid}", "unit": "一连", "dwelling_grade": None, "water_safe": None}
    return {"households": house, "members": [], "ledger": rows, "events": []}


@pytest.mark.parametrize("key", KEYS, ids=lambda key: str(key[0]))
@pytest.mark.parametrize(("many", "at_a_time"), [(0, 10**6), (30, 10**6), (200, 1)])
def test_the_sums_say_what_the_lines_say(
    key: both.Key, many: int, at_a_time: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, terms = both.bulk(), {name: term.node for name, term in TERMS.items()}
    lines = _lines(7, many, key[0].year - KEY[0].year)
    population = [_household(hid, lines) for hid in range(4)]
    of_lines = both.bulk_answers(key, terms, population)
    assert of_lines == both.plain_answers(both.evaluator_of(key), terms, population)
    monkeypatch.setattr(kept, "_HELD", at_a_time)
    assert kept.write_sums(engine.connection, tmp_path)
    tables = engine.tables | {SUMS: engine.backend.read_parquet(str(tmp_path / f"{SUMS}.parquet"))}
    whose = {"whose": n.Field(both.HOUSEHOLDS, "household_id")}
    query = str(ibis.to_sql(Compiler(both.book_of(*key).context, tables).relation(whose | terms), dialect="duckdb"))
    assert "amount" not in query
    assert engine.answers(query) == of_lines


@pytest.mark.parametrize(
    "term",
    [
        pytest.param(
            ledger.where(ledger.one_off).where(ledger.quarter.within(WINDOW)).total(ledger.amount), id="other column"
        ),
        pytest.param(
            ledger.where(ledger.amount > 0).where(ledger.quarter.within(WINDOW)).count(), id="amount of a line"
        ),
        pytest.param(_costs.total(ledger.amount), id="all time"),
        pytest.param(
            ledger.where(ledger.quarter.within(WINDOW)).total(ledger.amount + ledger.amount), id="other value"
        ),
    ],
)
def test_what_sums_cannot_answer_is_read_from_the_lines(term: Term) -> None:
    assert isinstance(term.node, n.Aggregate)
    assert asked(term.node, both.book_of(*KEY).context) is None


def test_a_ledger_of_too_many_kinds_and_quarters_keeps_no_sums(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = both.bulk()
    engine.load([_household(0, [(0, quarter(2020, 1), "wage_income", 1), (0, quarter(2020, 2), "wage_income", 1)])])
    monkeypatch.setattr(kept, "_WIDEST", 1)
    assert not kept.write_sums(engine.connection, tmp_path)
    assert not list(tmp_path.iterdir())


def test_columns_are_named_as_people_name_quarters() -> None:
    assert fen_of((quarter(2020, 1), "wage_income")) == "fen_2020Q1_wage_income"
