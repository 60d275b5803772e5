"""农发中心：棉花果品交售，农资投入，灾害损失，农业保险理赔。"""

from __future__ import annotations

from shouwang.policy.feed import AS_NEEDED, QUARTERLY, Feed, item, ledger, money, paid_on
from shouwang.terms.tables import EVENTS, Column, Type

SALES = ledger(
    "agriculture_sales", "agriculture", "棉花果品交售",
    "交售棉花、果品、粮食、牲畜的结算款，计入生产经营性收入。", QUARTERLY, "生产经营性收入",
    (
        item("品种", "交售的作物或牲畜，如籽棉、红枣"),
        money("结算金额", "实际结算给本人的金额"),
        paid_on("结算日期", "结算之日；计入这一天所在的季度"),
    ),
)  # fmt: skip

INPUTS = ledger(
    "agriculture_inputs", "agriculture", "农资投入",
    "种子、化肥、农药、滴灌带、机力、水费等生产投入，计入生产经营性支出；计算纯收入时扣除。", QUARTERLY, "生产经营性支出",
    (
        item("投入项目", "如化肥、滴灌带、机采费"),
        money("投入金额", "由本人承担的金额，填正数"),
        paid_on("结算日期", "结算之日；计入这一天所在的季度"),
    ),
)  # fmt: skip

DISASTERS = Feed(
    "agriculture_disasters", "agriculture", "灾害损失", "二/三/1",
    "冰雹、大风、冻害、病虫害等造成的损失，作为因灾变故记入户档案。", AS_NEEDED, EVENTS,
    (
        Column("occurred_on", "受灾日期", Type.DATE, "灾害发生之日", required=True),
        Column("note", "受灾情况", meaning="作物、面积、损失比例", shown_only=True),
    ),
    fixed={"cause": "因灾"},
)  # fmt: skip

CLAIMS = ledger(
    "agriculture_claims", "agriculture", "农业保险理赔",
    "农业保险赔付给本人的钱款，计入理赔收入。", AS_NEEDED, "理赔收入",
    (item("险种", "如棉花种植险"), money("赔付金额", "实际赔付的金额"), paid_on("赔付日期", "赔付到账之日；计入这一天所在的季度")),
    clause="二/三/1",
)  # fmt: skip
