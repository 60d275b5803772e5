"""What each step of the procedure asks for: fields a web form, a document and a check can be made of.

Nothing the system knows is asked again: names, figures and the reasons for the clue come from the registry and the screening.
"""

from __future__ import annotations

from shouwang.policy.procedure import Field, Kind

#: 二/三/1 and the national list.
CAUSES = tuple(
    (word, word)
    for word in "因病 因残 因学 因灾 因疫情 因意外 失业 产业经营失败 务工不稳 缺劳动力 突发事件 其他".split()
)
#: Union of 二/四/2 and 四/一.
DEPARTMENTS = (
    ("party_building", "党建办"),
    ("economy", "经发办"),
    ("agriculture", "农发中心"),
    ("social_affairs", "社会事务服务中心"),
    ("social_office", "社事办"),
    ("urban_services", "城镇管理服务中心"),
    ("hospital", "医院"),
    ("social_insurance", "社保所"),
    ("school", "学校"),
)
ASSURED = (("yes", "有保障"), ("no", "没有保障"), ("unclear", "说不清"))


def assurance(name: str, label: str) -> Field:
    """One of 两不愁三保障 (and water, 二/三/5)."""
    return Field(name, label, Kind.CHOICE, choices=ASSURED)


ASSURANCES = (
    assurance("food", "不愁吃"),
    assurance("clothing", "不愁穿"),
    assurance("schooling", "义务教育有保障"),
    assurance("medical", "基本医疗有保障"),
    assurance("dwelling", "住房安全有保障"),
    assurance("water", "饮水安全"),
)
APPLICATION = (
    Field(
        "applicant", "由谁申报", Kind.CHOICE,
        choices=(("self", "本人"), ("family", "家庭成员"), ("agent", "他人代办")),
    ),
    Field("agent", "代办人姓名", Kind.LINE, when=("applicant", "agent")),
    Field("agent_relation", "代办人与申报人的关系", Kind.LINE, when=("applicant", "agent")),
    Field("consent", "同意核查家庭情况", Kind.YES_NO, must="yes", help="不同意核查就无法比对，请选“不愿申报”。"),
    Field("signed", "纸质申请已签字或按手印", Kind.YES_NO, must="yes"),
    Field("statement", "申报的困难", Kind.TEXT, help="用本人的话写。"),
)  # fmt: skip
VISIT = (
    Field("visitors", "走访人（至少两人）", Kind.PEOPLE, least=2),
    Field("met", "见到的家庭成员", Kind.LINE),
    Field("living", "生活状况", Kind.TEXT),
    Field("income", "收支状况", Kind.TEXT, help="与台账不一致的，写明哪一项、差多少、为什么。"),
)
ASSESSMENT = (
    Field("attendees", "参加研判的两委成员（至少两人）", Kind.PEOPLE, least=2),
    *ASSURANCES,
    Field("causes", "返贫致贫风险原因", Kind.SEVERAL, choices=CAUSES, least=1),
    Field("cause_note", "“其他”的说明", Kind.LINE, when=("causes", "其他")),
    Field("opinion", "综合分析意见", Kind.TEXT),
)
COMPARISON = (
    Field("departments", "已答复的部门", Kind.SEVERAL, choices=DEPARTMENTS, least=1),
    Field("differences", "比对有无不一致", Kind.YES_NO),
    Field("difference_note", "不一致的情况和处理", Kind.TEXT, when=("differences", "yes")),
    Field("assets", "资产等信息（只供研判，不自动排除）", Kind.TEXT, required=False),
)
CHECK = (
    Field("checkers", "核查人（至少两人）", Kind.PEOPLE, least=2),
    Field("met", "见到的家庭成员", Kind.LINE),
    *ASSURANCES,
    Field(
        "truth", "申报和评估是否属实", Kind.CHOICE,
        choices=(("true", "属实"), ("partly", "部分属实"), ("untrue", "不属实")),
    ),
    Field("findings", "核查情况", Kind.TEXT),
    Field("photos", "现场照片张数", Kind.COUNT, required=False),
)  # fmt: skip
MINUTES = (
    Field("minutes", "会议纪要编号", Kind.LINE),
    Field("attendees", "参加会议的成员（至少三人）", Kind.PEOPLE, least=3),
    Field("for", "同意", Kind.COUNT),
    Field("against", "不同意", Kind.COUNT),
    Field("abstained", "弃权", Kind.COUNT),
    Field("recused", "回避的成员", Kind.PEOPLE, required=False),
)
FILING = (Field("document", "报送文号", Kind.LINE), Field("households", "同批报送户数", Kind.COUNT, required=False))
CLOSING = (
    Field(
        "cause", "办结原因", Kind.CHOICE,
        choices=(("died", "家庭成员全部死亡"), ("moved", "整户迁出"), ("merged", "并入他户")),
    ),
)  # fmt: skip
