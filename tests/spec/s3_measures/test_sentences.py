"""理由怎么说：每条规则的每一种结论，读出来就是一句完整的话（三/p1）"""

from shouwang.policy.qituan_2020.rules import safeguards, scope
from tests.spec.conftest import Spec, said

ONE = "2019年第2季度至2020年第1季度"
BEFORE = "2018年第2季度至2019年第1季度"


def test_income_below_line(spec: Spec) -> None:
    """收入低于线：说出期间、全家纯收入、人口、人均和线；资料不足的说出缺哪几个季度、有几口人；不命中的不列。"""
    spec(
        said(scope.income_below_line),
        households="""
          户 | 人口
          1  | 3
          2  | 3
          3  | 2
          4  | 0
        """,
        ledger="""
          户 | 季     | 金额
          1  | W      | 23999.99
          2  | W      | 24000
          3  | 2019Q2 | 100
          3  | 2019Q4 | 100
          4  | W      | 100
        """,
        expect={
            1: f"{ONE}家庭纯收入23999.99元，共同生活3人，人均7999.99元，低于监测线8000.00元。",
            2: None,
            3: f"不能判断人均纯收入是否低于监测线8000.00元：计算期{ONE}缺少收入记录的季度："
            "2019年第3季度、2020年第1季度；共同生活2人。",
            4: f"不能判断人均纯收入是否低于监测线8000.00元：计算期{ONE}缺少收入记录的季度：无；共同生活0人。",
        },
    )


def test_rigid_spending_exceeds_income(spec: Spec) -> None:
    """刚性支出：说出支出、对照哪一段的收入、比例和事由。"""
    spec(
        said(scope.rigid_spending_exceeds_income),
        ledger="""
          户 | 季     | 类   | 金额
          1  | Y      | 工资 | 60000
          1  | 2020Q1 | 医疗 | 66000
          2  | P      | 工资 | 1000
          2  | 2020Q1 | 灾害 | 600
          4  | Y      | 工资 | 1000
          4  | 2020Q1 | 灾害 | 600
          3  | 2019Q2 | 工资 | 1000
          3  | 2020Q1 | 教育 | 0.50
        """,
        events="""
          户 | 日期       | 事由
          1  | 2020-01-01 | 失业
          1  | 2020-01-01 | 因病
          4  | 2020-01-01 | 因灾
        """,
        expect={
            1: f"{ONE}刚性支出66000.00元，超过2019年纯收入60000.00元的100%，登记的事由：因病、失业。",
            2: f"{ONE}刚性支出600.00元，与{BEFORE}纯收入1000.00元相比达到关注比例60%；没有登记事由，请核实原因。",
            4: f"{ONE}刚性支出600.00元，与2019年纯收入1000.00元相比达到关注比例60%；已登记事由。",
            3: f"{ONE}刚性支出0.50元，但上年度和上年同期的收入记录都不全，无从对照。"
            "缺少的季度：上年度2019年第1季度、2019年第3季度、2019年第4季度；"
            "上年同期2018年第2季度、2018年第3季度、2018年第4季度、2019年第1季度。",
        },
    )


def test_income_dropped(spec: Spec) -> None:
    """收入缩减：说出两年的人均和降幅；资料不足的，两年各缺什么、各有几口人，没有缺的写“无”，人口为零的写“不明”。"""
    spec(
        said(scope.income_dropped),
        members="""
          户 | 人 | 加入
          1  | a  |
          2  | b  |
          3  | c  | 2020-01-01
        """,
        ledger="""
          户 | 季 | 金额
          1  | P  | 80000
          1  | W  | 50000
          2  | P  | 300
          2  | W  | 240
          3  | W  | 100
        """,
        events="户 | 日期 | 事由\n1 | 2019-09-30 | 失业",
        expect={
            1: f"人均纯收入由{BEFORE}的80000.00元降到{ONE}的50000.00元，降幅37.50%，达到30%，登记的事由：失业。",
            2: f"人均纯收入由{BEFORE}的300.00元降到{ONE}的240.00元，降幅20.00%，达到关注比例20%；"
            "没有登记事由，请核实原因。",
            3: "不能比较两年的人均纯收入。计算期缺少的季度：无；上年同期缺少的季度："
            "2018年第2季度、2018年第3季度、2018年第4季度、2019年第1季度；共同生活现有1人，一年前不明。",
        },
    )


def test_income_after_medical(spec: Spec) -> None:
    """扣除医疗：把加减写全，请会议研判；负数照写。"""
    spec(
        said(scope.income_after_medical_below_line),
        ledger="""
          户 | 季     | 类   | 金额
          1  | W      | 工资 | 15000
          1  | 2019Q3 | 理赔 | 0.50
          1  | 2019Q3 | 医疗 | 20000
          2  | 2019Q3 | 工资 | 9
        """,
        expect={
            1: "家庭纯收入15000.00元加理赔0.50元，减医疗刚性支出20000.00元后为-4999.50元，共同生活1人，"
            "扣除后人均低于监测线8000.00元；按原文不直接纳入，请会议研判。",
            2: "人均纯收入不能判断，扣除医疗支出后的人均也不能判断。"
            "缺少的季度：2019年第2季度、2019年第4季度、2020年第1季度。",
        },
    )


def test_medical(spec: Spec) -> None:
    """医疗：说出报销后的负担和两条线；未得救助的说明没有得到。"""
    medical = "户 | 日期 | 总 | 基本\n1 | 2020-01-01 | 30000 | 9000"
    spec(
        said(safeguards.medical_burden),
        medical=medical,
        expect={
            1: f"{ONE}医疗费用经基本医保和大病保险支付后仍负担21000.00元，高于负担线"
            "（人均纯收入低于10000.00元的户5000.00元，其他户20000.00元）。",
            2: None,
        },
    )
    spec(
        said(safeguards.medical_aid_not_received),
        medical=medical,
        expect={1: f"{ONE}报销后医疗负担21000.00元，高于负担线，而没有得到医疗救助。"},
    )


def test_school_and_tuition(spec: Spec) -> None:
    """就学、学费：说出几个孩子、几个学生。"""
    members = """
      户 | 人 | 出生       | 在校
      1  | a  | 2010-01-01 | 辍学
      1  | b  | 2011-01-01 | 小学
      1  | c  | 2000-01-01 | 本科二年级
      2  | d  | 2010-01-01 |
    """
    spec(
        said(safeguards.child_out_of_school),
        members=members,
        expect={1: "义务教育适龄儿童2人，其中1人不在学。", 2: "有1人的年龄或就学情况不明，不能判断是否失学。"},
    )
    spec(
        said(safeguards.tuition_burden),
        members=members,
        ledger="户 | 季 | 类 | 金额\n1 | 2019Q3 | 教育 | 12000",
        expect={1: f"有高中及以上学生1人，{ONE}教育支出12000.00元，高于学费负担线10000.00元。", 2: None},
    )


def test_insurance_dwelling_water(spec: Spec) -> None:
    """参保、住房、饮水。"""
    spec(
        said(safeguards.member_uninsured),
        members="户 | 人 | 医保\n1 | a | 未参保\n1 | b |\n2 | c |",
        expect={1: "共同生活2人中，有1人当年未参加基本医疗保险。", 2: "有1人当年的参保情况不明。"},
    )
    households = "户 | 住房 | 饮水\n1 | D | 否\n2 | | "
    spec(
        said(safeguards.dwelling_unsafe),
        households=households,
        expect={1: "住房鉴定为D级，属于危房。", 2: "没有住房安全等级。"},
    )
    spec(
        said(safeguards.water_unsafe),
        households=households,
        expect={1: "饮水登记为不安全。", 2: "没有饮水安全的记录。"},
    )
