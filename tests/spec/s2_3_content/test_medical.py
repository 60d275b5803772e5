"""基本医保和大病保险支付后自付费用仍有困难，医疗救助是否落实（二/三/3）"""

from shouwang.policy.forms import MET, NOT_MET
from shouwang.policy.qituan_2020.indicators.spending import after_insurance, aid
from shouwang.policy.qituan_2020.rules.safeguards import medical_aid_not_received, medical_burden
from tests.spec.conftest import Spec


def test_burden_is_after_basic_and_serious_illness_cover(spec: Spec) -> None:
    """负担 = 总费用 − 基本医保支付 − 大病保险支付；医疗救助不减，空白的支付为零。"""
    spec(
        after_insurance,
        medical="""
          户 | 日期       | 总    | 基本  | 大病  | 救助 | 自付
          1  | 2019-12-02 | 98000 | 41000 | 12000 | 5000 | 40000
          2  | 2019-12-02 | 300   |       |       |      | 300
          3  | 2019-12-02 | 100   | 60    | 50    |      | 0
        """,
        expect={1: "45000.00", 2: "300.00", 3: "-10.00", 4: "0.00"},
    )


def test_low_income_households_have_a_lower_limit(spec: Spec) -> None:
    """人均低于10000元的户，负担高于5000元即命中；恰为5000元不命中。人均恰为10000元的户用20000元的线。"""
    spec(
        medical_burden,
        ledger="""
          户 | 季 | 金额
          1  | W  | 9999.99
          2  | W  | 9999.99
          3  | W  | 10000
          4  | W  | 10000
          5  | W  | 10000
        """,
        medical="""
          户 | 日期       | 总
          1  | 2020-03-05 | 5000.01
          2  | 2020-03-05 | 5000
          3  | 2020-03-05 | 5000.01
          4  | 2020-03-05 | 20000
          5  | 2020-03-05 | 20000.01
        """,
        expect={1: MET, 2: NOT_MET, 3: NOT_MET, 4: NOT_MET, 5: MET},
    )


def test_unknown_income_uses_the_general_limit(spec: Spec) -> None:
    """收入不明的户按一般户的线，不推定为低收入；这条规则没有资料不足。"""
    spec(
        medical_burden,
        medical="""
          户 | 日期       | 总
          1  | 2020-03-05 | 20000
          2  | 2020-03-05 | 20000.01
        """,
        expect={1: NOT_MET, 2: MET, 3: NOT_MET},
    )


def test_limits_are_parameters(spec: Spec) -> None:
    """三条线都是参数：medical_burden_low、medical_burden_other、medical_burden_split。"""
    spec(
        medical_burden,
        parameters={"medical_burden_low": "1", "medical_burden_other": "2", "medical_burden_split": "300"},
        ledger="""
          户 | 季 | 金额
          1  | W  | 299.99
          2  | W  | 300
          3  | W  | 300
        """,
        medical="""
          户 | 日期       | 总
          1  | 2020-03-05 | 1.01
          2  | 2020-03-05 | 2
          3  | 2020-03-05 | 2.01
        """,
        expect={1: MET, 2: NOT_MET, 3: MET},
    )


def test_settled_inside_the_window(spec: Spec) -> None:
    """按结算日期算：计算期首日和末日都在内，前一天、后一天都不在。"""
    spec(
        after_insurance,
        medical="""
          户 | 日期       | 总
          1  | 2019-03-31 | 100
          2  | 2019-04-01 | 100
          3  | 2020-03-31 | 100
          4  | 2020-04-01 | 100
          5  | 2019-04-01 | 100
          5  | 2020-03-31 | 23.45
        """,
        expect={1: "0.00", 2: "100.00", 3: "100.00", 4: "0.00", 5: "123.45"},
    )


def test_bills_of_those_who_are_members_now(spec: Spec) -> None:
    """只算截至日仍是成员的人：已离开的、还没加入的、不共同生活的，其费用都不算。"""
    spec(
        after_insurance,
        members="""
          户 | 人 | 加入       | 离开       | 共同
          1  | a  |            |            | 是
          1  | b  |            | 2020-05-20 | 是
          1  | c  | 2020-05-21 |            | 是
          1  | d  |            |            | 否
          1  | e  |            |            |
        """,
        medical="""
          人 | 日期       | 总
          a  | 2020-01-01 | 1
          b  | 2020-01-01 | 20
          c  | 2020-01-01 | 300
          d  | 2020-01-01 | 4000
          e  | 2020-01-01 | 50000
        """,
        expect={1: "50001.00"},
    )


def test_aid_is_counted_by_the_same_days(spec: Spec) -> None:
    """医疗救助同样只算计算期内、现有成员的。"""
    spec(
        aid,
        medical="""
          户 | 日期       | 救助
          1  | 2020-01-01 | 7
          1  | 2020-03-31 | 0.05
          1  | 2020-04-01 | 900
        """,
        expect={1: "7.05", 2: "0.00"},
    )


def test_burden_without_any_aid(spec: Spec) -> None:
    """负担高于线而分文救助没有：救助未落实；得到一分就不是；负担不高的不问。"""
    spec(
        medical_aid_not_received,
        medical="""
          户 | 日期       | 总    | 救助
          1  | 2020-01-01 | 21000 |
          2  | 2020-01-01 | 21000 | 0.01
          3  | 2020-01-01 | 20000 |
          4  | 2020-01-01 | 21000 |
          4  | 2020-04-01 | 0     | 5000
        """,
        expect={1: MET, 2: NOT_MET, 3: NOT_MET, 4: MET, 5: NOT_MET},
    )
