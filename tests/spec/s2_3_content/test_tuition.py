"""升入高等阶段教育子女学费保障（二/三/2）"""

from shouwang.policy.forms import MET, NOT_MET
from shouwang.policy.qituan_2020.rules.safeguards import tuition_burden
from shouwang.terms.tables import SCHOOLING
from tests.spec.conftest import Spec

STAGES = ("普通高中", "中职", "高职高专", "技师学院", "本科", "硕士")


def test_more_than_the_limit(spec: Spec) -> None:
    """有高中及以上学生，教育支出高于10000元：命中；恰为10000元、没有这样的学生，都不命中。"""
    spec(
        tuition_burden,
        members="""
          户 | 人 | 在校
          1  | a  | 本科二年级
          2  | b  | 本科二年级
          3  | c  | 九年级
          4  | d  |
          5  | e  | 本科二年级
        """,
        ledger="""
          户 | 季     | 类   | 金额
          1  | 2019Q3 | 教育 | 6000
          1  | 2020Q1 | 教育 | 4000.01
          2  | 2019Q3 | 教育 | 10000
          3  | 2019Q3 | 教育 | 12000
          4  | 2019Q3 | 教育 | 12000
          5  | 2019Q1 | 教育 | 12000
        """,
        expect={1: MET, 2: NOT_MET, 3: NOT_MET, 4: NOT_MET, 5: NOT_MET},
    )


def test_the_student_is_a_member(spec: Spec) -> None:
    """学生须是截至日的成员。"""
    spec(
        tuition_burden,
        members="""
          户 | 人 | 在校       | 离开       | 共同
          1  | a  | 本科一年级 | 2020-05-20 |
          2  | b  | 本科一年级 | 2020-05-21 |
          3  | c  | 本科一年级 |            | 否
        """,
        ledger="""
          户 | 季     | 类   | 金额
          1  | 2019Q3 | 教育 | 12000
          2  | 2019Q3 | 教育 | 12000
          3  | 2019Q3 | 教育 | 12000
        """,
        expect={1: NOT_MET, 2: MET, 3: NOT_MET},
    )


def test_limit_is_a_parameter(spec: Spec) -> None:
    """学费负担线是参数 tuition_limit。"""
    spec(
        tuition_burden,
        parameters={"tuition_limit": "12000"},
        members="户 | 人 | 在校\n1 | a | 中职一年级\n2 | b | 中职一年级",
        ledger="户 | 季 | 类 | 金额\n1 | 2019Q3 | 教育 | 12000\n2 | 2019Q3 | 教育 | 12000.01",
        expect={1: NOT_MET, 2: MET},
    )


def test_which_stages_are_higher(spec: Spec) -> None:
    """普通高中、中职、高职高专、技师学院、本科、硕士的各年级都是高等阶段；小学、初中、非在校和别的写法不是。"""
    written = [*SCHOOLING, "高中一年级", "在读本科"]
    lines = [f"{number} | {number} | {schooling}" for number, schooling in enumerate(written, 1)]
    spec(
        "figure.higher_students",
        members="\n".join(["户 | 人 | 在校", *lines]),
        expect={number: int(schooling.startswith(STAGES)) for number, schooling in enumerate(written, 1)},
    )
