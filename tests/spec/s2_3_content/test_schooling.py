"""义务教育阶段子女控辍保学（二/三/2）"""

from shouwang.policy.forms import MET, NOT_MET, UNKNOWN
from shouwang.policy.qituan_2020.indicators.safeguards import children_of_school_age
from shouwang.policy.qituan_2020.rules.safeguards import child_out_of_school
from tests.spec.conftest import Spec

#: 截至2020-05-20都是十岁。
CHILDREN = """
  户 | 人 | 出生       | 在校
  1  | a  | 2010-01-01 | 小学
  2  | b  | 2010-01-01 | 小学
  3  | c  | 2010-01-01 | 小学
  4  | d  | 2010-01-01 | 小学
  5  | e  | 2010-01-01 | 小学
"""


def test_age_6_to_15_both_included(spec: Spec) -> None:
    """六周岁到十五周岁，都含：当天满六岁的算，次日才满的不算；次日满十六岁的仍算，当天满的不算。"""
    spec(
        children_of_school_age,
        members="""
          户 | 人 | 出生
          1  | a  | 2014-05-20
          2  | b  | 2014-05-21
          3  | c  | 2004-05-21
          4  | d  | 2004-05-20
          5  | e  |
        """,
        expect={1: 1, 2: 0, 3: 1, 4: 0, 5: 0},
    )


def test_born_on_29_february(spec: Spec) -> None:
    """2月29日生的，平年到3月1日才满岁。"""
    child = "户 | 人 | 出生\n1 | a | 2012-02-29"
    spec(children_of_school_age, as_of="2018-02-28", members=child, expect={1: 0})
    spec(children_of_school_age, as_of="2018-03-01", members=child, expect={1: 1})
    spec(children_of_school_age, as_of="2028-02-28", members=child, expect={1: 1})
    spec(children_of_school_age, as_of="2028-02-29", members=child, expect={1: 0})


def test_as_of_29_february(spec: Spec) -> None:
    """截至2020年2月29日：2014年2月28日生的满六岁，3月1日生的没有。"""
    spec(
        children_of_school_age,
        as_of="2020-02-29",
        members="""
          户 | 人 | 出生
          1  | a  | 2014-02-28
          2  | b  | 2014-03-01
          3  | c  | 2004-02-29
          4  | d  | 2004-03-01
        """,
        expect={1: 1, 2: 0, 3: 0, 4: 1},
    )


def test_ages_are_parameters(spec: Spec) -> None:
    """起止年龄是参数 school_age_from 和 school_age_to：改为7和12。"""
    spec(
        children_of_school_age,
        parameters={"school_age_from": "7", "school_age_to": "12"},
        members="""
          户 | 人 | 出生
          1  | a  | 2013-05-20
          2  | b  | 2013-05-21
          3  | c  | 2007-05-21
          4  | d  | 2007-05-20
        """,
        expect={1: 1, 2: 0, 3: 1, 4: 0},
    )


def test_the_latest_school_row_decides(spec: Spec) -> None:
    """以截至日及以前最近一条学籍为准；截至日之后的还没有发生，不看。"""
    spec(
        child_out_of_school,
        members=CHILDREN,
        school="""
          人 | 日期       | 状态
          a  | 2019-09-01 | 在读
          a  | 2020-04-30 | 辍学
          b  | 2019-09-01 | 辍学
          b  | 2020-04-30 | 在读
          c  | 2020-05-20 | 辍学
          d  | 2020-05-21 | 辍学
          e  | 2020-05-20 | 在读
          e  | 2020-05-21 | 辍学
        """,
        expect={1: MET, 2: NOT_MET, 3: MET, 4: NOT_MET, 5: NOT_MET},
    )


def test_two_rows_on_one_day(spec: Spec) -> None:
    """同一天有两条时，辍学为准，与先后次序无关。"""
    spec(
        child_out_of_school,
        members=CHILDREN,
        school="""
          人 | 日期       | 状态
          a  | 2020-04-30 | 在读
          a  | 2020-04-30 | 辍学
          b  | 2020-04-30 | 辍学
          b  | 2020-04-30 | 毕业
          c  | 2020-04-30 | 休学
          c  | 2020-04-30 | 在读
        """,
        expect={1: MET, 2: MET, 3: NOT_MET},
    )


def test_on_leave_and_graduated_are_in_school(spec: Spec) -> None:
    """在读、休学、毕业都不算失学；学籍胜过在校生状况，两个方向都是。"""
    spec(
        child_out_of_school,
        members="""
          户 | 人 | 出生       | 在校
          1  | a  | 2010-01-01 | 辍学
          2  | b  | 2010-01-01 | 非在校生
          3  | c  | 2010-01-01 |
          4  | d  | 2010-01-01 | 小学
        """,
        school="""
          人 | 日期       | 状态
          a  | 2020-04-30 | 在读
          b  | 2020-04-30 | 休学
          c  | 2020-04-30 | 毕业
          d  | 2020-04-30 | 辍学
        """,
        expect={1: NOT_MET, 2: NOT_MET, 3: NOT_MET, 4: MET},
    )


def test_without_a_school_row(spec: Spec) -> None:
    """没有学籍时看在校生状况：非在校生、辍学为失学，空白为不明，其余（包括代码表外的写法）为在学。"""
    spec(
        child_out_of_school,
        members="""
          户 | 人 | 出生       | 在校
          1  | a  | 2010-01-01 | 非在校生
          2  | b  | 2010-01-01 | 辍学
          3  | c  | 2010-01-01 |
          4  | d  | 2010-01-01 | 七年级
          5  | e  | 2010-01-01 | 学龄前儿童
          6  | f  | 2010-01-01 | 上着学
        """,
        expect={1: MET, 2: MET, 3: UNKNOWN, 4: NOT_MET, 5: NOT_MET, 6: NOT_MET},
    )


def test_one_out_is_enough(spec: Spec) -> None:
    """一个失学即命中，其他孩子不明也一样；没有失学而有不明的，资料不足。"""
    spec(
        child_out_of_school,
        members="""
          户 | 人 | 出生       | 在校
          1  | a  | 2010-01-01 | 辍学
          1  | b  | 2010-01-01 |
          2  | c  | 2010-01-01 | 小学
          2  | d  | 2010-01-01 |
          3  | e  | 2010-01-01 | 小学
          3  | f  | 2011-01-01 | 小学
        """,
        expect={1: MET, 2: UNKNOWN, 3: NOT_MET},
    )


def test_unknown_birth_date(spec: Spec) -> None:
    """出生日期不明的成员算作不明，无论是不是大人；有别的孩子失学则仍命中。"""
    spec(
        child_out_of_school,
        members="""
          户 | 人 | 出生       | 在校
          1  | a  |            | 小学
          2  | b  |            |
          2  | c  | 2010-01-01 | 辍学
          3  | d  | 1980-01-01 |
        """,
        expect={1: UNKNOWN, 2: MET, 3: NOT_MET},
    )


def test_only_members_of_today(spec: Spec) -> None:
    """没有适龄成员的户不命中；已离开的、未加入的、不共同生活的孩子不看。"""
    spec(
        child_out_of_school,
        households="户 | 人口\n5 | 0",
        members="""
          户 | 人 | 出生       | 在校 | 加入       | 离开       | 共同
          1  | a  | 2010-01-01 | 辍学 |            | 2020-05-20 |
          2  | b  | 2010-01-01 | 辍学 | 2020-05-21 |            |
          3  | c  | 2010-01-01 | 辍学 |            |            | 否
          4  | d  | 2010-01-01 | 辍学 | 2020-05-20 | 2020-05-21 | 是
          6  | e  |            |      |            | 2020-05-20 |
        """,
        expect={1: NOT_MET, 2: NOT_MET, 3: NOT_MET, 4: MET, 5: NOT_MET, 6: NOT_MET},
    )
