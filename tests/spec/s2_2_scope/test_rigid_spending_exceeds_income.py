"""刚性支出明显超过上年度收入（二/二/p1）"""

from shouwang.policy.forms import MET, NOT_MET, SUSPECTED, UNKNOWN
from shouwang.policy.qituan_2020.indicators.spending import rigid, rigid_medical
from shouwang.policy.qituan_2020.rules.scope import rigid_spending_exceeds_income
from tests.spec.conftest import Spec

#: 上年度纯收入60000元的六户。
INCOME = """
  户 | 季 | 类   | 金额
  1  | Y  | 工资 | 60000
  2  | Y  | 工资 | 60000
  3  | Y  | 工资 | 60000
  4  | Y  | 工资 | 60000
  5  | Y  | 工资 | 60000
"""


def test_exceeds_means_more(spec: Spec) -> None:
    """超过不含等于：支出60000.01元对收入60000元，有事由则命中，没有事由是疑似；恰为60000元只达到关注比例。"""
    spec(
        rigid_spending_exceeds_income,
        ledger=INCOME
        + """
          1  | 2020Q1 | 医疗 | 60000.01
          2  | 2020Q1 | 医疗 | 60000.01
          3  | 2020Q1 | 医疗 | 60000
        """.strip(),
        events="""
          户 | 日期       | 事由
          1  | 2020-02-11 | 因病
          3  | 2020-02-11 | 因病
        """,
        expect={1: MET, 2: SUSPECTED, 3: SUSPECTED},
    )


def test_watch_ratio_includes_the_ratio_itself(spec: Spec) -> None:
    """达到关注比例（60%）含等于：36000元疑似，35999.99元不命中；有没有事由不影响。"""
    spec(
        rigid_spending_exceeds_income,
        ledger=INCOME
        + """
          1  | 2020Q1 | 灾害 | 36000
          2  | 2020Q1 | 灾害 | 36000
          3  | 2020Q1 | 灾害 | 35999.99
          4  | 2020Q1 | 灾害 | 35999.99
        """.strip(),
        events="""
          户 | 日期       | 事由
          2  | 2020-02-11 | 因灾
          4  | 2020-02-11 | 因灾
        """,
        expect={1: SUSPECTED, 2: SUSPECTED, 3: NOT_MET, 4: NOT_MET},
    )


def test_ratios_are_parameters(spec: Spec) -> None:
    """两个比例是参数 spend_ratio 和 spend_ratio_watch：改为1.5和0.9。"""
    spec(
        rigid_spending_exceeds_income,
        parameters={"spend_ratio": "1.5", "spend_ratio_watch": "0.9"},
        ledger=INCOME
        + """
          1  | 2020Q1 | 其他 | 90000.01
          2  | 2020Q1 | 其他 | 90000
          3  | 2020Q1 | 其他 | 54000
          4  | 2020Q1 | 其他 | 53999.99
        """.strip(),
        events="户 | 日期\n1 | 2020-02-11\n2 | 2020-02-11",
        expect={1: MET, 2: SUSPECTED, 3: SUSPECTED, 4: NOT_MET},
    )


def test_no_spending_decides_without_income(spec: Spec) -> None:
    """没有刚性支出，或冲销后不为正：不命中，不问收入是否齐全、是否亏损。"""
    spec(
        rigid_spending_exceeds_income,
        ledger="""
          户 | 季     | 类   | 金额
          2  | 2020Q1 | 医疗 | 900
          2  | 2020Q1 | 医疗 | -900
          3  | 2020Q1 | 教育 | -1
          3  | Y      | 成本 | 5000
        """,
        events="户 | 日期\n1 | 2020-02-11\n2 | 2020-02-11\n3 | 2020-02-11",
        expect={1: NOT_MET, 2: NOT_MET, 3: NOT_MET},
    )


def test_no_income_to_compare_with(spec: Spec) -> None:
    """有刚性支出，而上年度和上年同期的收入都不全：资料不足，有事由也一样。"""
    spec(
        rigid_spending_exceeds_income,
        ledger="""
          户 | 季     | 类   | 金额
          1  | 2020Q1 | 医疗 | 0.01
          2  | 2020Q1 | 医疗 | 500000
          2  | 2019Q2 | 工资 | 100
        """,
        events="户 | 日期\n2 | 2020-02-11",
        expect={1: UNKNOWN, 2: UNKNOWN},
    )


def test_base_not_above_zero(spec: Spec) -> None:
    """对照收入为零或为负，一分刚性支出就算超过：有事由命中，没有事由疑似。"""
    spec(
        rigid_spending_exceeds_income,
        ledger="""
          户 | 季     | 类   | 金额
          1  | Y      | 工资 | 0
          1  | 2020Q1 | 教育 | 0.01
          2  | Y      | 成本 | 300
          2  | 2020Q1 | 教育 | 0.01
          3  | Y      | 成本 | 300
          3  | 2020Q1 | 教育 | 0.01
        """,
        events="户 | 日期\n1 | 2020-02-11\n2 | 2020-02-11",
        expect={1: MET, 2: MET, 3: SUSPECTED},
    )


def test_base_falls_back_to_the_year_before_the_window(spec: Spec) -> None:
    """上年度缺一个季度时，改用计算期之前的四个季度；两段都全时用上年度。"""
    ledger = """
      户 | 季     | 类   | 金额
      1  | P      | 工资 | 1000
      1  | 2019Q2 | 工资 | 90000
      1  | 2020Q1 | 医疗 | 1000.01
      2  | P      | 工资 | 1000
      2  | 2019Q2 | 工资 | 90000
      2  | 2019Q3 | 工资 | 0
      2  | 2019Q4 | 工资 | 0
      2  | 2020Q1 | 医疗 | 1000.01
    """
    events = "户 | 日期\n1 | 2020-02-11\n2 | 2020-02-11"
    spec(rigid_spending_exceeds_income, ledger=ledger, events=events, expect={1: MET, 2: NOT_MET})
    spec("base_period", ledger=ledger, expect={1: "2018Q2-2019Q1", 2: "2019", 3: ""})
    spec("base_income_fen", ledger=ledger, expect={1: 1000_00, 2: 90000_00, 3: None})


def test_household_totals_on_both_sides(spec: Spec) -> None:
    """两边都是全家的总数，不按人均：人口变化、人口为零都不影响。"""
    spec(
        rigid_spending_exceeds_income,
        households="""
          户 | 人口
          1  | 0
          2  | 9
        """,
        ledger="""
          户 | 季     | 类   | 金额
          1  | Y      | 工资 | 500
          1  | 2020Q1 | 医疗 | 500.01
          2  | Y      | 工资 | 500
          2  | 2020Q1 | 医疗 | 500.01
        """,
        events="户 | 日期\n1 | 2020-02-11\n2 | 2020-02-11",
        expect={1: MET, 2: MET},
    )


def test_what_counts_as_rigid_spending(spec: Spec) -> None:
    """刚性支出是计算期内医疗、教育、灾害、其他四类之和；计算期外的、经营成本都不算，没有记录为零。"""
    spec(
        rigid,
        ledger="""
          户 | 季     | 类   | 金额
          1  | 2019Q2 | 医疗 | 1000
          1  | 2019Q3 | 教育 | 200
          1  | 2019Q4 | 灾害 | 30
          1  | 2020Q1 | 其他 | 4.56
          1  | 2019Q1 | 医疗 | 70000
          1  | 2020Q2 | 医疗 | 80000
          1  | 2020Q1 | 成本 | 90000
        """,
        expect={1: "1234.56", 2: "0.00"},
    )


def test_the_larger_medical_figure_counts(spec: Spec) -> None:
    """医疗支出取台账与结算自付中较大的一个，不相加。"""
    spec(
        rigid_medical,
        ledger="""
          户 | 季     | 类   | 金额
          1  | 2020Q1 | 医疗 | 500
          2  | 2020Q1 | 医疗 | 500
          4  | 2020Q1 | 医疗 | -20
        """,
        medical="""
          户 | 日期       | 自付
          1  | 2020-01-15 | 499.99
          2  | 2020-01-15 | 300
          2  | 2020-02-15 | 200.01
          3  | 2020-02-15 | 7
        """,
        expect={1: "500.00", 2: "500.01", 3: "7.00", 4: "0.00", 5: "0.00"},
    )


def test_matched_bills_can_decide(spec: Spec) -> None:
    """台账没有登记、医院结算有的自付，同样计入刚性支出。"""
    spec(
        rigid_spending_exceeds_income,
        ledger="户 | 季 | 金额\n1 | Y | 60000",
        medical="户 | 日期 | 自付\n1 | 2020-01-15 | 66000",
        events="户 | 日期 | 事由\n1 | 2020-01-15 | 因病",
        expect={1: MET},
    )
