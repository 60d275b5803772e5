"""家庭人均纯收入低于监测线（二/一/p1）"""

from shouwang.policy.forms import MET, NOT_MET, UNKNOWN
from shouwang.policy.qituan_2020.rules.scope import income_below_line
from tests.spec.conftest import Spec


def test_exactly_8000_is_not_below(spec: Spec) -> None:
    """“低于”不含等于，差一分即低于；没有收支记录时不下结论。"""
    spec(
        income_below_line,
        ledger="""
          户 | 季 | 金额
          1  | W  | 7999.99
          2  | W  | 8000.00
          3  | W  | 8000.01
        """,
        expect={1: MET, 2: NOT_MET, 3: NOT_MET, 4: UNKNOWN},
    )


def test_compared_without_rounding(spec: Spec) -> None:
    """先乘人口再比较，不先除、不取整：四口人31999.99元会显示为人均8000.00元，仍是低于。"""
    spec(
        income_below_line,
        households="""
          户 | 人口
          1  | 4
          2  | 4
          3  | 3
          4  | 3
        """,
        ledger="""
          户 | 季 | 金额
          1  | W  | 31999.99
          2  | W  | 32000
          3  | W  | 23999.99
          4  | W  | 24000
        """,
        expect={1: MET, 2: NOT_MET, 3: MET, 4: NOT_MET},
    )


def test_on_the_line_is_pointed_out(spec: Spec) -> None:
    """恰在线上的户附“boundary”提示，因为一/p2写的是“8000元以下”；差一分或资料不足都没有提示。"""
    spec(
        "note.income_below_line.boundary",
        households="""
          户 | 人口
          1  | 3
          2  | 3
          3  | 3
        """,
        ledger="""
          户 | 季 | 金额
          1  | W  | 24000
          2  | W  | 23999.99
          3  | W  | 24000.01
        """,
        expect={1: True, 2: False, 3: False, 4: None},
    )


def test_a_loss_is_below(spec: Spec) -> None:
    """经营亏损，纯收入为负或为零，都低于监测线。"""
    spec(
        income_below_line,
        ledger="""
          户 | 季     | 类   | 金额
          1  | W      | 经营 | 1000
          1  | 2019Q3 | 成本 | 1000.01
          2  | W      | 工资 | 0
        """,
        expect={1: MET, 2: MET},
    )


def test_nobody_in_the_household(spec: Spec) -> None:
    """没有共同生活的成员，人均无从谈起：资料不足，收入再低、再高都一样。"""
    spec(
        income_below_line,
        households="""
          户 | 人口
          1  | 0
          2  | 0
        """,
        ledger="""
          户 | 季 | 金额
          1  | W  | -5
          2  | W  | 900000
        """,
        expect={1: UNKNOWN, 2: UNKNOWN},
    )


def test_a_missing_quarter_is_not_zero(spec: Spec) -> None:
    """计算期缺一个季度即为资料不足，不当作零；即使已有的三个季度早已超过监测线。"""
    spec(
        income_below_line,
        ledger="""
          户 | 季     | 金额
          1  | 2019Q2 | 3000
          1  | 2019Q4 | 3000
          1  | 2020Q1 | 3000
          2  | 2019Q2 | 30000
          2  | 2019Q3 | 30000
          2  | 2019Q4 | 30000
        """,
        expect={1: UNKNOWN, 2: UNKNOWN},
    )


def test_another_line(spec: Spec) -> None:
    """监测线是参数 monitoring_line：改为8500元，8499.99元即低于。"""
    spec(
        income_below_line,
        parameters={"monitoring_line": "8500"},
        ledger="""
          户 | 季 | 金额
          1  | W  | 8499.99
          2  | W  | 8500
        """,
        expect={1: MET, 2: NOT_MET},
    )
