"""收入计算周期按整年度依季递延（二/四/3）"""

from shouwang.policy.forms import MET, NOT_MET, UNKNOWN
from shouwang.policy.qituan_2020.indicators.income import base_words, window, year_before
from shouwang.policy.qituan_2020.rules.scope import income_below_line
from tests.spec.conftest import Spec

CASE_5 = """
  户 | 季     | 金额
  1  | 2019Q2 | 9000
  1  | 2019Q3 | 5000
  1  | 2019Q4 | 16000
  1  | 2020Q1 | 4000
  1  | 2020Q2 | 2000
"""


def test_the_last_four_finished_quarters(spec: Spec) -> None:
    """计算期是截至日之前已经结束的四个季度：6月30日第二季度还没有过完，7月1日才递延。"""
    spec("window", as_of="2020-05-20", expect={1: "2019Q2-2020Q1"})
    spec("window", as_of="2020-06-30", expect={1: "2019Q2-2020Q1"})
    spec("window", as_of="2020-07-01", expect={1: "2019Q3-2020Q2"})
    spec("window", as_of="2020-12-31", expect={1: "2019Q4-2020Q3"})
    spec("window", as_of="2021-01-01", expect={1: "2020Q1-2020Q4"})
    spec("window", as_of="2020-02-29", expect={1: "2019Q1-2019Q4"})


def test_the_same_household_a_quarter_later(spec: Spec) -> None:
    """四口人：5月20日算得34000元，人均8500，不低于；7月1日算得27000元，人均6750，低于。"""
    households = "户 | 人口\n1 | 4"
    for day in ("2020-05-20", "2020-06-30"):
        spec("net_income_fen", as_of=day, households=households, ledger=CASE_5, expect={1: 34000_00})
        spec(income_below_line, as_of=day, households=households, ledger=CASE_5, expect={1: NOT_MET})
    spec("net_income_fen", as_of="2020-07-01", households=households, ledger=CASE_5, expect={1: 27000_00})
    spec(income_below_line, as_of="2020-07-01", households=households, ledger=CASE_5, expect={1: MET})


def test_a_copy_without_one_quarter(spec: Spec) -> None:
    """同一户缺2019年第三季度：资料不足，列出缺的季度，不当作零。"""
    ledger = "\n".join(line for line in CASE_5.splitlines() if "2019Q3" not in line)
    households = "户 | 人口\n1 | 4"
    spec(income_below_line, as_of="2020-06-30", households=households, ledger=ledger, expect={1: UNKNOWN})
    spec("missing_quarters", as_of="2020-06-30", households=households, ledger=ledger, expect={1: "2019Q3"})


def test_periods_in_words(spec: Spec) -> None:
    """句子里的说法：计算期、上年同期写出起止季度，恰为一个自然年的写作某年。"""
    spec(window, expect={1: "2019年第2季度至2020年第1季度"})
    spec(year_before, expect={1: "2018年第2季度至2019年第1季度"})
    spec(window, as_of="2020-02-29", expect={1: "2019年"})
    spec(year_before, as_of="2020-02-29", expect={1: "2018年"})


def test_last_year_and_the_same_four_quarters_before(spec: Spec) -> None:
    """上年度是上一个自然年；不全时对照期是计算期之前的四个季度，都不全则没有。"""
    ledger = """
      户 | 季 | 金额
      1  | Y  | 100
      2  | P  | 100
    """
    spec("base_period", ledger=ledger, expect={1: "2019", 2: "2018Q2-2019Q1", 3: ""})
    spec(base_words, ledger=ledger, expect={1: "2019年", 2: "2018年第2季度至2019年第1季度", 3: ""})
    spec("base_period", as_of="2020-07-01", ledger=ledger, expect={1: "2019", 2: "2018Q3-2019Q2", 3: ""})
    spec("base_period", as_of="2021-01-01", ledger=ledger, expect={1: "2020", 2: "2019Q1-2019Q4", 3: ""})


def test_in_the_first_quarter_window_and_last_year_are_one(spec: Spec) -> None:
    """第一季度里，计算期就是上年度，上年同期是再上一年。"""
    ledger = "户 | 季 | 金额\n1 | 2019Q1-2019Q4 | 700\n1 | 2018Q1-2018Q4 | 900"
    spec("net_income_fen", as_of="2020-03-31", ledger=ledger, expect={1: 700_00})
    spec("base_income_fen", as_of="2020-03-31", ledger=ledger, expect={1: 700_00})
    spec("figure.net_income_year_before", as_of="2020-03-31", ledger=ledger, expect={1: 900_00})


def test_the_as_of_date_is_stated(spec: Spec) -> None:
    """每一行都写明截至日期。"""
    spec("as_of", as_of="2020-02-29", expect={1: "2020-02-29"})
