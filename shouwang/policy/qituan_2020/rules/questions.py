"""What in a household's facts should a person settle? Listed in `questions.csv`; decides nothing (contract 4)."""

from __future__ import annotations

from shouwang.policy.forms import question
from shouwang.policy.qituan_2020.indicators.facts import p
from shouwang.policy.qituan_2020.indicators.spending import (
    both_medical_sources,
    rigid_medical_bills,
    rigid_medical_ledger,
)
from shouwang.terms.build import Term


@question(clause="二/四/2", order=1)
def medical_sources_differ() -> Term:
    """台账与结算的医疗自付不一致

    台账医疗支出{rigid_medical_ledger}，结算自付{rigid_medical_bills}，相差超过{p.medical_difference}，已按较大的计算。
    """
    ledger, bills = rigid_medical_ledger.term, rigid_medical_bills.term
    differ = (ledger - bills > p.medical_difference) | (bills - ledger > p.medical_difference)
    return both_medical_sources.term & differ
