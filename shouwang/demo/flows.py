"""The streams of money of a chunk: one array (streams, households, quarters) in fen, and sums over it.

Each stream is one kind of ledger line of one earner; a cell that is not zero becomes one ledger row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shouwang.demo.calendar import QUARTERS
from shouwang.demo.dice import Ints
from shouwang.demo.people import CHILD1, FATHER, HEAD, INLAW, MOTHER, SPOUSE
from shouwang.terms.tables import INCOME_KINDS

NOBODY = -1


@dataclass(frozen=True, slots=True)
class Stream:
    """What a stream is in the ledger: kind, who reported it, whose it is, and whether it is one-off."""

    kind: str
    source: str
    slot: int = NOBODY
    one_off: bool = False


STREAMS = {
    "crop": Stream("production_income", "农发中心"),
    "input": Stream("production_cost", "农发中心"),
    "venture": Stream("production_cost", "走访"),
    "wage_head": Stream("wage_income", "走访", HEAD),
    "wage_spouse": Stream("wage_income", "走访", SPOUSE),
    "wage_child": Stream("wage_income", "走访", CHILD1),
    "wage_inlaw": Stream("wage_income", "走访", INLAW),
    "picking": Stream("wage_income", "走访"),
    "pension_head": Stream("transfer_income", "社保所", HEAD),
    "pension_spouse": Stream("transfer_income", "社保所", SPOUSE),
    "pension_father": Stream("transfer_income", "社保所", FATHER),
    "pension_mother": Stream("transfer_income", "社保所", MOTHER),
    "target_subsidy": Stream("transfer_income", "经发办"),
    "land_subsidy": Stream("transfer_income", "经发办"),
    "subsistence": Stream("transfer_income", "社会事务服务中心"),
    "rent": Stream("property_income", "走访"),
    "relief": Stream("transfer_income", "社会事务服务中心", one_off=True),
    "nothing": Stream("wage_income", "走访"),
    "wrong_wage": Stream("wage_income", "走访"),
    "undone_wage": Stream("wage_income", "冲销"),
    "wrong_crop": Stream("production_income", "走访"),
    "undone_crop": Stream("production_income", "冲销"),
    "claim": Stream("claim_income", "保险公司"),
    "medical": Stream("rigid_medical", "走访"),
    "education": Stream("rigid_education", "学校"),
    "disaster": Stream("rigid_disaster", "农发中心"),
    "other": Stream("rigid_other", "走访"),
}
AT = {code: position for position, code in enumerate(STREAMS)}
INCOME = [at for code, at in AT.items() if STREAMS[code].kind in INCOME_KINDS]
COST = [at for code, at in AT.items() if STREAMS[code].kind == "production_cost"]
#: Income and costs that a smaller or larger household economy scales.
ECONOMY = [at for at in (*INCOME, *COST) if at != AT["relief"]]
WAGES = [AT[code] for code in ("wage_head", "wage_spouse", "wage_child", "wage_inlaw", "picking")]
WAGE_SLOTS = {"head": HEAD, "spouse": SPOUSE, "child": CHILD1, "inlaw": INLAW}
PENSION_SLOTS = {"head": HEAD, "spouse": SPOUSE, "father": FATHER, "mother": MOTHER}


def empty(households: int) -> Ints:
    """No money anywhere."""
    return np.zeros((len(STREAMS), households, QUARTERS), np.int64)


def net(fen: Ints) -> Ints:
    """Net income by household and quarter: incomes less costs of production (contract 4)."""
    result: Ints = fen[INCOME].sum(axis=0) - fen[COST].sum(axis=0)
    return result


def of_kind(fen: Ints, kind: str) -> Ints:
    """All lines of one kind, by household and quarter."""
    result: Ints = fen[[AT[code] for code, stream in STREAMS.items() if stream.kind == kind]].sum(axis=0)
    return result
