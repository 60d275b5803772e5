"""扣除医疗支出后人均低于监测线（二/三/3）"""

from shouwang.policy.forms import NOT_MET, SUSPECTED, UNKNOWN
from shouwang.policy.qituan_2020.rules.scope import income_after_medical_below_line
from tests.spec.conftest import Spec


def test_below_only_after_medical_bills(spec: Spec) -> None:
    """纯收入在线上、减去医疗刚性支出后低于线：疑似；恰在线上不是。"""
    spec(
        income_after_medical_below_line,
        ledger="""
          户 | 季     | 类   | 金额
          1  | W      | 工资 | 9000
          1  | 2020Q1 | 医疗 | 1000.01
          2  | W      | 工资 | 9000
          2  | 2020Q1 | 医疗 | 1000
        """,
        expect={1: SUSPECTED, 2: NOT_MET},
    )


def test_claims_are_added_back(spec: Spec) -> None:
    """理赔收入先加回来；只有医疗支出会减，教育、灾害等不减。"""
    spec(
        income_after_medical_below_line,
        ledger="""
          户 | 季     | 类   | 金额
          1  | W      | 工资 | 9000
          1  | 2020Q1 | 医疗 | 5000
          1  | 2019Q4 | 理赔 | 4000
          2  | W      | 工资 | 9000
          2  | 2020Q1 | 医疗 | 5000
          2  | 2019Q4 | 理赔 | 3999.99
          3  | W      | 工资 | 9000
          3  | 2020Q1 | 教育 | 5000
          4  | W      | 工资 | 9000
          4  | 2020Q1 | 医疗 | 5000
          4  | 2019Q1 | 理赔 | 4000
        """,
        expect={1: NOT_MET, 2: SUSPECTED, 3: NOT_MET, 4: SUSPECTED},
    )


def test_follows_income_below_line(spec: Spec) -> None:
    """人均纯收入已经低于线的户不重复列（不命中）；人均不能判断的户，这里也不能判断。"""
    spec(
        income_after_medical_below_line,
        households="""
          户 | 人口
          1  | 1
          2  | 1
          3  | 0
        """,
        ledger="""
          户 | 季     | 类   | 金额
          1  | W      | 工资 | 7999.99
          1  | 2020Q1 | 医疗 | 5000
          2  | 2020Q1 | 医疗 | 5000
          3  | W      | 工资 | 9000
        """,
        expect={1: NOT_MET, 2: UNKNOWN, 3: UNKNOWN},
    )


def test_compared_for_the_whole_household(spec: Spec) -> None:
    """四口人48000元，自付38000、理赔5000，剩15000元，不到32000元：疑似。线改为3750元则不低于。"""
    tables = {
        "households": "户 | 人口\n1 | 4",
        "ledger": "户 | 季 | 类 | 金额\n1 | W | 工资 | 48000\n1 | 2020Q1 | 理赔 | 5000",
        "medical": "户 | 日期 | 自付\n1 | 2020-01-09 | 38000",
    }
    spec(income_after_medical_below_line, **tables, expect={1: SUSPECTED})
    spec(income_after_medical_below_line, **tables, parameters={"monitoring_line": "3750"}, expect={1: NOT_MET})
