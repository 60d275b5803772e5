"""Invented households, made to sit on every edge a rule has: a fen beside the line, a day beside the window.

Hypothesis chooses a `Recipe` for each household; the rest follows from its seed, so a failing household shrinks to the
plainest recipe that still fails and is always built the same again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

from shouwang.policy.book import RuleBook
from shouwang.terms.evaluate import Facts, Row
from shouwang.terms.nodes import RATIO_SCALE
from shouwang.terms.tables import (
    BY_NAME,
    CAUSES,
    INCOME_KINDS,
    INSURANCE_STATUSES,
    RIGID_KINDS,
    SCHOOL_STATUSES,
    SCHOOLING,
)
from shouwang.units.money import LARGEST_FEN
from shouwang.units.periods import years_before
from tests.readers.both import row_of

#: Where income of the window, income of the year before, spending and bills are put.
INCOMES = ("random", "monitoring_line", "severe_line", "medical_burden_split", "drop_ratio", "drop_ratio_watch", "huge")
BEFORES = ("random", "positive", "zero", "negative")
SPENDINGS = ("none", "random", "spend_ratio", "spend_ratio_watch", "tuition_limit", "negative", "income_after_medical")
BILLS = ("none", "random", "medical_burden_low", "medical_burden_other", "medical_difference")
COVERS = ("full", "full", "full", "gaps", "empty")
#: Endings that a household_id may have, once trimmed and normalised, and that a writer of JSON or CSV may trip over.
ODD_ENDINGS = (
    "",
    "",
    "",
    '"',
    "\\",
    "'",
    ",",
    "\\n",
    "a\tb",
    "a\nb",
    "；户",
    "=1+1",
    "\\u4e00",
    "''",
    "%s{0}",
    "\u2028",
    "a\x85b",
)


@dataclass(frozen=True)
class Recipe:
    """What Hypothesis chooses for one household."""

    seed: int
    people: int
    income: str
    before: str
    spending: str
    bills: str
    cover: str
    off: int


def recipes() -> st.SearchStrategy[list[Recipe]]:
    """Up to forty households."""
    one = st.builds(
        Recipe,
        seed=st.integers(0, 2**24),
        people=st.integers(0, 5),
        income=st.sampled_from(INCOMES),
        before=st.sampled_from(BEFORES),
        spending=st.sampled_from(SPENDINGS),
        bills=st.sampled_from(BILLS),
        cover=st.sampled_from(COVERS),
        off=st.integers(-1, 1),
    )
    return st.lists(one, min_size=1, max_size=40)


def any_recipes(count: int, seed: int) -> list[Recipe]:
    """So many recipes, the same for the same seed, without Hypothesis."""
    dice, chosen = Random(seed), []
    for _ in range(count):
        choices = [dice.choice(options) for options in (INCOMES, BEFORES, SPENDINGS, BILLS, COVERS)]
        chosen.append(Recipe(dice.getrandbits(24), dice.randint(0, 5), *choices, dice.randint(-1, 1)))
    return chosen


def population(book: RuleBook, chosen: list[Recipe]) -> list[Facts]:
    """The households of some recipes, under ids that differ."""
    return [Household(book, recipe, f"{index:03}").facts() for index, recipe in enumerate(chosen)]


class Household:
    """One invented household."""

    def __init__(self, book: RuleBook, recipe: Recipe, number: str) -> None:
        self.recipe, self.dice, self.day = recipe, Random(recipe.seed), book.as_of
        self.spans, self.limits = book.context.spans, book.parameters
        self.id = f"H{number}{self.dice.choice(ODD_ENDINGS)}"
        self.ledger: list[Row] = []
        self.members = [self.member(index) for index in range(recipe.people)]
        self.heads = sum(self.counts(member, self.day) for member in self.members)
        self.heads_before = sum(self.counts(member, years_before(self.day, 1)) for member in self.members)

    def facts(self) -> Facts:
        """The finished household. Order matters: spending is set against the income that coverage left."""
        self.earn()
        self.spend()
        for member in self.members:
            self.departments(member)
        self.settle_bills()
        own = {"dwelling_grade": self.dice.choice((None, *"ABCD")), "water_safe": self.dice.choice((None, True, False))}
        unit = self.dice.choice(("一连", "二连"))
        events = [self.event() for _ in range(self.dice.choice((0, 0, 1, 2)))]
        self.dice.shuffle(self.ledger)
        return {
            "households": row_of(BY_NAME["households"], household_id=self.id, unit=unit, **own),
            "members": self.members,
            "ledger": self.ledger,
            "events": events,
        }

    # ---- people

    def near(self, day: date, *, spread: int = 1) -> date:
        return day + timedelta(days=self.dice.randint(-spread, spread))

    def member(self, index: int) -> Row:
        moments = (self.day, years_before(self.day, 1))
        ages = (self.limits["school_age_from"], self.limits["school_age_to"] + 1)
        births = (None, date(1970, 1, 1), date(2012, 2, 29), date(2004, 2, 29))
        edge_of_school = [self.near(years_before(self.day, age)) for age in ages]
        return row_of(
            BY_NAME["members"],
            household_id=self.id,
            member_id=f"{self.id}-{index}",
            name="某人",
            birth_date=self.dice.choice((*births, *edge_of_school, self.near(self.day, spread=6000))),
            shares_budget=self.dice.random() < 0.85,
            joined_on=self.dice.choice((None, None, None, *map(self.near, moments))),
            left_on=self.dice.choice((None, None, None, *map(self.near, moments))),
            schooling=self.dice.choice((None, *SCHOOLING, "高中", "x")),
            medical_insurance=self.dice.choice((None, "居民", "职工", "未参保")),
        )

    @staticmethod
    def counts(member: Row, day: date) -> bool:
        joined, left = member["joined_on"], member["left_on"]
        return member["shares_budget"] and (joined is None or joined <= day) and (left is None or left > day)

    def event(self) -> Row:
        window = self.spans["W"]
        when = self.dice.choice((window.starts, self.day, window.ends, self.near(self.day, spread=800)))
        cause = self.dice.choice(CAUSES)
        return row_of(BY_NAME["events"], household_id=self.id, occurred_on=self.near(when), cause=cause)

    def departments(self, member: Row) -> None:
        """School roll and insurance rows around the as-of date, several on one day included."""
        for _ in range(self.dice.choice((0, 0, 1, 3))):
            status, when = self.dice.choice(SCHOOL_STATUSES), self.near(self.day, spread=2)
            member["school"].append(row_of(BY_NAME["school"], status=status, as_of=when))
        for _ in range(self.dice.choice((0, 0, 1, 2))):
            status, year = self.dice.choice(INSURANCE_STATUSES), self.day.year - self.dice.choice((0, 0, 0, 1, -1))
            member["insurance"].append(row_of(BY_NAME["insurance"], status=status, year=year))

    # ---- money

    def line(self, quarter: int, kind: str, amount: int) -> None:
        one_off = self.dice.random() < 0.1
        self.ledger.append(
            row_of(BY_NAME["ledger"], household_id=self.id, quarter=quarter, kind=kind, amount=amount, one_off=one_off)
        )

    def net(self, span: str) -> int | None:
        """Net income, as far as this file needs it: to aim at a boundary."""
        quarters = self.spans[span].quarters
        counted = [row for row in self.ledger if row["kind"] in (*INCOME_KINDS, "production_cost")]
        if not set(quarters) <= {row["quarter"] for row in counted}:
            return None
        signs = [-1 if row["kind"] == "production_cost" else 1 for row in counted]
        return sum(s * row["amount"] for s, row in zip(signs, counted, strict=True) if row["quarter"] in quarters)

    def earn(self) -> None:
        """Ordinary rows in every quarter, then one row a window that brings its net income to the chosen amount."""
        if self.recipe.cover == "empty":
            return
        for quarter in range(self.spans["P"].first - 2, self.spans["W"].last + 3):
            for _ in range(self.dice.choice((1, 1, 2))):
                amount = self.dice.choice((0, 1, self.dice.randint(-300_000, 900_000)))
                self.line(quarter, self.dice.choice((*INCOME_KINDS, "production_cost", "claim_income")), amount)
            self.line(quarter, "transfer_income", 0)
        self.bring("P", self.before())
        self.bring("W", self.income())
        if self.recipe.cover == "gaps":
            gaps = {self.dice.randint(self.spans["P"].first, self.spans["W"].last) for _ in range(2)}
            self.ledger = [row for row in self.ledger if row["quarter"] not in gaps]

    def bring(self, span: str, wanted: int) -> None:
        quarter = self.spans[span].first if span == "P" else self.spans[span].last
        kind, have = self.dice.choice((*INCOME_KINDS, "production_cost")), self.net(span) or 0
        self.line(quarter, kind, have - wanted if kind == "production_cost" else wanted - have)

    def before(self) -> int:
        kinds = {"zero": 0, "negative": -self.dice.randint(1, 9_000_000), "positive": 6_000_000}
        return kinds.get(self.recipe.before, self.dice.randint(-100, 12_000_000))

    def income(self) -> int:
        """The net income of the window that puts the household a fen beside the chosen limit."""
        kind, off = self.recipe.income, self.recipe.off
        if kind in ("monitoring_line", "severe_line", "medical_burden_split"):
            return self.limits[kind] * self.heads + off
        if kind in ("drop_ratio", "drop_ratio_watch"):
            before, people = self.before(), max(self.heads_before, 1)
            return (RATIO_SCALE - self.limits[kind]) * before * self.heads // (RATIO_SCALE * people) + off
        if kind == "huge":
            return self.dice.choice((-1, 1)) * LARGEST_FEN
        return self.dice.randint(-2_000_000, 9_000_000)

    def spend(self) -> None:
        kind, off, base = self.recipe.spending, self.recipe.off, self.net("Y")
        base = self.net("P") if base is None else base
        quarters = self.spans["W"].quarters
        if kind == "none":
            return
        total = self.dice.randint(0, 5_000_000)
        if kind in ("spend_ratio", "spend_ratio_watch"):
            total = self.limits[kind] * (base or 0) // RATIO_SCALE + off
        if kind == "income_after_medical":
            total = (self.net("W") or 0) - self.limits["monitoring_line"] * self.heads + off
        if kind == "negative":
            total = self.dice.choice((-1, 0))
        if kind == "tuition_limit":
            self.line(self.dice.choice(quarters), "rigid_education", self.limits[kind] + off)
            return
        part = self.dice.randint(-1000, 1_000_000)
        used = ("rigid_medical",) if kind == "income_after_medical" else RIGID_KINDS
        self.line(self.dice.choice(quarters), self.dice.choice(used), part)
        self.line(self.dice.choice(quarters), self.dice.choice(used), total - part)
        self.line(self.spans["W"].first - 1, "rigid_other", 77_700)
        self.line(self.spans["W"].last + 1, "rigid_medical", 88_800)

    def settle_bills(self) -> None:
        kind, off = self.recipe.bills, self.recipe.off
        if kind == "none" or not self.members:
            return
        window = self.spans["W"]
        days = (window.starts, window.ends, window.starts - timedelta(1), window.ends + timedelta(1), self.day)
        burden = self.dice.randint(-100, 3_000_000)
        self_paid = self.dice.randint(0, 1_500_000)
        if kind in ("medical_burden_low", "medical_burden_other"):
            burden = self.limits[kind] + off
        if kind == "medical_difference":
            medical = [
                row for row in self.ledger if row["kind"] == "rigid_medical" and row["quarter"] in window.quarters
            ]
            sign = self.dice.choice((-1, 1))
            self_paid = sum(row["amount"] for row in medical) + sign * self.limits["medical_difference"] + off
        for when in self.dice.sample(days[:2], 1) + self.dice.sample(days, self.dice.choice((0, 1))):
            self.dice.choice(self.members)["medical"].append(self.bill(when, burden, self_paid))
            burden, self_paid = 0, self.dice.choice((0, 10_000))

    def bill(self, settled_on: date, burden: int, self_paid: int) -> dict[str, Any]:
        paid = {name: self.dice.randint(0, 900_000) for name in ("basic_paid", "catastrophic_paid")}
        total, aid = burden + sum(paid.values()), self.dice.choice((0, 0, 1, 500_000))
        return row_of(BY_NAME["medical"], settled_on=settled_on, total=total, **paid, aid_paid=aid, self_paid=self_paid)
