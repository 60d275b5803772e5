"""截至当日的成员（以家庭为单位，动态管理；二/一/p1、二/四/3）"""

from tests.spec.conftest import Spec


def test_sharing_the_budget(spec: Spec) -> None:
    """共同生活为“否”的不计入人口；空白按“是”。"""
    spec(
        "members",
        households="户 | 人口\n2 | 0",
        members="""
          户 | 人 | 共同
          1  | a  | 是
          1  | b  | 否
          1  | c  |
        """,
        expect={1: 2, 2: 0},
    )


def test_joined_and_left(spec: Spec) -> None:
    """加入当日即是成员；离开当日已不是，离开前一天还是；两者空白为一直是、仍是。"""
    spec(
        "members",
        members="""
          户 | 人 | 加入       | 离开
          1  | a  | 2020-05-20 |
          2  | b  | 2020-05-21 |
          3  | c  |            | 2020-05-20
          4  | d  |            | 2020-05-21
          5  | e  | 2020-05-20 | 2020-05-21
          6  | f  | 2020-05-20 | 2020-05-20
          7  | g  | 2020-05-25 | 2020-05-10
        """,
        expect={1: 1, 2: 0, 3: 0, 4: 1, 5: 1, 6: 0, 7: 0},
    )


def test_registration_and_residence_do_not_decide(spec: Spec) -> None:
    """户籍和常住都在摸排范围内（二/四/3），不影响人口。"""
    spec(
        "members",
        members="""
          户 | 人 | 户籍在本团 | 常住
          1  | a  | 是         | 否
          1  | b  | 否         | 是
          1  | c  | 否         | 否
          1  | d  |            |
        """,
        expect={1: 4},
    )


def test_the_head_count_divides(spec: Spec) -> None:
    """不共同生活的成员不进分母：两人15000元，人均7500元。"""
    spec(
        "net_income_per_head",
        members="""
          户 | 人 | 共同
          1  | a  | 是
          1  | b  | 是
          1  | c  | 否
        """,
        ledger="户 | 季 | 金额\n1 | W | 15000",
        expect={1: "7500.00"},
    )
