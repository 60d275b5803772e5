"""收入大幅度缩减（二/二/p1）"""

from shouwang.policy.forms import MET, NOT_MET, SUSPECTED, UNKNOWN
from shouwang.policy.qituan_2020.rules.scope import income_dropped
from tests.spec.conftest import Spec


def test_exactly_thirty_percent(spec: Spec) -> None:
    """减少达到30%（含等于）且有事由：命中；少减一分只是达到关注比例。"""
    spec(
        income_dropped,
        ledger="""
          户 | 季 | 金额
          1  | P  | 80000
          1  | W  | 50000
          2  | P  | 10000
          2  | W  | 7000
          3  | P  | 10000
          3  | W  | 7000.01
        """,
        events="""
          户 | 日期       | 事由
          1  | 2019-09-30 | 失业
          2  | 2019-09-30 | 失业
          3  | 2019-09-30 | 失业
        """,
        expect={1: MET, 2: MET, 3: SUSPECTED},
    )


def test_without_a_cause_it_is_suspected(spec: Spec) -> None:
    """减少再多，没有登记事由也只是疑似。"""
    spec(
        income_dropped,
        ledger="""
          户 | 季 | 金额
          1  | P  | 10000
          1  | W  | 6000
          2  | P  | 10000
          2  | W  | -6000
        """,
        expect={1: SUSPECTED, 2: SUSPECTED},
    )


def test_watch_ratio_includes_the_ratio_itself(spec: Spec) -> None:
    """减少达到关注比例20%（含等于）：疑似；少减一分不命中；增加当然不命中。"""
    spec(
        income_dropped,
        ledger="""
          户 | 季 | 金额
          1  | P  | 10000
          1  | W  | 8000
          2  | P  | 10000
          2  | W  | 8000.01
          3  | P  | 10000
          3  | W  | 10001
        """,
        events="户 | 日期\n1 | 2019-09-30\n2 | 2019-09-30\n3 | 2019-09-30",
        expect={1: SUSPECTED, 2: NOT_MET, 3: NOT_MET},
    )


def test_ratios_are_parameters(spec: Spec) -> None:
    """两个比例是参数 drop_ratio 和 drop_ratio_watch：改为0.5和0.1。"""
    spec(
        income_dropped,
        parameters={"drop_ratio": "0.5", "drop_ratio_watch": "0.1"},
        ledger="""
          户 | 季 | 金额
          1  | P  | 10000
          1  | W  | 5000
          2  | P  | 10000
          2  | W  | 5000.01
          3  | P  | 10000
          3  | W  | 9000.01
        """,
        events="户 | 日期\n1 | 2019-09-30\n2 | 2019-09-30\n3 | 2019-09-30",
        expect={1: MET, 2: SUSPECTED, 3: NOT_MET},
    )


def test_a_member_who_left_takes_income_along(spec: Spec) -> None:
    """按人均比较，各用各的人口：80000元4人到50000元，儿子分出后剩3人，人均20000到16666.66，不触发；仍是4人则触发。"""
    spec(
        income_dropped,
        members="""
          户 | 人 | 离开
          1  | a  |
          1  | b  |
          1  | c  |
          1  | d  | 2019-10-01
          2  | e  |
          2  | f  |
          2  | g  |
          2  | h  |
        """,
        ledger="""
          户 | 季 | 金额
          1  | P  | 80000
          1  | W  | 50000
          2  | P  | 80000
          2  | W  | 50000
        """,
        events="户 | 日期 | 事由\n1 | 2019-10-01 | 其他\n2 | 2019-10-01 | 失业",
        expect={1: NOT_MET, 2: MET},
    )


def test_compared_without_dividing(spec: Spec) -> None:
    """不作除法：3人30000元（人均10000）到2人14000元（人均7000）恰为30%；多一分即不足，哪怕人均只多半分。"""
    spec(
        income_dropped,
        members="""
          户 | 人 | 离开
          1  | a  |
          1  | b  |
          1  | c  | 2020-01-01
          2  | d  |
          2  | e  |
          2  | f  | 2020-01-01
        """,
        ledger="""
          户 | 季 | 金额
          1  | P  | 30000
          1  | W  | 14000
          2  | P  | 30000
          2  | W  | 14000.01
        """,
        events="户 | 日期\n1 | 2020-01-01\n2 | 2020-01-01",
        expect={1: MET, 2: SUSPECTED},
    )


def test_nothing_before_to_fall_from(spec: Spec) -> None:
    """上年同期纯收入为零或为负：无所谓缩减，不命中。"""
    spec(
        income_dropped,
        ledger="""
          户 | 季 | 金额
          1  | P  | 0
          1  | W  | -5000
          2  | P  | -0.01
          2  | W  | -5000
        """,
        events="户 | 日期\n1 | 2019-09-30\n2 | 2019-09-30",
        expect={1: NOT_MET, 2: NOT_MET},
    )


def test_either_year_incomplete(spec: Spec) -> None:
    """两年的收入、两年的人口，缺任何一项都是资料不足，即使上年同期已知不为正。"""
    spec(
        income_dropped,
        members="""
          户 | 人 | 加入       | 离开
          1  | a  |            |
          2  | b  |            |
          3  | c  | 2019-10-01 |
          4  | d  |            | 2019-10-01
          5  | e  |            |
          6  | f  | 2019-10-01 |
        """,
        ledger="""
          户 | 季 | 金额
          1  | P  | 10000
          2  | W  | 5000
          3  | P  | 10000
          3  | W  | 5000
          4  | P  | 10000
          4  | W  | 5000
          5  | P  | -3
          6  | P  | 0
          6  | W  | 100
        """,
        expect={1: UNKNOWN, 2: UNKNOWN, 3: UNKNOWN, 4: UNKNOWN, 5: UNKNOWN, 6: UNKNOWN},
    )


def test_members_one_year_ago(spec: Spec) -> None:
    """一年前的人口按一年前当日（2019-05-20）算：当日加入的算，次日加入的不算；当日离开的不算，次日离开的算。"""
    spec(
        "figure.heads_year_ago",
        members="""
          户 | 人 | 加入       | 离开
          1  | a  | 2019-05-20 |
          2  | b  | 2019-05-21 |
          3  | c  |            | 2019-05-20
          4  | d  |            | 2019-05-21
        """,
        expect={1: 1, 2: None, 3: None, 4: 1},
    )


def test_one_year_before_29_february(spec: Spec) -> None:
    """2020年2月29日的一年前是2019年2月28日。"""
    spec(
        "figure.heads_year_ago",
        as_of="2020-02-29",
        members="""
          户 | 人 | 加入       | 离开
          1  | a  | 2019-02-28 |
          2  | b  | 2019-03-01 |
          3  | c  |            | 2019-02-28
          4  | d  |            | 2019-03-01
        """,
        expect={1: 1, 2: None, 3: None, 4: 1},
    )
