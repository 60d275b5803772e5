"""城镇管理服务中心：住房安全鉴定，饮水安全，公益性岗位工资。"""

from __future__ import annotations

from dataclasses import replace

from shouwang.policy.feed import AS_NEEDED, HALF_YEARLY, HOUSEHOLD, MONTHLY, Feed, item, ledger, money, paid_on
from shouwang.terms.tables import HOUSEHOLDS

DWELLINGS = Feed(
    "urban_dwellings", "urban_services", "住房安全鉴定", "二/三/4",
    "住房安全鉴定的等级，C级、D级为危房。按户编号填。", AS_NEEDED, HOUSEHOLDS,
    (replace(HOUSEHOLDS.column("dwelling_grade"), header="鉴定等级", required=True),), HOUSEHOLD,
)  # fmt: skip

WATER = Feed(
    "urban_water", "urban_services", "饮水安全", "二/三/5",
    "各户饮水是否安全（水量、水质、取水方便、供水保证率都达标）。按户编号填。", HALF_YEARLY, HOUSEHOLDS,
    (replace(HOUSEHOLDS.column("water_safe"), header="饮水是否安全", required=True),), HOUSEHOLD,
)  # fmt: skip

PUBLIC_POSTS = ledger(
    "urban_posts", "urban_services", "公益性岗位工资",
    "保洁、保安等公益性岗位发放的工资，计入工资性收入。", MONTHLY, "工资性收入",
    (item("岗位", "如保洁、保安、护林"), money("实发工资", "实际发放的金额"), paid_on()),
    clause="三/1",
)  # fmt: skip
