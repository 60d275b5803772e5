"""家庭人均纯收入低于监测线"""

from shouwang.policy.forms import MET, NOT_MET, UNKNOWN
from shouwang.policy.qituan_2020.rules.scope import income_below_line


def test_exactly_8000_is_not_below(spec):
    """“低于”不含等于；差一分即低于。没有收支记录时不下结论。"""
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


def test_compared_without_rounding(spec):
    """先乘人口再比较，不先取整：四口人31999.99元会显示为8000.00元，仍是低于；32000元才不低于。"""
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
