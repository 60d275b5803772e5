"""What would change a household's outcome? On the 26 situations, every claim tried out to the fen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shouwang.policy.forms import MET, NOT_MET, SUSPECTED, Outcome
from shouwang.screening.reasons import Explanation, Scale
from tests.screening.conftest import HOUSEHOLDS
from tests.screening.trials import EVERY, D, Explained, Load, outcome_with, rule, with_addition


def claims(explanation: Explanation) -> Iterator[tuple[str, Scale, int, Outcome]]:
    """Every amount at the edge of a band, with the outcome claimed for it."""
    for reason in explanation.rules:
        for scale in reason.scales:
            for band in scale.bands:
                for amount in (band.first, band.last):
                    if amount is not None:
                        yield reason.id, scale, amount, band.outcome


@pytest.mark.parametrize(("household_id", "as_of"), EVERY)
def test_a_margin_holds_to_the_fen(household_id: str, as_of: str, explained: Explained, household: Load) -> None:
    facts, explanation = household(household_id).rows, explained(household_id, as_of)
    for rule_id, scale, amount, outcome in claims(explanation):
        changed = with_addition(facts, scale, amount)
        assert outcome_with(changed, rule_id, as_of) is outcome, (rule_id, scale.title, amount)


@pytest.mark.parametrize("household_id", HOUSEHOLDS)
def test_bands_meet_without_gap_and_hold_today(household_id: str, explained: Explained) -> None:
    for reason in explained(household_id, D).rules:
        for scale in reason.scales:
            for band, following in zip(scale.bands, scale.bands[1:], strict=False):
                assert band.last is not None
                assert band.last + 1 == following.first
                assert band.outcome is not following.outcome
            assert [band.outcome for band in scale.bands if band.holds(0)] == [reason.outcome]


def test_a_change_of_level_is_shown_as_the_figure_will_read(explained: Explained, household: Load) -> None:
    reason = rule(explained("7T-08", D), "rigid_spending_exceeds_income")
    spending, base = reason.scales
    assert (spending.figure, spending.now) == ("刚性支出", 38_000_00)
    assert [(band.first, band.last, band.outcome) for band in spending.bands] == [
        (-38_000_00, -9_800_01, NOT_MET),
        (-9_800_00, 9_000_00, SUSPECTED),
        (9_000_01, None, MET),
    ]
    # 38000 is above 100 % of 37999.99, and below 60 % of 63333.34.
    assert [band.first for band in base.bands] == [None, -9_000_00, 16_333_34]
    assert "计算期内刚性支出再多9000.01元，超过47000.00元：命中" in spending.texts


def test_a_household_on_the_line_is_one_fen_from_being_below(explained: Explained) -> None:
    (scale,) = rule(explained("7T-01", D), "income_below_line").scales
    assert [(band.first, band.last, band.outcome) for band in scale.bands] == [(None, -1, MET), (0, None, NOT_MET)]
    assert scale.heads == 3
    (scale,) = rule(explained("7T-02", D), "income_below_line").scales
    assert [band.first for band in scale.bands] == [None, 1]


def test_the_drop_is_solved_across_heads(explained: Explained) -> None:
    """7T-10: 80000 over four heads a year ago, 50000 over three now: 20 % off 20000 a head is 48000, 30 % is 42000."""
    now, before = rule(explained("7T-10", D), "income_dropped").scales
    assert (now.now, [band.outcome for band in now.bands]) == (50_000_00, [SUSPECTED, NOT_MET])
    assert now.bands[0].last == -2_000_00
    assert before.title == "上年同期纯收入"


def test_a_cause_decides_between_suspected_and_met(explained: Explained) -> None:
    (turn,) = rule(explained("7T-12", D), "income_dropped").turns
    assert turn.outcome is MET
    assert "因病" in turn.text
    (turn,) = rule(explained("7T-09", D), "income_dropped").turns
    assert (turn.text, turn.outcome) == ("如登记的变故（失业）经核实不成立", SUSPECTED)


def test_people_are_called_by_name(explained: Explained) -> None:
    (turn,) = rule(explained("7T-14", D), "child_out_of_school").turns
    assert (turn.text, turn.outcome) == ("如张三14的学籍状态为在读、休学、毕业", NOT_MET)
    (turn,) = rule(explained("7T-15", D), "member_uninsured").turns
    assert (turn.text, turn.outcome) == ("如刘二15的参保状态为参保", NOT_MET)
