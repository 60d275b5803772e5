"""党建办：困难党员群众。"""

from __future__ import annotations

from shouwang.policy.feed import QUARTERLY, Feed
from shouwang.terms.tables import EVENTS, Column, Type

HARDSHIP = Feed(
    "party_hardship", "party_building", "困难党员群众", "二/四/2",
    "走访慰问中掌握的困难党员、困难群众，作为变故记入户档案，供连队走访核实。", QUARTERLY, EVENTS,
    (
        Column("occurred_on", "登记日期", Type.DATE, "掌握这一情况的日期", required=True),
        Column("note", "困难情况", meaning="写事实：谁、什么困难、从什么时候起", required=True, shown_only=True),
    ),
    fixed={"cause": "其他"},
)  # fmt: skip
