"""社事办：残疾人名册。"""

from __future__ import annotations

from shouwang.policy.feed import HALF_YEARLY, Feed
from shouwang.terms.tables import DISABILITY_GRADES, MEMBERS, Column, Type

DISABLED = Feed(
    "social_office_disabled", "social_office", "残疾人名册", "四/一",
    "持证残疾人的等级，更新户档案里的残疾等级。残疾证号可直接填在身份证号一列，取前18位。", HALF_YEARLY, MEMBERS,
    (
        Column(
            "disability_grade", "残疾等级", Type.CHOICE, "残疾证上的等级", required=True,
            choices={grade: grade for grade in DISABILITY_GRADES},
        ),
    ),
)  # fmt: skip
