"""哪些季度算有记录（二/四/3）"""

from shouwang.policy.qituan_2020.indicators.income import missing_last_year, missing_quarters, missing_year_before
from tests.spec.conftest import Spec


def test_a_row_of_zero_covers_its_quarter(spec: Spec) -> None:
    """金额为0的一笔也说明这一季度问过了：季度有记录，纯收入为0而不是不明。"""
    ledger = """
      户 | 季     | 金额
      1  | 2019Q2 | 0
      1  | 2019Q3 | 0
      1  | 2019Q4 | 0
      1  | 2020Q1 | 0
    """
    spec("missing_quarters", ledger=ledger, expect={1: "", 2: "2019Q2;2019Q3;2019Q4;2020Q1"})
    spec("net_income_fen", ledger=ledger, expect={1: 0, 2: None})


def test_income_and_production_cost_cover(spec: Spec) -> None:
    """四类收入和经营支出使季度有记录；理赔和各类刚性支出不使。"""
    spec(
        "missing_quarters",
        ledger="""
          户 | 季     | 类   | 金额
          1  | 2019Q2 | 工资 | 1
          1  | 2019Q3 | 经营 | 1
          1  | 2019Q4 | 财产 | 1
          1  | 2020Q1 | 转移 | 1
          2  | W      | 成本 | 1
          3  | W      | 理赔 | 1
          4  | 2019Q2 | 医疗 | 1
          4  | 2019Q3 | 教育 | 1
          4  | 2019Q4 | 灾害 | 1
          4  | 2020Q1 | 其他 | 1
        """,
        expect={1: "", 2: "", 3: "2019Q2;2019Q3;2019Q4;2020Q1", 4: "2019Q2;2019Q3;2019Q4;2020Q1"},
    )


def test_a_reversed_line_still_covers(spec: Spec) -> None:
    """先记后冲、相抵为零，季度仍有记录；只有一笔冲销也是。"""
    spec(
        "missing_quarters",
        ledger="""
          户 | 季                   | 金额
          1  | W                    | 500
          1  | 2019Q2               | -500
          2  | 2019Q2-2020Q1        | -1
        """,
        expect={1: "", 2: ""},
    )


def test_quarters_far_outside(spec: Spec) -> None:
    """很早或很晚的季度不影响哪个季度有记录。"""
    spec(
        "missing_quarters",
        ledger="""
          户 | 季     | 金额
          1  | 1990Q1 | 1
          1  | 2018Q1 | 1
          1  | 2019Q2 | 1
          1  | 2020Q2 | 1
          1  | 2079Q4 | 1
          1  | 2019Q4 | 1
          1  | 2019Q4 | 1
        """,
        expect={1: "2019Q3;2020Q1"},
    )


def test_missing_quarters_in_words(spec: Spec) -> None:
    """句子里写“2019年第3季度”，用顿号分开；计算期、上年同期、上年度各说各的。"""
    ledger = """
      户 | 季     | 金额
      1  | 2018Q2 | 1
      1  | 2019Q2 | 1
      1  | 2019Q4 | 1
    """
    spec(missing_quarters, ledger=ledger, expect={1: "2019年第3季度、2020年第1季度"})
    spec(missing_year_before, ledger=ledger, expect={1: "2018年第3季度、2018年第4季度、2019年第1季度"})
    spec(missing_last_year, ledger=ledger, expect={1: "2019年第1季度、2019年第3季度"})
