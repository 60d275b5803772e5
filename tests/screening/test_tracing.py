"""Walking from kink to kink finds every change of outcome, to the unit. Held against asking every amount one by one."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shouwang.policy.forms import MET, NOT_MET, SUSPECTED, UNKNOWN
from shouwang.policy.parameters import Names
from shouwang.screening.tracing import RuleProbe, State, bands
from shouwang.terms import tables as t
from shouwang.terms.build import Rows, Term, choose, larger, named
from shouwang.terms.context import Context
from shouwang.terms.evaluate import Evaluator, Facts
from shouwang.terms.nodes import Named

REACH = 60
ledger = Rows(t.LEDGER)
amount = named("figure.amount", ledger.total(ledger.amount))
OUTCOMES = st.sampled_from([MET.value, SUSPECTED.value, NOT_MET.value, UNKNOWN.value])
WHOLE = st.integers(-40, 40)
SLOPES = st.integers(-5, 5)


@st.composite
def lines(draw: st.DrawFn) -> Term:
    """A straight line in the amount, or the larger of two, or one with a jump in it."""
    plain = amount * draw(SLOPES) + draw(WHOLE)
    kind = draw(st.sampled_from(["plain", "larger", "jump"]))
    if kind == "larger":
        return larger(plain, amount * draw(SLOPES) + draw(WHOLE))
    if kind == "jump":
        return choose((amount * draw(SLOPES) < draw(WHOLE), plain), otherwise=amount + draw(WHOLE))
    return plain


@st.composite
def rules(draw: st.DrawFn) -> Named:
    """A rule of a few cases, each a comparison of two lines."""
    cases = []
    for _ in range(draw(st.integers(1, 4))):
        left, right, op = draw(lines()), draw(lines()), draw(st.sampled_from(["<", "<=", "=="]))
        held = left < right if op == "<" else (left <= right if op == "<=" else left == right)
        cases.append((held, draw(OUTCOMES)))
    node = named("rule.made_up", choose(*cases, otherwise=draw(OUTCOMES))).node
    assert isinstance(node, Named)
    return node


def facts_with(value: int) -> Facts:
    row = {column.name: None for column in t.LEDGER.columns} | {"amount": value}
    return {"households": {}, "members": [], "events": [], "ledger": [row]}


@given(rules())
def test_bands_say_what_every_amount_says(rule: Named) -> None:
    probe = RuleProbe(Evaluator(Context(date(2020, 5, 20), {})), rule)
    assert probe.straight
    found = bands(lambda value: probe.state(facts_with(value)), -REACH, REACH)
    for value in range(-REACH, REACH + 1):
        (band,) = [band for band in found if band.holds(value)]
        assert band.outcome is probe.outcome(facts_with(value)), value
    assert all(one.outcome is not other.outcome for one, other in pairwise(found))


def test_far_borders_cost_few_questions() -> None:
    asked: list[int] = []

    def probe(value: int) -> State:
        asked.append(value)
        return State(MET if value < 4_000_001 else NOT_MET, (value - 4_000_001,))

    found = bands(probe)
    assert [(band.first, band.last) for band in found] == [(None, 4_000_000), (4_000_001, None)]
    assert len(asked) < 10


def test_a_rule_that_divides_is_not_walked() -> None:
    evaluator = Evaluator(Context(date(2020, 5, 20), {"severe_line": 5}))
    line = Names("qituan_2020").severe_line
    for term in (amount.per(line) < line, amount * amount < line):
        node = named("rule.bent", choose((term, "met"), otherwise="not_met")).node
        assert isinstance(node, Named)
        assert not RuleProbe(evaluator, node).straight
