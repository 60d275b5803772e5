"""部门数据比对（二/四/2）：台账与结算的医疗自付不一致"""

from tests.spec.conftest import Spec

QUESTION = "question.medical_sources_differ"


def test_more_than_100_yuan_apart(spec: Spec) -> None:
    """两处都有而相差超过100元：提出疑问，哪边多都一样；恰差100元不问。"""
    spec(
        QUESTION,
        ledger="""
          户 | 季     | 类   | 金额
          1  | 2020Q1 | 医疗 | 600.01
          2  | 2020Q1 | 医疗 | 600
          3  | 2020Q1 | 医疗 | 500
        """,
        medical="""
          户 | 日期       | 自付
          1  | 2020-02-01 | 500
          2  | 2020-02-01 | 500
          3  | 2020-02-01 | 600.01
        """,
        expect={
            1: "台账医疗支出600.01元，结算自付500.00元，相差超过100.00元，已按较大的计算。",
            2: None,
            3: "台账医疗支出500.00元，结算自付600.01元，相差超过100.00元，已按较大的计算。",
        },
    )


def test_only_where_both_are_present(spec: Spec) -> None:
    """只有一处有，不是不一致；合计为零但有记录的算有；计算期外的、已离开的人的都不算有。"""
    spec(
        QUESTION,
        members="""
          户 | 人 | 离开
          1  | a  |
          2  | b  |
          3  | c  |
          4  | d  |
          5  | e  | 2020-05-20
        """,
        ledger="""
          户 | 季     | 类   | 金额
          1  | 2020Q1 | 医疗 | 5000
          3  | 2020Q1 | 医疗 | 0
          4  | 2020Q2 | 医疗 | 0
          5  | 2020Q1 | 医疗 | 9
        """,
        medical="""
          人 | 日期       | 自付
          b  | 2020-02-01 | 5000
          c  | 2020-02-01 | 5000
          d  | 2020-02-01 | 5000
          e  | 2020-02-01 | 5000
        """,
        expect={
            1: None,
            2: None,
            3: "台账医疗支出0.00元，结算自付5000.00元，相差超过100.00元，已按较大的计算。",
            4: None,
            5: None,
        },
    )


def test_the_difference_is_a_parameter(spec: Spec) -> None:
    """容差是参数 medical_difference。"""
    tables = {"ledger": "户 | 季 | 类 | 金额\n1 | 2020Q1 | 医疗 | 1", "medical": "户 | 日期 | 自付\n1 | 2020-02-01 | 2"}
    spec(QUESTION, **tables, expect={1: None})
    spec(
        QUESTION,
        **tables,
        parameters={"medical_difference": "0.99"},
        expect={1: "台账医疗支出1.00元，结算自付2.00元，相差超过0.99元，已按较大的计算。"},
    )
