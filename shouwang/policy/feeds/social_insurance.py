"""社保所：参保名册，养老金发放，失业登记。"""

from __future__ import annotations

from shouwang.policy.feed import MONTHLY, YEARLY, Feed, ledger, money, paid_on
from shouwang.terms.tables import EVENTS, INSURANCE, Column, Type

ENROLMENT = Feed(
    "insurance_enrolment", "social_insurance", "参保名册", "二/三/3",
    "基本医疗保险的参保状态，每人每年一行；用来发现没有参保的成员。", YEARLY, INSURANCE,
    INSURANCE.columns[3:],
)  # fmt: skip

PENSIONS = ledger(
    "insurance_pensions", "social_insurance", "养老金发放",
    "职工、居民养老金的发放，计入转移性收入。", MONTHLY, "转移性收入",
    (money("养老金", "实际发放的金额"), paid_on()),
)  # fmt: skip

UNEMPLOYMENT = Feed(
    "insurance_unemployment", "social_insurance", "失业登记", "二/三/1",
    "新登记失业的人员，作为失业变故记入户档案。", MONTHLY, EVENTS,
    (
        Column("occurred_on", "失业日期", Type.DATE, "失去工作之日", required=True),
        Column("note", "原工作单位", meaning="原来在哪里工作、为什么失业", shown_only=True),
    ),
    fixed={"cause": "失业"},
)  # fmt: skip
