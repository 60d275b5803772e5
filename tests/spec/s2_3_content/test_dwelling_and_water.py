"""住房安全、饮水安全情况（二/三/4、二/三/5）"""

from shouwang.policy.forms import MET, NOT_MET, UNKNOWN
from shouwang.policy.qituan_2020.rules.safeguards import dwelling_unsafe, water_unsafe
from tests.spec.conftest import Spec


def test_grades_c_and_d_are_unsafe(spec: Spec) -> None:
    """C、D级为危房，A、B级安全，空白是资料不足。"""
    spec(
        dwelling_unsafe,
        households="""
          户 | 住房
          1  | A
          2  | B
          3  | C
          4  | D
          5  |
        """,
        expect={1: NOT_MET, 2: NOT_MET, 3: MET, 4: MET, 5: UNKNOWN},
    )


def test_water(spec: Spec) -> None:
    """登记为“否”命中，“是”不命中，空白是资料不足。"""
    spec(
        water_unsafe,
        households="""
          户 | 饮水
          1  | 是
          2  | 否
          3  |
        """,
        expect={1: NOT_MET, 2: MET, 3: UNKNOWN},
    )


def test_no_members_needed(spec: Spec) -> None:
    """住房和饮水是户的情况，没有成员也照样判断。"""
    households = "户 | 人口 | 住房 | 饮水\n1 | 0 | D | 否"
    spec(dwelling_unsafe, households=households, expect={1: MET})
    spec(water_unsafe, households=households, expect={1: MET})
