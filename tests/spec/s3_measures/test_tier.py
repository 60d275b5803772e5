"""档次：低于8000高于5000元（三/p2）"""

from tests.spec.conftest import Spec


def test_5000_is_severe_8000_is_above(spec: Spec) -> None:
    """恰为5000元是较重一档（开区间不含），恰为8000元是线上；5000元不是退出线，线下更要帮。"""
    spec(
        "tier",
        ledger="""
          户 | 季 | 金额
          1  | W  | 5000
          2  | W  | 5000.01
          3  | W  | 7999.99
          4  | W  | 8000
          5  | W  | -3000
          6  | W  | 4200
        """,
        expect={1: "severe", 2: "low", 3: "low", 4: "above", 5: "severe", 6: "severe", 7: None},
    )


def test_whole_households(spec: Spec) -> None:
    """按全家比较，不取整；没有成员则没有档次。"""
    spec(
        "tier",
        households="""
          户 | 人口
          1  | 3
          2  | 3
          3  | 2
          4  | 0
        """,
        ledger="""
          户 | 季 | 金额
          1  | W  | 15000
          2  | W  | 15000.01
          3  | W  | 10000
          4  | W  | 10000
        """,
        expect={1: "severe", 2: "low", 3: "severe", 4: None},
    )


def test_lines_are_parameters(spec: Spec) -> None:
    """两条线是参数 severe_line 和 monitoring_line。"""
    spec(
        "tier",
        parameters={"severe_line": "6000", "monitoring_line": "9000"},
        ledger="户 | 季 | 金额\n1 | W | 6000\n2 | W | 8999.99\n3 | W | 9000",
        expect={1: "severe", 2: "low", 3: "above"},
    )
