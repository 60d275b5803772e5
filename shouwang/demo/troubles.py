"""The numbers of what goes wrong in the made-up regiment: situations, assurance gaps, bills, and faulty files.

Design values like those of `profile`; the kinds of fault are those that departments' files are known for. Chances are so many in 100 000
(`dice.PER`); quotas are households per chunk of 1 000. Money is yuan.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Situation:
    """A planted situation: its name for people and how many of 1 000 households have it."""

    name: str
    quota: int


#: In the order they are dealt out; a household has at most one of them.
SITUATIONS = {
    "boundary_8000": Situation("人均恰为8000元", 2),
    "boundary_below": Situation("比8000元线少一分", 2),
    "boundary_5000": Situation("人均恰为5000元", 2),
    "hail": Situation("冰雹减产", 10),
    "venture_loss": Situation("经营亏损，纯收入为负", 2),
    "venture": Situation("产业经营失败", 3),
    "job_loss": Situation("失业", 8),
    "pandemic": Situation("疫情停工", 11),
    "illness": Situation("重病大额支出", 15),
    "accident": Situation("意外伤害", 3),
    "marriage_out": Situation("子女婚后分出", 6),
    "death": Situation("成员去世", 6),
    "move_in": Situation("老人迁入", 4),
    "not_sharing": Situation("子女不共同生活", 6),
    "drop_quiet": Situation("收入骤降而无登记事由", 10),
    "drop_watch": Situation("收入下降两至三成", 14),
    "relief": Situation("一次性救助使人均过线", 4),
    "severe": Situation("人均5000元以下", 19),
    "low": Situation("人均5000至8000元", 43),
    "missing": Situation("近四季缺一季", 16),
    "missing_base": Situation("上一年缺一季", 6),
    "missing_before": Situation("2018年第一季度缺", 3),
    "away": Situation("户籍在团、人在外地，无资料", 14),
}
#: Assurance gaps, dealt out apart from the situations.
GAPS = {
    "dropout": Situation("义务教育阶段辍学", 9),
    "uninsured": Situation("有人未参保", 10),
    "dwelling": Situation("危房", 10),
    "water": Situation("饮水不安全", 9),
}
#: Recorded beside them where they hold.
MARKS = {"migrant": "有居住无户籍", "newborn": "新生儿", "namesake": "与他人同名同生日", "correction": "有冲销"}

#: Illness: weights of light, heavy and ruinous bills; self-paid as a share (in 1 000) of last year's income.
ILLNESS_WEIGHTS = (42, 30, 28)
ILLNESS_SHARE = ((220, 540), (620, 950), (1030, 1500))
ILLNESS_RECORDED = 84_000  # the event is registered
BILL_SELF_PART = (230, 330)  # in 1 000 of the total, for inpatient stays
BILL_BASIC_PART = (520, 580)
BILL_AID_PART = (60, 90)
AID_GIVEN = 40_000
PARTS_DO_NOT_SUM = 3_000
PARTS_GAP = (30, 183)  # yuan
SMALL_BILL = 9_500  # a member has one in the two years
BILLS_IN_LEDGER = 42_000
BILLS_WRITTEN_WRONG = 4_000
CHRONIC_BUYS = 15_000
CHRONIC_PAYS = (120, 800)

TUITION = {"本科": (4500, 12_500), "高职高专": (4000, 9500), "普通高中": (900, 2600), "中职": (400, 1500)}

CORRECTION = 3_500
BLANK_DWELLING = 2_500
BLANK_WATER = 2_500
BLANK_TRAIT = 6_000
IN_ROLL = 92_000  # a member appears in the insurance roll of 2020
IN_OLD_ROLL = 9_000
DOUBLE_ROLL = 1_200
IN_SCHOOL_FILE = 90_000


@dataclass(frozen=True, slots=True)
class Fault:
    """A way a departmental row goes wrong: its name, chance a row, and what matching can still make of it."""

    name: str
    chance: int
    expected: str = "matched"


#: Faults of a departmental row, at most one a row.
ROW_FAULTS = {
    "leading_quote": Fault("身份证号前有单引号", 260),
    "lower_x": Fault("末位小写x", 6_000),  # only where the last character is X: about one number in eleven
    "inner_spaces": Fault("身份证号中有空格", 200),
    "full_width": Fault("全角数字", 160),
    "fifteen_digits": Fault("15位旧号", 200),
    "disability_number": Fault("填了20位残疾证号", 200),
    "blank_id": Fault("无身份证号，有姓名和出生日期", 420),
    "wrong_check": Fault("校验码错，有姓名和出生日期", 200),
    "scientific": Fault("被写成科学计数法，有姓名和出生日期", 110),
    "wrong_check_no_birth": Fault("校验码错，无出生日期", 120, "unmatched"),
    "blank_no_birth": Fault("无身份证号，无出生日期", 110, "unmatched"),
    "name_dot": Fault("姓名间隔号写法不同", 900),  # only where the name has one
    "guardian_id": Fault("填了监护人的身份证号", 1_600),  # school file only
    "duplicate": Fault("整行重复", 260, "duplicate"),
    "stranger": Fault("不是本团的人", 260, "unmatched"),
}
#: Spellings of a value; they cost nothing but patience.
DATE_SPELLING = 2_000
WAN_SPELLING = 30_000  # of the amounts that can be written so
COMMA_SPELLING = 1_500
#: Faults of a member's own number.
MEMBER_FAULTS = {
    "member_lower_x": Fault("人员表：末位小写x", 5_000),
    "member_quote": Fault("人员表：前有单引号", 120),
    "member_full_width": Fault("人员表：全角数字", 110),
    "member_fifteen": Fault("人员表：15位旧号", 150),
    "member_wrong_check": Fault("人员表：校验码错", 220, "unreachable"),
    "member_impossible_date": Fault("人员表：号中日期不存在", 120, "unreachable"),
    "member_blank": Fault("人员表：无身份证号", 160, "unreachable"),
    "member_shared": Fault("人员表：两户用同一号码", 0, "unreachable"),
}
SHARED_NUMBERS = 1  # pairs of members with one number, a chunk
NAMESAKES = 3  # pairs with one name and birth date, a chunk
NAMESAKE_ROW_BLANK = 60_000  # a row of a namesake comes without a number
#: Rows that must be rejected, a chunk of 1 000 households.
REJECTS = {
    "unknown_household": ("ledger", "户编号不存在", 5),
    "bad_quarter": ("ledger", "季度写法不对", 5),
    "three_decimals": ("ledger", "金额三位小数", 5),
    "unknown_kind": ("ledger", "类别不在表内", 4),
    "not_a_number": ("ledger", "金额不是数字", 3),
    "duplicate_member": ("members", "人员编号重复", 2),
    "event_unknown_household": ("events", "户编号不存在", 1),
    "unknown_status": ("insurance", "参保状态不在表内", 2),
    "impossible_day": ("medical", "结算日期不存在", 2),
}
