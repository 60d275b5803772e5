"""经发办：补贴发放，企业务工工资。"""

from __future__ import annotations

from shouwang.policy.feed import MONTHLY, QUARTERLY, item, ledger, money, paid_on

SUBSIDIES = ledger(
    "economy_subsidies", "economy", "补贴发放",
    "发到个人的各类补贴，计入转移性收入。收款人不是本人的，按实际享受补贴的人填。", QUARTERLY, "转移性收入",
    (item("补贴项目", "补贴的名称，如棉花目标价格补贴"), money("补贴金额", "实际发放的金额"), paid_on()),
)  # fmt: skip

WAGES = ledger(
    "economy_wages", "economy", "企业务工工资",
    "团场企业、合作社用工发放的工资，计入工资性收入。", MONTHLY, "工资性收入",
    (item("用工单位", "发工资的企业或合作社"), money("实发工资", "扣除社保、个税后的实发金额"), paid_on()),
)  # fmt: skip
