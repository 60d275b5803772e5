"""因病、因残、因灾等引发：登记的事由（二/二/p1、二/三/1）"""

from shouwang.policy.forms import MET, SUSPECTED
from shouwang.policy.qituan_2020.indicators.spending import cause, causes
from shouwang.policy.qituan_2020.rules.scope import income_dropped
from tests.spec.conftest import Spec


def test_from_the_first_day_of_the_window_to_the_as_of_day(spec: Spec) -> None:
    """事由须发生在计算期首日至截至日之间，两端都算；之前一天、之后一天都不算。"""
    events = """
      户 | 日期       | 事由
      1  | 2019-03-31 | 因病
      2  | 2019-04-01 | 因病
      3  | 2020-05-20 | 因病
      4  | 2020-05-21 | 因病
    """
    spec(cause, events=events, expect={1: False, 2: True, 3: True, 4: False, 5: False})
    spec(
        income_dropped,
        ledger="""
          户 | 季 | 金额
          1  | P  | 10000
          1  | W  | 5000
          2  | P  | 10000
          2  | W  | 5000
          3  | P  | 10000
          3  | W  | 5000
          4  | P  | 10000
          4  | W  | 5000
        """,
        events=events,
        expect={1: SUSPECTED, 2: MET, 3: MET, 4: SUSPECTED},
    )


def test_any_listed_cause(spec: Spec) -> None:
    """“等”是列举未尽：九种事由都算，包括“其他”；写出时按固定次序，重复的只写一次。"""
    spec(
        causes,
        events="""
          户 | 日期       | 事由
          1  | 2020-01-01 | 失业
          1  | 2020-01-02 | 因病
          1  | 2020-01-03 | 因病
          1  | 2019-01-03 | 因灾
          2  | 2020-01-01 | 其他
          2  | 2020-01-01 | 产业经营失败
          2  | 2020-01-01 | 因意外
          2  | 2020-01-01 | 因疫情
          2  | 2020-01-01 | 因学
          2  | 2020-01-01 | 因残
        """,
        expect={1: "因病、失业", 2: "因残、因学、因疫情、因意外、产业经营失败、其他", 3: ""},
    )
