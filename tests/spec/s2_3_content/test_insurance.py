"""参加居民基本医疗保险情况（二/三/3）"""

from shouwang.policy.forms import MET, NOT_MET, UNKNOWN
from shouwang.policy.qituan_2020.rules.safeguards import member_uninsured
from tests.spec.conftest import Spec


def test_a_department_row_of_the_year_decides(spec: Spec) -> None:
    """社保所当年的记录优先于本人的登记：参保即有，停保、未参保即无。"""
    spec(
        member_uninsured,
        members="""
          户 | 人 | 医保
          1  | a  | 未参保
          2  | b  | 居民
          3  | c  | 职工
          4  | d  |
        """,
        insurance="""
          人 | 年度 | 状态
          a  | 2020 | 参保
          b  | 2020 | 停保
          c  | 2020 | 未参保
          d  | 2020 | 参保
        """,
        expect={1: NOT_MET, 2: MET, 3: MET, 4: NOT_MET},
    )


def test_cover_wins_over_a_lapse_in_the_same_year(spec: Spec) -> None:
    """同一年既有停保又有参保：算参保，与次序无关。"""
    spec(
        member_uninsured,
        members="户 | 人\n1 | a\n2 | b",
        insurance="""
          人 | 年度 | 状态
          a  | 2020 | 停保
          a  | 2020 | 参保
          b  | 2020 | 参保
          b  | 2020 | 未参保
        """,
        expect={1: NOT_MET, 2: NOT_MET},
    )


def test_other_years_say_nothing(spec: Spec) -> None:
    """只看截至日所在的年度；去年、明年的记录不算，转而看本人的登记，登记也空白则不明。"""
    spec(
        member_uninsured,
        members="""
          户 | 人 | 医保
          1  | a  |
          2  | b  | 居民
          3  | c  | 未参保
          4  | d  | 职工
        """,
        insurance="""
          人 | 年度 | 状态
          a  | 2019 | 参保
          b  | 2019 | 停保
          c  | 2021 | 参保
          d  | 2021 | 未参保
        """,
        expect={1: UNKNOWN, 2: NOT_MET, 3: MET, 4: NOT_MET},
    )


def test_the_year_turns_with_the_as_of_date(spec: Spec) -> None:
    """2020年12月31日看2020年度，2021年1月1日看2021年度。"""
    tables = {"members": "户 | 人\n1 | a", "insurance": "人 | 年度 | 状态\na | 2020 | 参保\na | 2021 | 未参保"}
    spec(member_uninsured, as_of="2020-12-31", **tables, expect={1: NOT_MET})
    spec(member_uninsured, as_of="2021-01-01", **tables, expect={1: MET})


def test_one_uninsured_is_enough(spec: Spec) -> None:
    """一人未参保即命中，其他人不明也一样；无人未参保而有人不明，资料不足；没有成员，不命中。"""
    spec(
        member_uninsured,
        households="户 | 人口\n4 | 0",
        members="""
          户 | 人 | 医保
          1  | a  | 未参保
          1  | b  |
          2  | c  | 居民
          2  | d  |
          3  | e  | 居民
          3  | f  | 职工
        """,
        expect={1: MET, 2: UNKNOWN, 3: NOT_MET, 4: NOT_MET},
    )


def test_only_members_of_today(spec: Spec) -> None:
    """已离开、未加入、不共同生活的人不看。"""
    spec(
        member_uninsured,
        members="""
          户 | 人 | 医保   | 加入       | 离开       | 共同
          1  | a  | 未参保 |            | 2020-05-20 |
          2  | b  | 未参保 | 2020-05-21 |            |
          3  | c  |        |            |            | 否
          4  | d  | 未参保 | 2020-05-20 |            |
        """,
        expect={1: NOT_MET, 2: NOT_MET, 3: NOT_MET, 4: MET},
    )
