"""一户的途径和结论（三/p1：按照收入和“两不愁三保障”指标进行识别）"""

from tests.spec.conftest import Spec


def test_route_a_route_b_both_or_none(spec: Spec) -> None:
    """收入低于线走A，支出骤增或收入骤减走B，都有写A+B，都没有空白。疑似不构成途径。"""
    tables = {
        "ledger": """
          户 | 季     | 类   | 金额
          1  | P      | 工资 | 7000
          1  | W      | 工资 | 7000
          2  | P      | 工资 | 20000
          2  | W      | 工资 | 10000
          3  | P      | 工资 | 20000
          3  | W      | 工资 | 7000
          4  | P      | 工资 | 20000
          4  | W      | 工资 | 20000
          5  | P      | 工资 | 20000
          5  | W      | 工资 | 10000
          6  | Y      | 工资 | 20000
          6  | 2020Q1 | 工资 | 20000
          6  | 2020Q1 | 医疗 | 20000.01
        """,
        "events": "户 | 日期 | 事由\n2 | 2020-01-01 | 失业\n3 | 2020-01-01 | 失业\n6 | 2020-01-01 | 因病",
    }
    spec("route", **tables, expect={1: "A", 2: "B", 3: "A+B", 4: "", 5: "", 6: "B"})


def test_first_that_applies(spec: Spec) -> None:
    """结论依次看：有途径为met；有疑似为suspected；有别的规则命中为special（专项）；三条主要规则资料不足为unknown；否则not_met。"""
    spec(
        "outcome",
        households="""
          户 | 住房 | 饮水
          1  | D    | 否
          2  | D    | 是
          3  | D    | 是
          4  | A    | 是
          5  | A    | 是
          6  |      |
        """,
        members="""
          户 | 人 | 医保
          1  | a  | 居民
          2  | b  | 居民
          3  | c  | 居民
          4  | d  | 居民
          5  | e  | 居民
          6  | f  |
        """,
        ledger="""
          户 | 季 | 金额
          1  | P  | 7000
          1  | W  | 7000
          2  | P  | 20000
          2  | W  | 15000
          3  | P  | 20000
          3  | W  | 20000
          4  | W  | 20000
          5  | P  | 20000
          5  | W  | 20000
          6  | P  | 20000
          6  | W  | 20000
        """,
        expect={1: "met", 2: "suspected", 3: "special", 4: "unknown", 5: "not_met", 6: "not_met"},
    )


def test_a_child_out_of_school_is_special(spec: Spec) -> None:
    """人均12000元、十四岁孩子辍学：专项，不走A、B途径。"""
    tables = {
        "members": "户 | 人 | 出生 | 在校\n1 | a | 2006-02-03 | 八年级\n1 | b | 1980-01-01 |",
        "school": "人 | 日期 | 状态\na | 2020-04-30 | 辍学",
        "ledger": "户 | 季 | 金额\n1 | P | 24000\n1 | W | 24000",
    }
    spec("outcome", **tables, expect={1: "special"})
    spec("route", **tables, expect={1: ""})
    spec("rules_met", **tables, expect={1: "child_out_of_school"})


def test_rules_are_listed_in_order(spec: Spec) -> None:
    """命中、疑似、资料不足的规则按办法的次序列出，用分号分开。"""
    tables = {
        "households": "户 | 住房 | 饮水 | 人口\n1 | D | 否 | 1\n2 |  |  | 1",
        "ledger": """
          户 | 季     | 类   | 金额
          1  | P      | 工资 | 20000
          1  | W      | 工资 | 15000
          1  | 2020Q1 | 医疗 | 12000
        """,
    }
    spec("rules_met", **tables, expect={1: "dwelling_unsafe;water_unsafe", 2: ""})
    suspected = "rigid_spending_exceeds_income;income_dropped;income_after_medical_below_line"
    spec("rules_suspected", **tables, expect={1: suspected, 2: ""})
    unknown = "income_below_line;income_dropped;income_after_medical_below_line;member_uninsured"
    spec("rules_unknown", **tables, expect={1: "member_uninsured", 2: f"{unknown};dwelling_unsafe;water_unsafe"})
