"""医院：医疗费用结算，大病慢病诊断。"""

from __future__ import annotations

from shouwang.policy.feed import MONTHLY, Feed
from shouwang.terms.tables import EVENTS, MEDICAL, Column, Type

BILLS = Feed(
    "hospital_bills", "hospital", "医疗费用结算", "二/三/3",
    "住院和门诊慢特病的费用结算，一次结算一行；用来看基本医保、大病保险支付后自付是否仍有困难。", MONTHLY, MEDICAL,
    MEDICAL.columns[3:],
)  # fmt: skip

DIAGNOSES = Feed(
    "hospital_diagnoses", "hospital", "大病慢病诊断", "二/三/1",
    "新确诊的大病、长期慢性病，作为因病变故记入户档案。只报病名大类，不报病历。", MONTHLY, EVENTS,
    (
        Column("occurred_on", "确诊日期", Type.DATE, "诊断证明上的日期", required=True),
        Column("note", "诊断", meaning="病种名称，如尿毒症透析、高血压三级", required=True, shown_only=True),
    ),
    fixed={"cause": "因病"},
)  # fmt: skip
