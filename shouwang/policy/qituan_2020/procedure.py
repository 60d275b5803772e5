"""二(五) 监测程序: 本人申报, 连级走访评估, 上报, 部门比对, 入户核查, 团领导小组确认, 报师市备案. And the doors beside it.

The text sets the order and the actors. What it is silent on (two visitors, separate signers, appeal, closing) carries
`discretion` and says whose reading it is.
"""

from __future__ import annotations

from shouwang.policy.forms import SIGNED
from shouwang.policy.procedure import Door, Field, Kind, Procedure, Signer, Step, Way
from shouwang.policy.qituan_2020.papers import (
    APPLICATION,
    ASSESSMENT,
    CHECK,
    CLOSING,
    COMPARISON,
    FILING,
    MINUTES,
    VISIT,
)

ON_THE_GROUND = Signer("case.declare", "company", "连（社区）两委和帮扶干部")
VISITORS = Signer("visit.record", "company", "连（社区）两委和帮扶干部")
COMMITTEE = Signer("case.assess", "company", "连（社区）两委")
SECRETARY = Signer("case.submit", "company", "连（社区）书记")
OFFICE_DECLARES = Signer("case.declare", "regiment", "团办")
OFFICE_COMPARES = Signer("comparison.run", "regiment", "团办")
OFFICE_CHECKS = Signer("case.check", "regiment", "团办")
OFFICE_PREPARES = Signer("case.prepare", "regiment", "团办")
OFFICE_FILES = Signer("case.file", "regiment", "团办")
LEADING_GROUP = Signer("case.confirm", "regiment", "领导小组")
DIVISION = Signer("filing.receive", "division", "师市办")
DIVISION_INSPECTS = Signer("inspect", "division", "师市办")

TO_COMPANY = Way("back_to_company", "退回连队重新评估", back="assess", reason=True)

DECLARE = Step(
    "declare", "本人申报", "二/五/1", "取得本人申报和核查授权，或记录不愿申报",
    signers=(ON_THE_GROUND, OFFICE_DECLARES),
    ways=(Way("declared", "已申报"), Way("declined", "不愿申报", status="lapsed", ends=True, reason=True)),
    fields=APPLICATION, deadline="days_declare", document="申请及承诺授权书",
)  # fmt: skip
VISIT_STEP = Step(
    "visit", "连（社区）走访", "二/五/1", "至少两人入户走访，两人都签字",
    signers=(VISITORS,), ways=(Way("visited", "已走访"),), fields=VISIT, after=("declare",), signatures=2,
    deadline="days_visit", document="走访记录", discretion="原文未写走访人数；为防一人说了算，取两人",
)  # fmt: skip
ASSESS = Step(
    "assess", "两委评估", "二/五/1", "两委对照“两不愁三保障”研判，提出意见",
    signers=(COMMITTEE,),
    ways=(
        Way("recommended", "建议纳入"),
        Way("not_recommended", "不建议纳入", status="refused", ends=True, reason=True),
        Way("visit_again", "重新走访", back="visit", reason=True),
    ),
    fields=ASSESSMENT, after=("visit",), deadline="days_assess", document="评估表",
)  # fmt: skip
REPORT = Step(
    "report", "上报团场", "二/五/1", "书记把评估意见上报团场",
    signers=(SECRETARY,), ways=(Way("reported", "上报"), Way("assess_again", "重新评估", back="assess", reason=True)),
    after=("assess",), deadline="days_report",
)  # fmt: skip
COMPARE = Step(
    "compare", "部门比对筛查", "二/五/2", "请相关部门比对，汇总比对结果",
    signers=(OFFICE_COMPARES,), ways=(Way("compared", "已比对"), TO_COMPANY), fields=COMPARISON, after=("report",),
    apart=("declare", "visit", "assess", "report"), deadline="days_compare", document="部门比对表",
)  # fmt: skip
CHECK_STEP = Step(
    "check", "实地入户核查", "二/五/2", "至少两人入户核查，核查人不是评估人",
    signers=(OFFICE_CHECKS,), ways=(Way("checked", "已核查"), TO_COMPANY), fields=CHECK, after=("compare",),
    apart=("visit", "assess", "report"), deadline="days_check", document="入户核查记录",
    discretion="原文未写核查人数；取两人，并与评估人分开",
)  # fmt: skip
CONFIRM = Step(
    "confirm", "领导小组确认", "二/五/2", "领导小组会议确认、退回或不予认定",
    signers=(LEADING_GROUP,),
    ways=(
        Way("confirmed", "确认纳入", status="confirmed"),
        TO_COMPANY,
        Way("check_again", "退回重新核查", back="check", reason=True),
        Way("refused", "不予认定", status="refused", ends=True, reason=True),
    ),
    fields=MINUTES, after=("compare", "check"), apart=("declare", "visit", "assess", "report", "compare", "check"),
    deadline="days_confirm", document="确认会议纪要",
)  # fmt: skip
FILE = Step(
    "file", "报师市备案", "二/五/2", "把确认结果报师市办备案；帮扶从确认之日开始，不等回执",
    signers=(OFFICE_FILES,), ways=(Way("filed", "已报送"),), fields=FILING, after=("confirm",), during="confirmed",
    apart=("confirm",), deadline="days_file", document="备案报告",
)  # fmt: skip
RECEIPT = Step(
    "receipt", "师市备案回执", "二/五/2", "收讫，或对个案提出疑问；备案不是批准",
    signers=(DIVISION,), ways=(Way("received", "收讫"), Way("queried", "提出疑问", reason=True)),
    fields=(Field("receipt", "回执编号", Kind.LINE, required=False),), after=("file",), during="confirmed",
    apart=("file", "confirm"), deadline="days_receipt",
)  # fmt: skip
ANSWER = Step(
    "answer", "核实并答复师市", "二/五/2", "核实师市的疑问并答复；认定在此期间照常有效",
    signers=(OFFICE_FILES,), ways=(Way("answered", "已答复", back="receipt", reason=True),),
    after=("receipt:queried",), during="confirmed", deadline="days_answer",
)  # fmt: skip
APPEAL_REVIEW = Step(
    "appeal_review", "申诉复核", "二/五/2", "由没有经手原认定的人复核，决定重新办理或维持",
    signers=(DIVISION_INSPECTS, OFFICE_PREPARES),
    ways=(
        Way("upheld", "申诉成立，重新评估", back="assess", status="active", reason=True),
        Way("rejected", "维持原结论", status="refused", ends=True, reason=True),
    ),
    after=("appeal",), during="appealed", apart=("visit", "assess", "report", "compare", "check", "confirm"),
    deadline="days_appeal", document="申诉答复", discretion="原文未规定申诉",
)  # fmt: skip

STEPS = (DECLARE, VISIT_STEP, ASSESS, REPORT, COMPARE, CHECK_STEP, CONFIRM, FILE, RECEIPT, ANSWER, APPEAL_REVIEW)

DOORS = (
    Door(
        "withdraw", "本人撤回申请", "二/五/1", (ON_THE_GROUND, OFFICE_DECLARES), during=("active", "appealed"),
        status="withdrawn", discretion="原文未规定撤回；申报既出于本人，撤回也由本人",
    ),
    Door(
        "appeal", "本人申诉", "二/五/2", (ON_THE_GROUND, OFFICE_DECLARES), during=("refused",), status="appealed",
        once=True, discretion="原文未规定申诉",
    ),
    Door(
        "close", "办结（死亡、迁出、并户）", "二/四/3", (SECRETARY, OFFICE_PREPARES), fields=CLOSING,
        during=("active", "confirmed", "appealed"), status="closed",
        discretion="原文只说动态管理；风险未消除的不得以此办结（三/5）",
    ),
)  # fmt: skip

PROCEDURES = (
    Procedure(
        policy="qituan-2020", since=SIGNED, title="七团办法二（五）监测程序", clause="二/五", steps=STEPS, doors=DOORS,
        total="days_total", lag="days_record_lag", triage="days_triage", revisit="days_revisit",
    ),
)  # fmt: skip
