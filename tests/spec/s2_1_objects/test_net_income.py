"""家庭纯收入和人均纯收入（二/一/p1）"""

from shouwang.policy.qituan_2020.indicators.income import net_income, net_income_per_head
from tests.spec.conftest import Spec


def test_four_incomes_less_production_cost(spec: Spec) -> None:
    """纯收入是工资性、生产经营性、财产性、转移性收入之和，减生产经营性支出；理赔和刚性支出都不在内。"""
    spec(
        net_income,
        ledger="""
          户 | 季     | 类   | 金额
          1  | 2019Q2 | 工资 | 1000
          1  | 2019Q3 | 经营 | 200
          1  | 2019Q3 | 成本 | 0.50
          1  | 2019Q4 | 财产 | 30
          1  | 2020Q1 | 转移 | 4
          1  | 2020Q1 | 理赔 | 50000
          1  | 2020Q1 | 医疗 | 60000
          1  | 2020Q1 | 教育 | 60000
          1  | 2020Q1 | 灾害 | 60000
          1  | 2020Q1 | 其他 | 60000
        """,
        expect={1: "1233.50"},
    )


def test_one_off_lines_count(spec: Spec) -> None:
    """一次性收入计入当期（例如一次性救助）。"""
    spec(
        net_income,
        ledger="""
          户 | 季     | 金额  | 一次性
          1  | W      | 6400  | 否
          1  | 2020Q1 | 10000 | 是
        """,
        expect={1: "16400.00"},
    )


def test_corrections(spec: Spec) -> None:
    """负数是冲销：先记的与冲销的相抵；冲销成本使纯收入增加。"""
    spec(
        net_income,
        ledger="""
          户 | 季     | 类   | 金额
          1  | W      | 工资 | 5000
          1  | 2019Q3 | 工资 | -1200.01
          2  | W      | 成本 | 700
          2  | 2019Q2 | 成本 | -900
        """,
        expect={1: "3799.99", 2: "200.00"},
    )


def test_only_the_window(spec: Spec) -> None:
    """只算计算期内的四个季度：之前和之后的收入都不在内。"""
    spec(
        net_income,
        ledger="""
          户 | 季     | 金额
          1  | W      | 100
          1  | 2019Q1 | 7
          1  | 2020Q2 | 9
          1  | 1995Q1 | 11
          1  | 2079Q4 | 13
        """,
        expect={1: "100.00"},
    )


def test_per_head_is_shown_rounded_down(spec: Spec) -> None:
    """显示的人均向下取到分，负数也向下取；人口为零或收入不明时没有人均。"""
    spec(
        "net_income_per_head",
        households="""
          户 | 人口
          1  | 4
          2  | 3
          3  | 3
          4  | 0
          5  | 1
        """,
        ledger="""
          户 | 季 | 金额
          1  | W  | 31999.99
          2  | W  | 100
          3  | W  | -100
          4  | W  | 100
        """,
        expect={1: "7999.99", 2: "33.33", 3: "-33.34", 4: None, 5: None},
    )
    spec(net_income_per_head, ledger="户 | 季 | 金额\n1 | W | -0.05", expect={1: "-0.05"})


def test_large_amounts_stay_whole(spec: Spec) -> None:
    """金额以整分计，不用浮点：十亿元加一分仍差一分。"""
    spec(
        net_income,
        ledger="""
          户 | 季     | 金额
          1  | W      | 1000000000
          1  | 2019Q3 | 1000000000
          1  | 2019Q4 | 0.01
        """,
        expect={1: "2000000000.01"},
    )
