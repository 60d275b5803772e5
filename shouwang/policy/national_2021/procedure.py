"""The procedure of 2021 as a profile: 七团办法 with 民主评议 and 公示 before reporting, comparison beside the on-site check."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from shouwang.policy.procedure import Field, Kind, Signer, Step, Way
from shouwang.policy.qituan_2020 import procedure as qituan

POSTERS = Signer("notice.post", "company", "连（社区）书记")

REVIEW = Step(
    "review", "民主评议", "国/一/2", "召开评议会，记录到会人数和票数",
    signers=(qituan.COMMITTEE,),
    ways=(
        Way("passed", "评议通过"),
        Way("not_passed", "评议未通过", status="refused", ends=True, reason=True),
        Way("assess_again", "重新评估", back="assess", reason=True),
    ),
    fields=(
        Field("place", "会议地点", Kind.LINE),
        Field("present", "到会人数", Kind.COUNT, least=1),
        Field("for", "同意", Kind.COUNT),
        Field("against", "不同意", Kind.COUNT),
        Field("abstained", "弃权", Kind.COUNT),
    ),
    after=("assess",), deadline="days_review", document="民主评议记录",
)  # fmt: skip
NOTICE = Step(
    "notice", "张贴公示", "国/一/3", "在连（社区）张贴公示，不得写身份证号、电话、病情和收入",
    signers=(POSTERS,), ways=(Way("posted", "已张贴"),),
    fields=(Field("place", "张贴地点", Kind.LINE),), after=("review",), deadline="days_notice", document="公示",
)  # fmt: skip
NOTICE_END = Step(
    "notice_end", "公示结果", "国/一/3", "公示期满，记录有无异议",
    signers=(POSTERS,),
    ways=(Way("unopposed", "期满无异议"), Way("opposed", "有异议，重新评估", back="assess", reason=True)),
    after=("notice",), wait=("notice", "notice_days"), deadline="days_notice_end",
)  # fmt: skip

REPORT = replace(qituan.REPORT, after=("notice_end",))
CHECK = replace(qituan.CHECK_STEP, clause="国/一/4", after=("report",), discretion="比对与入户核查可以同步")

STEPS = (
    qituan.DECLARE, qituan.VISIT_STEP, qituan.ASSESS, REVIEW, NOTICE, NOTICE_END, REPORT, qituan.COMPARE, CHECK,
    qituan.CONFIRM, qituan.FILE, qituan.RECEIPT, qituan.ANSWER, qituan.APPEAL_REVIEW,
)  # fmt: skip

PROCEDURES = (
    replace(
        qituan.PROCEDURES[0], policy="national-2021", since=date(2021, 5, 14), title="2021年程序（含民主评议和公示）",
        clause="国/一", steps=STEPS,
    ),
)  # fmt: skip
