"""社会事务服务中心：低保、特困、临时救助发放。"""

from __future__ import annotations

from shouwang.policy.feed import MONTHLY, ledger, money, paid_on
from shouwang.terms.tables import Column, Type

RELIEF = ledger(
    "social_affairs_relief", "social_affairs", "低保特困临时救助发放",
    "低保金、特困人员供养金、临时救助的发放，计入转移性收入；临时救助是一次性的。"
    "按户发放的，只在领取人一行填全额，不要在每个成员重复填。", MONTHLY, "转移性收入",
    (
        Column(
            "one_off", "救助类别", Type.CHOICE, "临时救助按一次性收入计", required=True,
            choices={"低保": "否", "特困供养": "否", "临时救助": "是"},
        ),
        money("发放金额", "实际发放的金额"),
        paid_on(),
    ),
)  # fmt: skip
