"""What is missing, what does it block, and which answer would decide it?"""

from __future__ import annotations

import pytest

from shouwang.policy.forms import MET, NOT_MET
from shouwang.screening.aloud import to_text
from shouwang.screening.explain import explain
from shouwang.screening.reasons import HouseholdFacts
from tests.screening.conftest import book_of
from tests.screening.trials import EVERY, D, Explained, Load, index_of, outcome_with, rule, with_addition


def test_one_missing_quarter_and_the_income_that_decides(explained: Explained) -> None:
    explanation = explained("7T-06", D)
    pending = rule(explanation, "income_below_line").pending
    assert pending is not None
    assert [[fact.title for fact in way] for way in pending.ways] == [["2019年第3季度的收入"]]
    assert (pending.known_figure, pending.known_part) == ("家庭纯收入", 25_500_00)
    assert pending.texts == (
        "缺2019年第3季度；其余季度的家庭纯收入已有25500.00元",
        "若该季纯收入低于6500.00元则命中",
        "若该季纯收入达到6500.00元则不命中",
    )
    dropped = rule(explanation, "income_dropped").pending
    assert dropped is not None
    assert "若该季纯收入不超过1700.00元则疑似" in dropped.texts
    (missing,) = explanation.missing
    assert missing.blocks == missing.settles
    assert len(missing.blocks) == 3


def test_everything_missing_is_ranked_by_what_it_blocks(explained: Explained) -> None:
    explanation = explained("7T-21", D)
    counts = [len(fact.blocks) for fact in explanation.missing]
    assert counts == sorted(counts, reverse=True)
    assert [fact.title for fact in explanation.missing[:4]] == [
        f"{quarter}的收入" for quarter in ("2019年第2季度", "2019年第3季度", "2019年第4季度", "2020年第1季度")
    ]
    assert {fact.title for fact in explanation.missing[4:]} >= {"住房等级", "饮水安全", "吴一21的医疗保险"}
    assert sum(counts) == 3 * 4 + 4 + 2 + 3
    income = rule(explanation, "income_below_line").pending
    assert income is not None
    assert income.known_part is None
    assert income.texts[1] == "若这4个季度纯收入合计低于24000.00元则命中"
    insured = rule(explanation, "member_uninsured").pending
    assert insured is not None
    assert [(turn.text, turn.outcome) for turn in insured.answers] == [
        ("若各人的医疗保险都为居民或职工", NOT_MET),
        ("若其中任何一人的医疗保险为未参保", MET),
    ]


def test_an_unknown_age_is_asked_for_by_name(household: Load) -> None:
    facts = household("7T-14")
    members = [
        {**member, "birth_date": None} if member["name"] == "张三14" else member for member in facts.rows["members"]
    ]
    explanation = explain(book_of(D), HouseholdFacts({**facts.rows, "members": members}, facts.files))
    pending = rule(explanation, "child_out_of_school").pending
    assert pending is not None
    assert [[fact.title for fact in way] for way in pending.ways] == [["张三14的出生日期"]]
    assert pending.texts == (
        "若张三14的年龄为不满6岁或16岁以上，则不命中",
        "若张三14的年龄为6至15岁之间，则命中",
    )


def test_last_year_or_the_year_before_would_do(household: Load) -> None:
    """7T-07 without one quarter of each: the rigid rule waits for either."""
    facts = household("7T-07")
    gone = {index_of("2019Q3"), index_of("2018Q3")}
    ledger = [line for line in facts.rows["ledger"] if line["quarter"] not in gone or line["kind"].startswith("rigid")]
    explanation = explain(book_of(D), HouseholdFacts({**facts.rows, "ledger": ledger}, facts.files))
    pending = rule(explanation, "rigid_spending_exceeds_income").pending
    assert pending is not None
    assert [[fact.key[1] for fact in way] for way in pending.ways] == [["2019Q3"], ["2018Q3"]]
    assert "或者只缺：2018年第3季度的收入" in to_text(explanation)


def test_a_rule_that_is_met_all_the_same_does_not_wait(explained: Explained) -> None:
    explanation = explained("7T-23", D)
    assert rule(explanation, "rigid_spending_exceeds_income").pending is None
    assert rule(explanation, "rigid_spending_exceeds_income").outcome is MET
    (missing,) = explanation.missing
    assert missing.key == ("quarter", "2019Q2")


@pytest.mark.parametrize(("household_id", "as_of"), EVERY)
def test_filling_what_is_missing_decides_as_said(
    household_id: str, as_of: str, explained: Explained, household: Load
) -> None:
    facts = household(household_id).rows
    for reason in explained(household_id, as_of).rules:
        scale = reason.pending.scale if reason.pending else None
        if reason.pending is None or scale is None:
            continue
        quarter = scale.cells["quarter"]
        others = [fact.key[1] for fact in reason.pending.ways[0]]
        zeros = [{**scale.cells, "amount": 0, "quarter": index_of(name)} for name in others]
        rest = [row for row in zeros if row["quarter"] != quarter]
        filled = {**facts, "ledger": [*facts["ledger"], *rest]}
        for band in scale.bands:
            for amount in (band.first, band.last):
                changed = with_addition(filled, scale, 0 if amount is None else amount)
                if amount is not None:
                    assert outcome_with(changed, reason.id, as_of) is band.outcome
