"""The fact tables: what may be in a data package, and what a rule may mention. One declaration for both.

Each column carries its English and Chinese header, its type, whether a row must have it, its meaning and unit. The
readers of files, the terms of rules, the stored facts and the printed data dictionary all read this module.
Source: contract 2 (the data package); the code lists are those of the national forms.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Type(Enum):
    """What a cell holds once it is read."""

    TEXT = "文本"
    ID_NUMBER = "身份证号"
    MONEY = "金额（元，存为整分）"
    DATE = "日期"
    QUARTER = "季度"
    YEAR = "年度"
    YES_NO = "是/否"
    CHOICE = "选项"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a fact table."""

    name: str
    header: str
    type: Type = Type.TEXT
    meaning: str = ""
    required: bool = False
    unique: bool = False
    #: For a CHOICE: what is written -> what is stored. Anything else rejects the row.
    choices: dict[str, str] = field(default_factory=dict)
    #: For a TEXT kept as given: the usual values. Anything else is warned of once, never rejected.
    usual: tuple[str, ...] = ()
    #: Several values may be joined by 、 (only with `usual`).
    several: bool = False
    #: Kept for people to read; no rule and no matching depends on how it is spelled.
    shown_only: bool = False
    #: What a blank stands for. None: unknown.
    default: bool | int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One fact table. `keyed_by` says to whom a row belongs: a household by its id, or a member found by matching."""

    name: str
    title: str
    keyed_by: str
    columns: tuple[Column, ...]
    meaning: str
    required: bool = False

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError: a rule or reader that names an unknown column is refused."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")

    @property
    def matched(self) -> bool:
        """Whether rows reach their member by matching instead of carrying a household id."""
        return self.keyed_by == "member"


INCOME_KINDS = ("wage_income", "production_income", "property_income", "transfer_income")
RIGID_KINDS = ("rigid_medical", "rigid_education", "rigid_disaster", "rigid_other")

#: Ledger kinds: Chinese as written -> English as stored.
LEDGER_KINDS = {
    "工资性收入": "wage_income",
    "生产经营性收入": "production_income",
    "财产性收入": "property_income",
    "转移性收入": "transfer_income",
    "生产经营性支出": "production_cost",
    "理赔收入": "claim_income",
    "医疗刚性支出": "rigid_medical",
    "教育刚性支出": "rigid_education",
    "灾害刚性支出": "rigid_disaster",
    "其他刚性支出": "rigid_other",
}

CAUSES = ("因病", "因残", "因学", "因灾", "因疫情", "因意外", "失业", "产业经营失败", "其他")
SCHOOL_STATUSES = ("在读", "休学", "辍学", "毕业")
INSURANCE_STATUSES = ("参保", "停保", "未参保")

RELATIONS = tuple(
    "户主 配偶 之子 之女 之儿媳 之女婿 之孙子 之孙女 之外孙子 之外孙女 之父 之母 之岳父 之岳母 "
    "之公公 之婆婆 之祖父 之祖母 之外祖父 之外祖母 之兄弟姐妹 之曾孙子 之曾孙女 之侄儿 之侄女 "
    "之兄弟媳妇 之叔伯 其他".split()
)
HEALTH = ("健康", "长期慢性病", "患有大病", "残疾")
DISABILITY_GRADES = ("一级", "二级", "三级", "四级")
LABOUR = ("普通劳动力", "技能劳动力", "弱劳动力或半劳动力", "丧失劳动力", "无劳动力")
SCHOOLING = (
    *("非在校生", "辍学", "学龄前儿童", "学前教育", "小学", "七年级", "八年级", "九年级"),
    *(f"{stage}{year}年级" for stage in ("普通高中", "中职", "高职高专") for year in "一二三"),
    *(f"技师学院{year}年级" for year in "一二三四"),
    *(f"本科{year}年级" for year in "一二三四五"),
    "硕士研究生及以上",
)


def _same(*values: str) -> dict[str, str]:
    return {value: value for value in values}


def _both(pairs: dict[str, str]) -> dict[str, str]:
    return pairs | {english: english for english in pairs.values()}


_HOUSEHOLD = Column("household_id", "户编号", meaning="户的编号，全团唯一", required=True)
#: The three columns by which a departmental row finds its member.
_PERSON = (
    Column("id_number", "身份证号", Type.ID_NUMBER, "18位公民身份号码；匹配的首选依据"),
    Column("name", "姓名", meaning="姓名；没有身份证号时与出生日期一起用于匹配"),
    Column("birth_date", "出生日期", Type.DATE, "没有身份证号时与姓名一起用于匹配"),
)


def _payment(name: str, header: str, meaning: str) -> Column:
    return Column(name, header, Type.MONEY, f"{meaning}，元；空白为0", default=0)


HOUSEHOLDS = Table(
    "households",
    "户",
    "household",
    (
        Column("household_id", "户编号", meaning="户的编号，全团唯一", required=True, unique=True),
        Column("unit", "连队", meaning="所在连队或社区", required=True),
        Column("dwelling_grade", "住房等级", Type.CHOICE, "住房安全鉴定等级；C、D为危房", choices=_same(*"ABCD")),
        Column("water_safe", "饮水安全", Type.YES_NO, "饮水是否安全"),
    ),
    "全团每一户一行，户籍户和常住户都在内（二/四/3）。",
    required=True,
)

MEMBERS = Table(
    "members",
    "人员",
    "household",
    (
        _HOUSEHOLD,
        Column("member_id", "人员编号", meaning="人员编号，全团唯一", required=True, unique=True),
        Column("name", "姓名", meaning="姓名", required=True),
        Column("id_number", "身份证号", Type.ID_NUMBER, "18位公民身份号码；校验不通过时当作空白并列入疑问"),
        Column("relation", "与户主关系", meaning="与户主的关系", usual=RELATIONS),
        Column("birth_date", "出生日期", Type.DATE, "空白时取自有效的身份证号"),
        Column("registered_here", "户籍在本团", Type.YES_NO, "户籍是否在本团"),
        Column("resident_here", "常住", Type.YES_NO, "是否常住本团"),
        Column("shares_budget", "共同生活", Type.YES_NO, "是否共同生活、共用收支；人均的分母", default=True),
        Column("joined_on", "加入日期", Type.DATE, "何日成为本户成员；空白为一直是"),
        Column("left_on", "离开日期", Type.DATE, "何日起不再是本户成员；空白为仍是"),
        Column("health", "健康状况", meaning="健康状况，可多项", usual=HEALTH, several=True),
        Column("disability_grade", "残疾等级", meaning="残疾证上的等级", usual=DISABILITY_GRADES),
        Column("labour", "劳动技能", meaning="劳动能力", usual=LABOUR),
        Column("willing_to_work", "务工意愿", Type.YES_NO, "是否愿意务工"),
        Column("can_leave_home", "能否外出", Type.YES_NO, "能否到连队以外就业"),
        Column("schooling", "在校生状况", meaning="在校生状况", usual=SCHOOLING),
        Column(
            *("medical_insurance", "医疗保险", Type.CHOICE, "基本医疗保险"), choices=_same("居民", "职工", "未参保")
        ),
    ),
    "每一成员一行；变动以加入、离开日期表示，不删行。",
    required=True,
)

LEDGER = Table(
    "ledger",
    "收支台账",
    "household",
    (
        _HOUSEHOLD,
        Column("quarter", "季度", Type.QUARTER, "收支所属的自然季度", required=True),
        Column("kind", "类别", Type.CHOICE, "收支类别", required=True, choices=_both(LEDGER_KINDS)),
        Column("amount", "金额", Type.MONEY, "元；负数为冲销", required=True),
        Column("one_off", "一次性", Type.YES_NO, "是否一次性收入", default=False),
        Column("member_id", "人员编号", meaning="收支所属成员，可空", shown_only=True),
        Column("source", "来源", meaning="数据来源，如走访、部门文件", shown_only=True),
    ),
    "收支流水，只增不改；写错了另记一笔负数冲销。",
    required=True,
)

EVENTS = Table(
    "events",
    "变故",
    "household",
    (
        _HOUSEHOLD,
        Column("occurred_on", "发生日期", Type.DATE, "变故发生之日", required=True),
        Column("cause", "事由", Type.CHOICE, "致困事由（二/二/p1、二/三/1）", required=True, choices=_same(*CAUSES)),
        Column("note", "说明", meaning="补充说明", shown_only=True),
    ),
    "因病、因灾、失业等变故的登记。",
)

MEDICAL = Table(
    "medical",
    "医疗费用结算",
    "member",
    (
        *_PERSON,
        Column("settled_on", "结算日期", Type.DATE, "费用结算之日", required=True),
        Column("total", "总费用", Type.MONEY, "医疗总费用，元", required=True),
        _payment("basic_paid", "基本医保支付", "基本医疗保险支付"),
        _payment("catastrophic_paid", "大病保险支付", "大病保险支付"),
        _payment("aid_paid", "医疗救助支付", "医疗救助支付"),
        Column("self_paid", "个人自付", Type.MONEY, "个人自付，元", required=True),
    ),
    "医院、医保的费用结算，逐笔（二/三/3）。",
)

SCHOOL = Table(
    "school",
    "学籍",
    "member",
    (
        *_PERSON,
        Column("status", "学籍状态", Type.CHOICE, "截至当日的学籍状态", required=True, choices=_same(*SCHOOL_STATUSES)),
        Column("grade", "年级", meaning="年级"),
        Column("as_of", "截至日期", Type.DATE, "状态截至之日", required=True),
    ),
    "学校的学籍名册（二/三/2 控辍保学）。",
)

INSURANCE = Table(
    "insurance",
    "参保",
    "member",
    (
        *_PERSON,
        Column("year", "年度", Type.YEAR, "参保年度", required=True),
        Column("status", "参保状态", Type.CHOICE, "当年状态", required=True, choices=_same(*INSURANCE_STATUSES)),
    ),
    "社保所的基本医疗保险参保名册（二/三/3）。",
)

TABLES = (HOUSEHOLDS, MEMBERS, LEDGER, EVENTS, MEDICAL, SCHOOL, INSURANCE)
BY_NAME = {table.name: table for table in TABLES}
